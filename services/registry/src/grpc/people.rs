//! People and experts at the door: their numbers are looked at, hashed under a key, and dropped.

use chassis::{caller::Admitted, status};
use evidence::Digest;
use journal::Request as JournalRequest;
use prost::Message as _;
use proto::registry::v1 as wire;
use regulation::{ExpertId, Title, UnitId};
use tonic::{Response, Status};

use super::{Door, acts, list, units::view_expert};
use crate::{
    domain::{
        Expert, IdentityNumber, Person,
        expert::{self, Origin, Profile, expert_id},
        people::Command,
    },
    read, secret,
};

impl Door {
    pub(super) async fn person(
        &self,
        asked: Admitted<wire::RegisterPersonRequest>,
    ) -> Result<wire::Person, Status> {
        let message = &asked.message;
        let number: IdentityNumber = status::parse("identity_number", &message.identity_number)?;
        let name: Title = status::parse("name", &message.name)?;
        let unit: UnitId = status::parse("unit_id", &message.unit_id)?;
        acts(&self.desk, &asked.actor).await?;
        let secret = secret::read(&self.settings.person_key_file)
            .map_err(|error| status::internal(&error))?;
        let key = number.key(&secret);
        let mut request = asked.request(&message.request_id)?;
        let mut known_as = message.clone();
        known_as.identity_number = key.to_string();
        request.fingerprint = Digest::of("registry.register-person", &[&known_as.encode_to_vec()]);
        let command = Command::Register {
            name,
            unit,
            unit_here: self.is_here(unit).await?,
        };
        let done = self
            .desk
            .execute::<Person>(asked.actor, &key, command, &request)
            .await?;
        let known = done.state.0.ok_or_else(|| status::not_found("人员"))?;
        Ok(wire::Person {
            person_key: done.id,
            name: known.name.to_string(),
            unit_ids: known.units.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Door {
    pub(super) async fn expert(
        &self,
        asked: Admitted<wire::RegisterExpertRequest>,
    ) -> Result<wire::PooledExpert, Status> {
        let number: IdentityNumber =
            status::parse("identity_number", &asked.message.identity_number)?;
        // Read anew each time, so that the secret is nowhere when nobody needs it.
        let secret = secret::read(&self.settings.person_key_file)
            .map_err(|error| status::internal(&error))?;
        let mut request = asked.request(&asked.message.request_id)?;
        let profile = profile(&asked.message, &number, &secret)?;
        request.fingerprint = fingerprint(asked.message, &profile);
        let command = expert::Command::Register {
            employer_known: read::unit(&self.desk, profile.employer).await?.is_some(),
            profile: Box::new(profile.clone()),
            replace: false,
        };
        let id = expert_id(&profile.person);
        let done = self
            .desk
            .execute::<Expert>(asked.actor, id, command, &request)
            .await?;
        Ok(view_expert(&done))
    }
}

impl Door {
    pub(super) async fn deactivate(
        &self,
        asked: Admitted<wire::DeactivateExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        let request = asked.request(&asked.message.request_id)?;
        let id = asked.message.expert_id.clone();
        let command = expert::Command::Deactivate(status::parse("reason", &asked.message.reason)?);
        self.to_expert(asked, &request, &id, command).await
    }

    pub(super) async fn reactivate(
        &self,
        asked: Admitted<wire::ReactivateExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        let request = asked.request(&asked.message.request_id)?;
        let id = asked.message.expert_id.clone();
        let command = expert::Command::Reactivate;
        self.to_expert(asked, &request, &id, command).await
    }

    /// Gives a command to an expert hosted here.
    async fn to_expert<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        request: &JournalRequest,
        id: &str,
        command: expert::Command,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        let id: ExpertId = status::parse("expert_id", id)?;
        let done = self
            .desk
            .execute::<Expert>(asked.actor, id, command, request)
            .await?;
        Ok(Response::new(view_expert(&done)))
    }
}

/// By what a repeat of the request is known. The identity number takes part only as the person's
/// key: a plain digest over it, beside the request's id, could be tried out.
fn fingerprint(mut message: wire::RegisterExpertRequest, profile: &Profile) -> Digest {
    message.identity_number = profile.person.to_string();
    Digest::of("registry.register-expert", &[&message.encode_to_vec()])
}

fn profile(
    message: &wire::RegisterExpertRequest,
    number: &IdentityNumber,
    secret: &[u8; 32],
) -> Result<Profile, Status> {
    Ok(Profile {
        person: number.key(secret),
        name: status::parse("name", &message.name)?,
        employer: status::parse("employer_unit_id", &message.employer_unit_id)?,
        origin: match message.origin() {
            wire::ExpertOrigin::NationalPool => Origin::NationalPool,
            wire::ExpertOrigin::Invited => Origin::Invited,
            wire::ExpertOrigin::Unspecified => {
                return Err(status::invalid("origin", "请选择专家来源"));
            }
        },
        fields: list("fields", &message.fields)?,
        keywords: list("keywords", &message.keywords)?,
    })
}
