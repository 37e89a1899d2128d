//! What an envelope says about a joint decision, if it is its origin's to say.

use std::{collections::BTreeSet, str::FromStr};

use proto::{
    coordination::v1::{
        AssentGiven, DecisionChanged, DecisionInForce, DecisionKind, DecisionOpened,
    },
    message::PublicEvent,
};
use regulation::{Day, Region};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Assent, Force, Opening, Step};
use crate::{Body, Digest, KeyRing, Standing, Verified, report::explain_open};

/// As what a department's word is signed. [Art. 6]
const DIRECTOR: &str = "director";

/// What an envelope says.
pub(super) enum Word {
    Opening(Opening),
    Assent(Assent),
    Step(Step),
    Force(Force),
}

/// Reads an envelope that is in a decision's file.
///
/// # Errors
/// Why it does not belong there, in Chinese.
pub(super) fn word(
    envelope: &Verified<'_>,
    decision_id: &str,
    ring: &KeyRing,
) -> Result<Word, String> {
    let body = envelope.open(None).map_err(|fault| explain_open(&fault))?;
    let body = body.ok_or("不是向全体成员公布的")?;
    if let Some(assent) = event::<AssentGiven>(&body)? {
        return assented(envelope, assent, decision_id).map(Word::Assent);
    }
    if let Some(opened) = event::<DecisionOpened>(&body)? {
        of_hub(envelope, &opened.decision_id, decision_id)?;
        return opening(envelope, opened, ring).map(Word::Opening);
    }
    if let Some(changed) = event::<DecisionChanged>(&body)? {
        of_hub(envelope, &changed.decision_id, decision_id)?;
        return step(envelope, changed).map(Word::Step);
    }
    if let Some(in_force) = event::<DecisionInForce>(&body)? {
        of_hub(envelope, &in_force.decision_id, decision_id)?;
        return force(envelope, in_force).map(Word::Force);
    }
    Err(format!("与联合决策无关（{}）", body.kind))
}

fn event<E: PublicEvent>(body: &Body) -> Result<Option<E>, String> {
    if body.kind != E::KIND {
        return Ok(None);
    }
    E::decode(body.data.as_slice())
        .map(Some)
        .map_err(|_| "内容无法读取".into())
}

/// Only the hub speaks of where a decision stands, and only of this one here.
fn of_hub(envelope: &Verified<'_>, claimed: &str, decision_id: &str) -> Result<(), String> {
    if !envelope.header.origin.is_hub() {
        return Err("不是推进组所公布的".into());
    }
    if claimed != decision_id {
        return Err("属于另一决策".into());
    }
    Ok(())
}

fn digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| "文件摘要无法读取".into())
}

fn regions(names: &[String]) -> Result<BTreeSet<Region>, String> {
    let regions: Result<_, _> = names.iter().map(|name| Region::from_str(name)).collect();
    regions.map_err(|_| "成员名单无法读取".into())
}

fn day(text: &str) -> Result<Option<Day>, String> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| "公示日期无法读取".into()),
    }
}

fn opening(
    envelope: &Verified<'_>,
    opened: DecisionOpened,
    ring: &KeyRing,
) -> Result<Opening, String> {
    let digest = digest(&opened.digest)?;
    if Digest::of_document(&opened.document) != digest {
        return Err("所附文件与其摘要不符".into());
    }
    let members = regions(&opened.members)?;
    let at = envelope.header.at;
    let mut entitled = ring
        .members()
        .filter(|member| member.standing == Standing::Full && member.active_at(at));
    if let Some(left_out) = entitled.find(|member| !members.contains(&member.region)) {
        return Err(format!("应同意的成员中漏了{}", left_out.region.name()));
    }
    if members.is_empty() {
        return Err("应同意的成员为空".into());
    }
    Ok(Opening {
        number: envelope.header.number,
        kind: opened.kind(),
        subject_id: opened.subject_id,
        title: opened.title,
        document: opened.document,
        digest,
        members,
    })
}

fn step(envelope: &Verified<'_>, changed: DecisionChanged) -> Result<Step, String> {
    Ok(Step {
        number: envelope.header.number,
        state: changed.state(),
        digest: digest(&changed.digest)?,
        until: day(&changed.publicity_until)?,
        document_number: changed.document_number,
    })
}

fn force(envelope: &Verified<'_>, in_force: DecisionInForce) -> Result<Force, String> {
    let at = OffsetDateTime::parse(&in_force.in_force_at, &Rfc3339);
    let at = at.map_err(|_| "生效时间无法读取")?;
    if at > envelope.header.at {
        return Err("所称的生效时间晚于签名时间".into());
    }
    let digest = digest(&in_force.digest)?;
    if Digest::of_document(&in_force.document) != digest {
        return Err("所附文件与其摘要不符".into());
    }
    let kind: DecisionKind = in_force.kind();
    Ok(Force {
        number: envelope.header.number,
        kind,
        assented: regions(&in_force.assented)?,
        until: day(&in_force.publicity_until)?,
        subject_id: in_force.subject_id,
        digest,
        document_number: in_force.document_number,
        not_heard: in_force.not_heard,
        at,
    })
}

fn assented(
    envelope: &Verified<'_>,
    assent: AssentGiven,
    decision_id: &str,
) -> Result<Assent, String> {
    if assent.document_kind != "decision" || assent.subject_id != decision_id {
        return Err("同意的是另一决策".into());
    }
    let party = assent.party.ok_or("没有写明同意方")?;
    let region: Region = party.region.parse().map_err(|_| "同意方无法读取")?;
    if region != envelope.header.origin || !party.unit_id.is_empty() {
        return Err("不是该成员自己的同意".into());
    }
    if assent.role != DIRECTOR {
        return Err("不是由科技厅（委）审批人签署的".into());
    }
    Ok(Assent {
        region,
        digest: digest(&assent.digest)?,
        person: assent.person,
    })
}
