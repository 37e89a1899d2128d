//! A joint decision as a file, and its verification: the document, and every member's word for it.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    coordination::v1::{AssentGiven, DecisionOpened},
    message::{Audience, PublicEvent},
};
use regulation::Region;
use serde::{Deserialize, Serialize};

use crate::{
    Body, Digest, Envelope, KeyRing, Report, Standing, Verified,
    case::{envelopes_base64, name},
    report::{explain, explain_open},
    verify,
};

/// The envelopes that make a joint decision: the hub's opening and the members' assents, in any
/// order. Everything else about it is read from them, since only they are signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionFile {
    /// Which decision.
    pub decision_id: String,
    /// `coordination.decision.opened` once, `coordination.assent.given` from each member.
    #[serde(with = "envelopes_base64")]
    pub envelopes: Vec<Envelope>,
}

/// What the hub asked the members for.
struct Opening {
    digest: Digest,
    members: BTreeSet<Region>,
}

/// Verifies a joint decision: the hub signed what was to be decided, its digest is the document's,
/// all full members of that time were asked, and each assented once to exactly that digest.
/// `document`, if given, is a copy that somebody holds and wants compared.
pub fn verify_decision(file: &DecisionFile, document: Option<&[u8]>, ring: &KeyRing) -> Report {
    let mut report = Report::new(format!("联合决策核验：{}", file.decision_id));
    let mut opening: Option<Opening> = None;
    let mut assents: BTreeMap<Region, Digest> = BTreeMap::new();
    for (index, envelope) in file.envelopes.iter().enumerate() {
        let verified = match verify(envelope, ring) {
            Ok(verified) => verified,
            Err(fault) => {
                report.broken(format!("第 {} 封信封", index + 1), explain(&fault));
                continue;
            }
        };
        let subject = name(&verified);
        match read(&verified, &file.decision_id, ring) {
            Err(note) => report.broken(subject, note),
            Ok(Word::Opening {
                opening: asked,
                title,
            }) => {
                if opening.replace(asked).is_some() {
                    report.broken(subject, "决策被发起两次");
                } else {
                    report.holds(subject, format!("推进组发起：{title}"));
                }
            }
            Ok(Word::Assent {
                region,
                digest,
                person,
            }) => {
                if assents.insert(region, digest).is_some() {
                    report.broken(subject, "同一成员同意两次");
                } else {
                    let note = format!("{}同意（{person}），{}", region.name(), verified.header.at);
                    report.holds(subject, note);
                }
            }
        }
    }
    let Some(opening) = opening else {
        report.unproven("发起", "未附推进组发起决策的信封");
        return report;
    };
    if let Some(document) = document {
        compare(document, opening.digest, &mut report);
    }
    count(&opening, &assents, &mut report);
    report
}

fn compare(document: &[u8], digest: Digest, report: &mut Report) {
    if Digest::of_document(document) == digest {
        report.holds("文件", format!("与决策的文件一致，SHA-256 {digest}"));
    } else {
        report.broken("文件", format!("不是决策的文件，其 SHA-256 应为 {digest}"));
    }
}

fn count(opening: &Opening, assents: &BTreeMap<Region, Digest>, report: &mut Report) {
    for region in &opening.members {
        let subject = format!("{}的同意", region.name());
        match assents.get(region) {
            Some(digest) if *digest == opening.digest => {
                report.holds(subject, "签名有效，摘要一致");
            }
            Some(digest) => report.broken(subject, format!("同意的是另一份文件（{digest}）")),
            None => report.broken(subject, "缺少"),
        }
    }
    for region in assents
        .keys()
        .filter(|region| !opening.members.contains(*region))
    {
        report.broken(format!("{}的同意", region.name()), "不在应同意的成员之列");
    }
}

enum Word {
    Opening {
        opening: Opening,
        title: String,
    },
    Assent {
        region: Region,
        digest: Digest,
        person: String,
    },
}

fn read(envelope: &Verified<'_>, decision_id: &str, ring: &KeyRing) -> Result<Word, String> {
    if envelope.header.audience != Audience::All {
        return Err("不是向全体成员公布的".into());
    }
    let body = envelope.open(None).map_err(|fault| explain_open(&fault))?;
    let body = body.ok_or("不是向全体成员公布的")?;
    if let Some(opened) = event::<DecisionOpened>(&body)? {
        return read_opening(envelope, opened, decision_id, ring);
    }
    if let Some(assent) = event::<AssentGiven>(&body)? {
        return read_assent(envelope, assent, decision_id);
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

fn read_opening(
    envelope: &Verified<'_>,
    opened: DecisionOpened,
    decision_id: &str,
    ring: &KeyRing,
) -> Result<Word, String> {
    if !envelope.header.origin.is_hub() {
        return Err("不是推进组发起的".into());
    }
    if opened.decision_id != decision_id {
        return Err("属于另一决策".into());
    }
    let digest: Digest = opened.digest.parse().map_err(|_| "文件摘要无法读取")?;
    if Digest::of_document(&opened.document) != digest {
        return Err("所附文件与其摘要不符".into());
    }
    let asked: Result<BTreeSet<Region>, _> = opened.members.iter().map(|m| m.parse()).collect();
    let members = asked.map_err(|_| "成员名单无法读取")?;
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
    Ok(Word::Opening {
        opening: Opening { digest, members },
        title: opened.title,
    })
}

fn read_assent(
    envelope: &Verified<'_>,
    assent: AssentGiven,
    decision_id: &str,
) -> Result<Word, String> {
    if assent.subject_id != decision_id {
        return Err("同意的是另一决策".into());
    }
    let party = assent.party.ok_or("没有写明同意方")?;
    let region: Region = party.region.parse().map_err(|_| "同意方无法读取")?;
    if region != envelope.header.origin || !party.unit_id.is_empty() {
        return Err("不是该成员自己的同意".into());
    }
    let digest = assent.digest.parse().map_err(|_| "文件摘要无法读取")?;
    Ok(Word::Assent {
        region,
        digest,
        person: assent.person,
    })
}
