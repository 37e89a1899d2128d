//! What is asked of credit records, as the domain has it.

use std::{collections::BTreeSet, str::FromStr};

use chassis::status;
use evidence::Digest;
use prost::Message as _;
use proto::registry::v1 as wire;
use regulation::{PersonKey, UnitId};
use tonic::Status;

use crate::read::credit::About;
use crate::{
    Settings,
    domain::{
        IdentityNumber,
        credit::{BarredAct, Charge, Evidence, Subject},
    },
    react, secret,
};

/// Documents of one record at most.
const EVIDENCE_MAX: usize = 20;
/// Units, and people, of whom is asked at once at most.
const ASKED_MAX: usize = 1_000;

/// What somebody is charged with. The number of a person's paper is hashed here and dropped.
pub(super) fn charge(
    message: &wire::ProposeCreditRecordRequest,
    settings: &Settings,
) -> Result<Charge, Status> {
    if message.evidence.len() > EVIDENCE_MAX {
        let limit = format!("最多 {EVIDENCE_MAX} 份");
        return Err(status::invalid("evidence", limit));
    }
    let evidence = message.evidence.iter().enumerate().map(|(at, one)| {
        Ok(Evidence {
            digest: status::parse::<Digest>(&format!("evidence[{at}].digest"), &one.digest)?,
            description: status::parse(&format!("evidence[{at}].description"), &one.description)?,
        })
    });
    Ok(Charge {
        subject: subject(message, settings)?,
        misconduct: match message.misconduct() {
            wire::Misconduct::Unspecified => {
                return Err(status::invalid("misconduct", "请选择失信行为的类型"));
            }
            told => react::credit::misconduct(told),
        },
        case_reference: status::parse("case_reference", &message.case_reference)?,
        evidence: evidence.collect::<Result<_, Status>>()?,
        acts: acts(&message.barred_acts)?,
    })
}

fn subject(
    message: &wire::ProposeCreditRecordRequest,
    settings: &Settings,
) -> Result<Subject, Status> {
    let through: UnitId = status::parse("unit_id", &message.unit_id)?;
    let key = match (&*message.person_key, &*message.identity_number) {
        ("", "") => return Ok(Subject::Unit(through)),
        (key, "") => status::parse::<PersonKey>("person_key", key)?,
        ("", number) => {
            let number: IdentityNumber = status::parse("identity_number", number)?;
            let secret = secret::read(&settings.person_key_file)
                .map_err(|error| status::internal(&error))?;
            number.key(&secret)
        }
        _ => {
            return Err(status::invalid("person_key", "人员标识和证件号只填一项"));
        }
    };
    Ok(Subject::Person { key, through })
}

fn acts(told: &[i32]) -> Result<BTreeSet<BarredAct>, Status> {
    let acts = told.iter().map(|number| {
        let act = wire::BarredAct::try_from(*number).ok();
        act.and_then(react::credit::act)
            .ok_or_else(|| status::invalid("barred_acts", "请选择限制的事项"))
    });
    acts.collect()
}

/// By what a repeat of the request is known. The identity number takes part only as the person's
/// key: a plain digest over it, beside the request's id, could be tried out.
pub(super) fn fingerprint(
    mut message: wire::ProposeCreditRecordRequest,
    charge: &Charge,
) -> Digest {
    message.identity_number.clear();
    message.person_key = charge
        .subject
        .person()
        .map(ToString::to_string)
        .unwrap_or_default();
    Digest::of("registry.propose-credit", &[&message.encode_to_vec()])
}

/// Ids or keys of whom is asked at once.
pub(super) fn many<T>(field: &str, texts: &[String]) -> Result<BTreeSet<T>, Status>
where
    T: FromStr<Err: std::fmt::Display> + Ord,
{
    if texts.len() > ASKED_MAX {
        return Err(status::invalid(field, format!("最多 {ASKED_MAX} 项")));
    }
    let parsed = texts.iter().enumerate();
    parsed
        .map(|(at, text)| status::parse(&format!("{field}[{at}]"), text))
        .collect()
}

/// One unit or one person.
pub(super) fn about(unit_id: &str, person_key: &str) -> Result<About, Status> {
    match (unit_id, person_key) {
        (unit, "") => Ok(About::unit(status::parse("unit_id", unit)?)),
        ("", person) => Ok(About::person(status::parse("person_key", person)?)),
        _ => Err(status::invalid("unit_id", "单位和人员只填一项")),
    }
}
