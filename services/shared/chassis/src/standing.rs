//! Whom credit records bar: asked of the node's registry at the time of the act, many at once. The
//! one way by which draws, applications and contracts consult credit records. [Art. 20]

use std::collections::{BTreeMap, BTreeSet};

use proto::registry::v1::{self as wire, credit_service_client::CreditServiceClient};
use regulation::{Day, PersonKey, UnitId};
use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::{client::PeerChannel, desk::Desk, status};

/// Units, and people, of whom registry is asked at once.
const ASKED_MAX: usize = 1_000;

/// Whom a credit record bars.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A unit.
    Unit(UnitId),
    /// A person.
    Person(PersonKey),
}

/// What bars somebody longest: facts for a command, and for its refusal to name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// The last day.
    pub until: Day,
    /// The credit record.
    pub record: String,
}

/// From where a desk knows who is barred.
#[derive(Clone)]
pub(crate) enum Standing {
    /// The node's registry.
    Registry,
    /// A test, where there is no registry.
    #[cfg(any(test, feature = "testing"))]
    Given(std::sync::Arc<std::sync::Mutex<BTreeMap<Subject, Barred>>>),
}

impl Desk {
    /// Those of the units and people whom effective credit records bar today from what `purpose`
    /// names; whoever is not in the answer is free. `purpose` is `<service>.<act>`: of evaluation
    /// and review it asks for bars from being drawn, of application from applying, of project and
    /// fund from contracts. Registry records each look-up, also where it bars nobody. Ask at the
    /// time of the act and give the answer to the command as facts.
    ///
    /// # Errors
    /// `UNAVAILABLE` when registry does not answer: nobody is taken for free unasked.
    pub async fn barred(
        &self,
        purpose: &str,
        units: &BTreeSet<UnitId>,
        people: &BTreeSet<PersonKey>,
    ) -> Result<BTreeMap<Subject, Barred>, Status> {
        match &self.standing {
            Standing::Registry => self.ask(purpose, units, people).await,
            #[cfg(any(test, feature = "testing"))]
            Standing::Given(barred) => Ok(given(barred, units, people)),
        }
    }

    async fn ask(
        &self,
        purpose: &str,
        units: &BTreeSet<UnitId>,
        people: &BTreeSet<PersonKey>,
    ) -> Result<BTreeMap<Subject, Barred>, Status> {
        let mut registry: CreditServiceClient<PeerChannel> =
            CreditServiceClient::new(self.peer("registry")?);
        let units: Vec<_> = units.iter().map(ToString::to_string).collect();
        let people: Vec<_> = people.iter().map(ToString::to_string).collect();
        let mut barred = BTreeMap::new();
        let (mut units, mut people) = (units.chunks(ASKED_MAX), people.chunks(ASKED_MAX));
        loop {
            let (some_units, some_people) = (units.next(), people.next());
            if some_units.is_none() && some_people.is_none() {
                return Ok(barred);
            }
            let asked = wire::ListBarredRequest {
                purpose: purpose.to_owned(),
                unit_ids: some_units.unwrap_or_default().to_vec(),
                person_keys: some_people.unwrap_or_default().to_vec(),
            };
            let answer = registry.list_barred(asked).await;
            let answer = answer.map_err(|error| status::peer_unavailable("registry", &error))?;
            for told in answer.into_inner().barred {
                let (subject, bar) = read(told)?;
                barred.insert(subject, bar);
            }
        }
    }
}

fn read(told: wire::Barred) -> Result<(Subject, Barred), Status> {
    let subject = if told.person_key.is_empty() {
        let unit = told.unit_id.parse();
        Subject::Unit(unit.map_err(|error| status::internal(&error))?)
    } else {
        let person = told.person_key.parse();
        Subject::Person(person.map_err(|error| status::internal(&error))?)
    };
    let until = told.until.parse();
    let barred = Barred {
        until: until.map_err(|error| status::internal(&error))?,
        record: told.credit_record_id,
    };
    Ok((subject, barred))
}

#[cfg(any(test, feature = "testing"))]
fn given(
    barred: &std::sync::Mutex<BTreeMap<Subject, Barred>>,
    units: &BTreeSet<UnitId>,
    people: &BTreeSet<PersonKey>,
) -> BTreeMap<Subject, Barred> {
    let mut known = barred
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone();
    known.retain(|subject, _| match subject {
        Subject::Unit(unit) => units.contains(unit),
        Subject::Person(person) => people.contains(person),
    });
    known
}
