//! What a lead does with its application, and its department sees.

use std::collections::BTreeSet;

use chassis::{Page, admit, caller::Admitted, loaded, status};
use journal::{Act, Loaded};
use proto::application::v1 as wire;
use regulation::{Actor, ApplicationId, GuideId, Text, TopicId, UnitId};
use tonic::{Request, Status};

use super::{Door, facts::People, invalid, only_own, own, view};
use crate::{
    domain::{
        Application, Fault, PoolEntry,
        application::{Case, Command, Creation},
        check::Known,
        package::{Content, Topic},
        pool_entry,
    },
    read, record,
};

fn content(content: Option<wire::ApplicationContent>) -> Result<Content, Status> {
    let content = content.ok_or_else(|| status::invalid("content", "请填写申报内容"))?;
    record::content(&content).map_err(invalid)
}

impl Door {
    /// Loads an application that the caller may see.
    async fn application(&self, actor: &Actor, id: &str) -> Result<Loaded<Application>, Status> {
        let id: ApplicationId = status::parse("application_id", id)?;
        let application = self.desk.load::<Application>("申报", id).await?;
        let lead = application.state.0.as_ref().map(|case| case.lead);
        let visible = lead.is_some() && (actor.unit == lead || actor.role.is_of_department());
        if visible {
            Ok(application)
        } else {
            Err(status::not_found("申报"))
        }
    }

    /// Gives a command to an application that the caller may see.
    async fn command<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        (request_id, id): (&str, &str),
        command: Command,
    ) -> Result<wire::Application, Status> {
        let request = asked.request(request_id)?;
        let id = self.application(&asked.actor, id).await?.id;
        let done = self
            .desk
            .execute::<Application>(asked.actor, id, command, &request)
            .await?;
        Ok(view::application(&done))
    }

    /// What the rules have to know around an application as it stands.
    async fn around(&self, case: &Case, purpose: &str) -> Result<Known, Status> {
        let units: BTreeSet<UnitId> = case.seats.keys().copied().collect();
        let latest = case.seats.values().filter_map(|seat| seat.latest.as_ref());
        let frozen = case
            .frozen
            .iter()
            .flat_map(|frozen| frozen.package.people());
        let others = latest.flat_map(|part| &part.people).chain(frozen);
        let people = People::of(&case.content, others);
        self.known((case.id, &case.topic), &units, &people, purpose)
            .await
    }

    async fn case(&self, actor: &Actor, id: &str) -> Result<Box<Case>, Status> {
        let application = self.application(actor, id).await?;
        application.state.0.ok_or_else(|| status::not_found("申报"))
    }

    pub(super) async fn create_application(
        &self,
        request: Request<wire::CreateApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let lead = own(&asked.actor)?;
        let guide_id: GuideId = status::parse("guide_id", &asked.message.guide_id)?;
        let topic_id: TopicId = status::parse("topic_id", &asked.message.topic_id)?;
        let content = content(asked.message.content)?;
        let guide = self.published(guide_id).await?;
        let guide = guide.ok_or_else(|| status::not_found("指南"))?;
        let topic = guide.topic(topic_id);
        let topic = topic.ok_or_else(|| status::refused(&Fault::UnknownTopic.refusal()))?;
        let topic = Topic {
            guide: guide_id,
            topic: topic_id,
            field: topic.field.clone(),
            blind_id: topic.blind_id,
        };
        let id: ApplicationId = self.desk.ids().next();
        let units = BTreeSet::from([lead]);
        let people = People::of(&content, None);
        let known = self
            .known((id, &topic), &units, &people, "application.create")
            .await?;
        let facts = known.units.get(&lead).cloned();
        let facts = facts.ok_or_else(|| status::refused(&Fault::NotRegistered(lead).refusal()))?;
        let creation = Creation {
            id,
            lead,
            facts,
            topic,
            guide,
            content,
            known,
        };
        let entry = creation.topic.blind_id;
        let command = Command::Create(Box::new(creation));
        let mut acts = vec![Act::new::<Application>(id, command)];
        // What the demand's withdrawal will have to close.
        if let Some(blind_id) = entry {
            let note = pool_entry::Command::NoteApplication(id);
            acts.push(Act::new::<PoolEntry>(blind_id, note));
        }
        let done = self
            .desk
            .execute_all(asked.actor, &acts, Some(&request))
            .await?;
        let done = done.into_iter().next();
        let done = done.ok_or_else(|| status::not_found("申报"))?;
        Ok(view::application(&loaded::<Application>(done)?))
    }

    pub(super) async fn update_application(
        &self,
        request: Request<wire::UpdateApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::Write(Box::new(content(message.content)?));
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn put_unit(
        &self,
        request: Request<wire::PutUnitRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let unit: UnitId = status::parse("unit_id", &message.unit_id)?;
        let role = message.role().try_into().map_err(invalid)?;
        let subtask = status::optional("subtask", &message.subtask)?;
        let interfaces = status::optional("interfaces", &message.interfaces)?;
        // Whoever may not see the application has no unit looked up for it.
        self.application(&asked.actor, &message.application_id)
            .await?;
        let units = BTreeSet::from([unit]);
        let facts = self.units(&units, "application.put-unit").await?;
        let facts = facts.get(&unit).cloned();
        let facts = facts.ok_or_else(|| status::refused(&Fault::NotRegistered(unit).refusal()))?;
        let command = Command::Put {
            unit,
            facts,
            role,
            subtask,
            interfaces,
        };
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn remove_unit(
        &self,
        request: Request<wire::RemoveUnitRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::Remove(status::parse("unit_id", &message.unit_id)?);
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn approve_departure(
        &self,
        request: Request<wire::ApproveDepartureRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let reason: Text = status::parse("duration_reason", &message.duration_reason)?;
        let months = u32::try_from(message.months);
        let months = months.map_err(|error| status::invalid("months", error))?;
        let command = Command::ApproveDeparture { months, reason };
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn check_application(
        &self,
        request: Request<wire::CheckApplicationRequest>,
    ) -> Result<wire::CheckApplicationResponse, Status> {
        let asked = admit(request)?;
        let case = self
            .case(&asked.actor, &asked.message.application_id)
            .await?;
        let known = self.around(&case, "application.check").await?;
        let faults = case.faults_today(&known, self.desk.clock().now());
        Ok(wire::CheckApplicationResponse {
            faults: faults.iter().map(view::fault).collect(),
        })
    }

    pub(super) async fn request_assents(
        &self,
        request: Request<wire::RequestAssentsRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let case = self.case(&asked.actor, &message.application_id).await?;
        let known = self.around(&case, "application.freeze").await?;
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, Command::Freeze(Box::new(known)))
            .await
    }

    pub(super) async fn revise_application(
        &self,
        request: Request<wire::ReviseApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, Command::Revise).await
    }

    pub(super) async fn submit_application(
        &self,
        request: Request<wire::SubmitApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let digest = status::parse("digest", &message.digest)?;
        let case = self.case(&asked.actor, &message.application_id).await?;
        let known = self.around(&case, "application.submit").await?;
        let known = Box::new(known);
        let command = Command::Submit { digest, known };
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn withdraw_application(
        &self,
        request: Request<wire::WithdrawApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::Withdraw(status::parse("reason", &message.reason)?);
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn appeal_application(
        &self,
        request: Request<wire::AppealApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::Appeal(status::parse("grounds", &message.grounds)?);
        let names = (&*message.request_id, &*message.application_id);
        self.command(asked, names, command).await
    }

    pub(super) async fn get_application(
        &self,
        request: Request<wire::GetApplicationRequest>,
    ) -> Result<wire::Application, Status> {
        let asked = admit(request)?;
        let id = &asked.message.application_id;
        Ok(view::application(
            &self.application(&asked.actor, id).await?,
        ))
    }

    pub(super) async fn list_applications(
        &self,
        request: Request<wire::ListApplicationsRequest>,
    ) -> Result<wire::ListApplicationsResponse, Status> {
        let asked = admit(request)?;
        let state = asked.message.state();
        let page = Page::from(asked.message.page);
        let lead = only_own(&asked.actor)?;
        let mut rows =
            read::applications(&self.desk, lead, state, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        Ok(wire::ListApplicationsResponse {
            applications: rows.iter().map(view::application).collect(),
            next_page_token,
        })
    }
}
