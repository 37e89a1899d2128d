//! The door of credit records: who proposes, tells, appeals, decides and looks. [Art. 20]

mod filings;
mod parse;
mod view;

use std::collections::BTreeSet;

use chassis::{Admitted, Desk, Page, admit, status};
use proto::registry::v1::{self as wire, credit_service_server::CreditService};
use regulation::{Actor, Day, PersonKey, Role, Text, Title, UnitId};
use tonic::{Request, Response, Status};

use super::acts;
use crate::{
    Settings,
    domain::credit::{BarredAct, CreditNotice, CreditRecord, RecordId, Subject, notice, record},
    read::{
        self,
        credit::{About, look_up},
    },
};

/// Serves `CreditService`.
pub(crate) struct CreditDoor {
    desk: Desk,
    settings: Settings,
}

impl CreditDoor {
    pub(crate) fn new(desk: Desk, settings: Settings) -> Self {
        Self { desk, settings }
    }

    /// Gives a director's word on a record of this department.
    async fn word<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        (request_id, record_id, reason): (&str, &str, &str),
        command: fn(Text) -> record::Command,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let request = asked.request(request_id)?;
        let id: RecordId = status::parse("record_id", record_id)?;
        let command = command(status::parse("reason", reason)?);
        let done = self
            .desk
            .execute::<CreditRecord>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::record(&done)?))
    }

    /// What a unit's own people may see is of that unit alone.
    async fn own(&self, actor: &Actor) -> Result<Option<UnitId>, Status> {
        match (actor.role, actor.unit) {
            (Role::UnitMember, Some(unit)) => {
                acts(&self.desk, actor).await?;
                Ok(Some(unit))
            }
            (Role::UnitMember, None) => Err(status::not_found("信用记录")),
            _ => Ok(None),
        }
    }
}

#[tonic::async_trait]
impl CreditService for CreditDoor {
    async fn propose_credit_record(
        &self,
        request: Request<wire::ProposeCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let mut request = asked.request(&asked.message.request_id)?;
        let charge = parse::charge(&asked.message, &self.settings)?;
        request.fingerprint = parse::fingerprint(asked.message, &charge);
        let told = read::unit(&self.desk, charge.subject.told()).await?;
        let command = record::Command::Propose {
            charge: Box::new(charge),
            told_region: told.and_then(|unit| unit.region.parse().ok()),
        };
        let id: RecordId = self.desk.ids().next();
        let done = self
            .desk
            .execute::<CreditRecord>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::record(&done)?))
    }

    async fn decline_credit_record(
        &self,
        request: Request<wire::DeclineCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = (&*message.request_id, &*message.record_id, &*message.reason);
        self.word(asked, given, record::Command::Decline).await
    }

    async fn notify_credit_record(
        &self,
        request: Request<wire::NotifyCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: RecordId = status::parse("record_id", &asked.message.record_id)?;
        let done = self
            .desk
            .execute::<CreditRecord>(asked.actor, id, record::Command::Notify, &request)
            .await?;
        Ok(Response::new(view::record(&done)?))
    }

    async fn appeal_credit_record(
        &self,
        request: Request<wire::AppealCreditRecordRequest>,
    ) -> Result<Response<wire::CreditNotice>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: RecordId = status::parse("record_id", &asked.message.record_id)?;
        let grounds: Text = status::parse("grounds", &asked.message.grounds)?;
        self.own(&asked.actor).await?;
        let command = notice::Command::Appeal(grounds);
        let done = self
            .desk
            .execute::<CreditNotice>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::notice(&done)?))
    }

    async fn uphold_credit_record(
        &self,
        request: Request<wire::UpholdCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = (&*message.request_id, &*message.record_id, &*message.reason);
        self.word(asked, given, record::Command::Uphold).await
    }

    async fn revoke_credit_record(
        &self,
        request: Request<wire::RevokeCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = (&*message.request_id, &*message.record_id, &*message.reason);
        self.word(asked, given, record::Command::Revoke).await
    }

    async fn get_credit_record(
        &self,
        request: Request<wire::GetCreditRecordRequest>,
    ) -> Result<Response<wire::CreditRecord>, Status> {
        let asked = admit(request)?;
        let id: RecordId = status::parse("record_id", &asked.message.record_id)?;
        let purpose: Title = status::parse("purpose", &asked.message.purpose)?;
        let found = self.desk.load::<CreditRecord>("信用记录", id).await;
        let subject = found
            .as_ref()
            .ok()
            .and_then(|loaded| loaded.state.0.as_ref());
        let subject = subject.map(|record| &record.charge.subject);
        let about = About {
            unit: subject.map(Subject::told),
            person: subject.and_then(|subject| subject.person().cloned()),
            record: Some(id),
        };
        look_up(&self.desk, &asked.actor, "record", &about, purpose.as_str()).await?;
        Ok(Response::new(view::record(&found?)?))
    }

    async fn list_credit_records(
        &self,
        request: Request<wire::ListCreditRecordsRequest>,
    ) -> Result<Response<wire::ListCreditRecordsResponse>, Status> {
        let asked = admit(request)?;
        let stage = view::stage_name(asked.message.state());
        let page = Page::from(asked.message.page);
        look_up(
            &self.desk,
            &asked.actor,
            "records",
            &About::default(),
            "list",
        )
        .await?;
        let mut records =
            read::credit::records(&self.desk, stage, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut records, |record| record.id.clone());
        let records = records.iter().map(|record| {
            let seen = view::record(record)?;
            Ok(wire::CreditRecord {
                evidence: vec![],
                ..seen
            })
        });
        Ok(Response::new(wire::ListCreditRecordsResponse {
            records: records.collect::<Result<_, Status>>()?,
            next_page_token,
        }))
    }

    async fn list_credit_notices(
        &self,
        request: Request<wire::ListCreditNoticesRequest>,
    ) -> Result<Response<wire::ListCreditNoticesResponse>, Status> {
        let asked = admit(request)?;
        let unit = self.own(&asked.actor).await?;
        let page = Page::from(asked.message.page);
        let mut notices =
            read::credit::notices(&self.desk, unit, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut notices, |notice| notice.id.clone());
        let notices = notices.iter().map(view::notice);
        Ok(Response::new(wire::ListCreditNoticesResponse {
            notices: notices.collect::<Result<_, Status>>()?,
            next_page_token,
        }))
    }

    async fn list_credit_effects(
        &self,
        request: Request<wire::ListCreditEffectsRequest>,
    ) -> Result<Response<wire::ListCreditEffectsResponse>, Status> {
        let asked = admit(request)?;
        let message = &asked.message;
        let about = parse::about(&message.unit_id, &message.person_key)?;
        let purpose: Title = status::parse("purpose", &message.purpose)?;
        if let Some(own) = self.own(&asked.actor).await?
            && about.unit != Some(own)
        {
            return Err(status::not_found("单位"));
        }
        look_up(
            &self.desk,
            &asked.actor,
            "effects",
            &about,
            purpose.as_str(),
        )
        .await?;
        let today = Day::of(self.desk.clock().now());
        let effects = read::credit::effects(&self.desk, &about, today).await?;
        Ok(Response::new(wire::ListCreditEffectsResponse { effects }))
    }

    async fn get_person_standing(
        &self,
        request: Request<wire::GetPersonStandingRequest>,
    ) -> Result<Response<wire::PersonStanding>, Status> {
        let asked = admit(request)?;
        let person: PersonKey = status::parse("person_key", &asked.message.person_key)?;
        let purpose: Title = status::parse("purpose", &asked.message.purpose)?;
        let about = About::person(person);
        look_up(
            &self.desk,
            &asked.actor,
            "standing",
            &about,
            purpose.as_str(),
        )
        .await?;
        let acts = BarredAct::of_purpose(purpose.as_str());
        let today = Day::of(self.desk.clock().now());
        let barring = read::credit::barring(&self.desk, &about, &acts, today).await?;
        Ok(Response::new(view::person_standing(barring)))
    }

    async fn list_barred(
        &self,
        request: Request<wire::ListBarredRequest>,
    ) -> Result<Response<wire::ListBarredResponse>, Status> {
        let asked = admit(request)?;
        let message = &asked.message;
        let units: BTreeSet<UnitId> = parse::many("unit_ids", &message.unit_ids)?;
        let people: BTreeSet<PersonKey> = parse::many("person_keys", &message.person_keys)?;
        let purpose: Title = status::parse("purpose", &message.purpose)?;
        let about = (&units, &people);
        read::barred::look_up(&self.desk, &asked.actor, about, purpose.as_str()).await?;
        let acts = BarredAct::of_purpose(purpose.as_str());
        let today = Day::of(self.desk.clock().now());
        let barred = read::barred::barred(&self.desk, about, &acts, today).await?;
        Ok(Response::new(wire::ListBarredResponse { barred }))
    }

    async fn list_credit_filings(
        &self,
        request: Request<wire::ListCreditFilingsRequest>,
    ) -> Result<Response<wire::ListCreditFilingsResponse>, Status> {
        let asked = admit(request)?;
        Ok(Response::new(self.filings(asked.message).await?))
    }

    async fn refile_credit_record(
        &self,
        request: Request<wire::RefileCreditRecordRequest>,
    ) -> Result<Response<wire::CreditFiling>, Status> {
        Ok(Response::new(self.refile(admit(request)?).await?))
    }

    async fn list_credit_lookups(
        &self,
        request: Request<wire::ListCreditLookupsRequest>,
    ) -> Result<Response<wire::ListCreditLookupsResponse>, Status> {
        let asked = admit(request)?.message;
        let page = Page::from(asked.page);
        let about = About {
            unit: status::optional("unit_id", &asked.unit_id)?,
            person: status::optional("person_key", &asked.person_key)?,
            record: None,
        };
        let after = status::optional("page.page_token", &page.after)?.unwrap_or(0);
        let mut rows = read::credit::lookups(&self.desk, &about, after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
        Ok(Response::new(wire::ListCreditLookupsResponse {
            lookups: rows.into_iter().map(|row| row.lookup).collect(),
            next_page_token,
        }))
    }
}

/// A record or notice out of the journal that nothing ever happened to does not exist.
fn there<T>(loaded: Option<&T>) -> Result<&T, Status> {
    loaded.ok_or_else(|| status::not_found("信用记录"))
}
