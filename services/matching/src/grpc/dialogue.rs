//! Questions and meetings, on both sides.

use chassis::{
    Page, admit,
    caller::Admitted,
    client::PeerChannel,
    status::{self, Fields},
};
use proto::{
    matching::v1 as wire,
    registry::v1::{GetUnitNamesRequest, registry_service_client::RegistryServiceClient},
};
use regulation::{BlindId, Text, UnitId};
use tonic::{Code, Request, Status};

use super::{Door, view};
use crate::{
    domain::{
        MeetingId, Posting, Question, QuestionId, Slot,
        posting::{Command, meetings, questions},
        words::{DialogueCommand, QuestionCommand, SolutionCommand},
    },
    notice, read,
};

impl Door {
    /// By what a unit at home here could be recognised in a text.
    pub(super) async fn names(&self, unit: UnitId) -> Result<Vec<String>, Status> {
        let mut registry: RegistryServiceClient<PeerChannel> =
            RegistryServiceClient::new(self.desk.peer("registry")?);
        let unit_id = unit.to_string();
        match registry
            .get_unit_names(GetUnitNamesRequest { unit_id })
            .await
        {
            Ok(answer) => Ok(answer.into_inner().names),
            Err(error) if error.code() == Code::NotFound => {
                Err(status::forbidden("您的单位未在本地区登记。"))
            }
            Err(error) => Err(status::peer_unavailable("registry", &error)),
        }
    }

    /// By what a posting's demander could be recognised.
    pub(super) async fn demander_names(&self, posting: &Posting) -> Result<Vec<String>, Status> {
        let call = posting
            .call()
            .ok_or_else(|| status::not_found("已发布需求"))?;
        self.names(call.owner.demander).await
    }

    /// Gives a posting that the caller may see a command.
    pub(super) async fn to_posting<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        (request_id, posting_id): (&str, &str),
        command: Command,
    ) -> Result<wire::Posting, Status> {
        let request = asked.request(request_id)?;
        let posting = self.posting(&asked.actor, posting_id).await?;
        let done = self
            .desk
            .execute::<Posting>(asked.actor, posting.id, command, &request)
            .await?;
        Ok(view::posting(&done))
    }

    pub(super) async fn ask_question(
        &self,
        request: Request<wire::AskQuestionRequest>,
    ) -> Result<wire::Question, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let blind_id: BlindId = status::parse("blind_id", &asked.message.blind_id)?;
        let text: Text = status::parse("text", &asked.message.text)?;
        let call = self.call_facts(blind_id).await?;
        let unit = asked.actor.unit;
        let unit = unit.ok_or_else(|| status::forbidden("您没有所属单位。"))?;
        let command = QuestionCommand::Ask {
            blind_id,
            open: call.open,
            text,
            names: self.names(unit).await?,
        };
        let id: QuestionId = self.desk.ids().random();
        let done = self
            .desk
            .execute::<Question>(asked.actor, id, command, &request)
            .await?;
        Ok(view::question(&done))
    }

    pub(super) async fn list_questions(
        &self,
        request: Request<wire::ListQuestionsRequest>,
    ) -> Result<wire::ListQuestionsResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let asker = super::only_own(&asked.actor)?;
        let mut rows = read::questions(&self.desk, asker, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let questions = rows.iter().map(view::question).collect();
        Ok(wire::ListQuestionsResponse {
            questions,
            next_page_token,
        })
    }

    pub(super) async fn answer_question(
        &self,
        request: Request<wire::AnswerQuestionRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let question = status::parse("question_id", &message.question_id)?;
        let answer = status::parse("answer", &message.answer)?;
        let posting = self.posting(&asked.actor, &message.posting_id).await?;
        let command = questions::Command::Answer {
            question,
            answer,
            names: self.demander_names(&posting.state).await?,
        };
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, Command::Question(command))
            .await
    }

    pub(super) async fn release_answer(
        &self,
        request: Request<wire::ReleaseAnswerRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let question = status::parse("question_id", &message.question_id)?;
        let reason = || status::parse("reason", &message.reason);
        let release = match message.release() {
            wire::Release::Publish => questions::Release::Publish,
            wire::Release::Return => questions::Release::Return(reason()?),
            wire::Release::Withhold => questions::Release::Withhold(reason()?),
            wire::Release::Unspecified => {
                return Err(status::invalid("release", "请选择公布、退回或不予公开"));
            }
        };
        let command = questions::Command::Release(question, release);
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, Command::Question(command))
            .await
    }

    pub(super) async fn arrange_meeting(
        &self,
        request: Request<wire::ArrangeMeetingRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let with = status::optional("solution_id", &message.solution_id)?;
        let slot = slot(&message)?;
        let registering = notice::registering(message.capacity, &message.register_until)
            .map_err(|error| status::invalid("capacity, register_until", error))?;
        let posting = self.posting(&asked.actor, &message.posting_id).await?;
        let command = meetings::Command::Arrange {
            meeting: self.desk.ids().random(),
            with,
            slot: Box::new(slot),
            registering,
            names: self.demander_names(&posting.state).await?,
        };
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, Command::Meeting(command))
            .await
    }

    pub(super) async fn release_roadshow(
        &self,
        request: Request<wire::ReleaseRoadshowRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let meeting = status::parse("meeting_id", &message.meeting_id)?;
        let refused = if message.approved {
            None
        } else {
            Some(status::parse("reason", &message.reason)?)
        };
        let command = Command::Meeting(meetings::Command::Release(meeting, refused));
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, command).await
    }

    pub(super) async fn cancel_meeting(
        &self,
        request: Request<wire::CancelMeetingRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let meeting = status::parse("meeting_id", &message.meeting_id)?;
        let reason = status::parse("reason", &message.reason)?;
        let posting = self.posting(&asked.actor, &message.posting_id).await?;
        let command = meetings::Command::Cancel {
            meeting,
            reason,
            names: self.demander_names(&posting.state).await?,
        };
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, Command::Meeting(command))
            .await
    }

    pub(super) async fn record_minutes(
        &self,
        request: Request<wire::RecordMinutesRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let meeting = status::parse("meeting_id", &message.meeting_id)?;
        let minutes = status::parse("minutes", &message.minutes)?;
        let posting = self.posting(&asked.actor, &message.posting_id).await?;
        let command = meetings::Command::Minute {
            meeting,
            minutes,
            names: self.demander_names(&posting.state).await?,
        };
        let names = (&*message.request_id, &*message.posting_id);
        self.to_posting(asked, names, Command::Meeting(command))
            .await
    }

    pub(super) async fn answer_invitation(
        &self,
        request: Request<wire::AnswerInvitationRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let meeting: MeetingId = status::parse("meeting_id", &asked.message.meeting_id)?;
        let command = DialogueCommand::Answer {
            meeting,
            accepted: asked.message.accepted,
            note: status::optional("note", &asked.message.note)?,
        };
        let command = SolutionCommand::Dialogue(command);
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
    }
}

/// When and where, parsed with every fault told at once.
fn slot(asked: &wire::ArrangeMeetingRequest) -> Result<Slot, Status> {
    let mut fields = Fields::default();
    fields.take("venue", asked.venue.parse::<Text>());
    fields.take("agenda", asked.agenda.parse::<Text>());
    if !fields.is_empty() {
        return Err(fields.refuse());
    }
    notice::slot(
        &asked.starts_at,
        &asked.ends_at,
        &asked.venue,
        &asked.agenda,
    )
    .map_err(|error| status::invalid("starts_at, ends_at", error))
}
