//! An exported case and a stretch of a chain, as files, and their verification without any node.

use std::collections::BTreeSet;

use prost::Message as _;
use proto::{exchange::v1::RegionHeartbeat, message::PublicEvent as _};
use regulation::{Actor, Region};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    ChainCheck, Digest, Envelope, FactView, Head, KeyRing, Report, Verdict, Verified, chain,
    report::{explain, explain_link, explain_open},
    verify, verify_facts,
};

/// The facts of one aggregate with what proves them, exported by its home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseFile {
    /// The aggregate's home.
    pub region: Region,
    /// When it was exported.
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    /// Kind of the aggregate.
    pub kind: String,
    /// Its id.
    pub aggregate: String,
    /// Its facts, from the first to the last.
    pub facts: Vec<CaseFact>,
    /// The seals that cover the facts, if they have been sealed.
    pub sealed: Option<SealedStretch>,
    /// What was said about it across the border, and the heartbeat that vouches for the seals.
    #[serde(with = "envelopes_base64")]
    pub envelopes: Vec<Envelope>,
}

/// A fact as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseFact {
    /// Its place in the aggregate's history, from 1.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// Its JSON, byte for byte as it was digested: a string, so that no tool reformats it.
    pub payload: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who acted.
    pub actor: Actor,
    /// The policy version it was decided under, if any.
    pub policy: Option<String>,
    /// The digest on record.
    pub hash: Digest,
}

/// A stretch of a journal's seals, each with the digests of the facts it covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedStretch {
    /// Whose journal.
    pub service: String,
    /// Number of the first seal of the stretch, from 1.
    pub first: u64,
    /// The seal before it; none for number 1.
    pub previous: Option<Digest>,
    /// The digests under each seal, in journal order.
    pub batches: Vec<Vec<Digest>>,
}

impl SealedStretch {
    /// Number and digest of the stretch's last seal; none if there is none.
    fn last(&self) -> Option<(u64, Digest)> {
        let steps = u64::try_from(self.batches.len()).ok()?.checked_sub(1)?;
        let number = self.first.checked_add(steps)?;
        let seal =
            |previous, batch: &Vec<Digest>| Some(chain::seal(previous, batch.iter().copied()));
        Some((number, self.batches.iter().fold(self.previous, seal)?))
    }
}

/// A stretch of one region's chain, as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainFile {
    /// The envelopes in order, from any number on.
    #[serde(with = "envelopes_base64")]
    pub envelopes: Vec<Envelope>,
}

/// Envelopes in JSON: each as base64 of its protobuf encoding.
pub(crate) mod envelopes_base64 {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use prost::Message as _;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::Envelope;

    pub(crate) fn serialize<S: Serializer>(
        envelopes: &[Envelope],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let encoded = envelopes
            .iter()
            .map(|one| BASE64_STANDARD.encode(one.encode_to_vec()));
        serializer.collect_seq(encoded)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Envelope>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| {
                let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
                Envelope::decode(bytes.as_slice()).map_err(D::Error::custom)
            })
            .collect()
    }
}

/// Verifies an exported case: the facts are one unbroken history, every envelope is its origin's
/// word, and a signed heartbeat of the home vouches for the seals over the facts, so that not even
/// the home can have changed them since.
pub fn verify_case(case: &CaseFile, ring: &KeyRing) -> Report {
    let mut report = Report::new(format!(
        "个案核验：{} {} {}，导出时间 {}",
        case.region.name(),
        case.kind,
        case.aggregate,
        case.exported_at
    ));
    check_facts(case, &mut report);
    let envelopes = check_envelopes(&case.envelopes, ring, &mut report);
    check_seals(case, &envelopes, &mut report);
    report
}

fn check_facts(case: &CaseFile, report: &mut Report) {
    let subject = "事实链";
    if case.facts.is_empty() {
        return report.broken(subject, "没有任何记录");
    }
    let facts = case.facts.iter().map(|fact| {
        let view = FactView {
            kind: &case.kind,
            aggregate: &case.aggregate,
            version: fact.version,
            name: &fact.name,
            payload: fact.payload.as_bytes(),
            at: fact.at,
            actor: &fact.actor,
            policy: fact.policy.as_deref(),
        };
        (view, fact.hash)
    });
    match verify_facts(facts) {
        Ok(_) => report.holds(
            subject,
            format!("{} 条记录首尾相连，未被改动", case.facts.len()),
        ),
        Err(broken) => report.broken(subject, explain_link(&broken)),
    }
}

/// Checks each envelope by itself, and that none is there twice or contradicts another.
fn check_envelopes<'a>(
    envelopes: &'a [Envelope],
    ring: &KeyRing,
    report: &mut Report,
) -> Vec<Verified<'a>> {
    let mut verified: Vec<Verified<'a>> = Vec::new();
    for (index, envelope) in envelopes.iter().enumerate() {
        match verify(envelope, ring) {
            Err(fault) => report.broken(format!("第 {} 封信封", index + 1), explain(&fault)),
            Ok(one) => {
                let subject = name(&one);
                let same_place = |other: &&Verified<'_>| {
                    other.header.origin == one.header.origin
                        && other.header.number == one.header.number
                };
                match verified.iter().find(same_place) {
                    Some(_) => report.broken(subject, "同一编号出现两次"),
                    None => report.holds(subject, format!("签名有效，{}", one.header.at)),
                }
                verified.push(one);
            }
        }
    }
    verified
}

pub(crate) fn name(envelope: &Verified<'_>) -> String {
    format!(
        "{}第 {} 号信封",
        envelope.header.origin.name(),
        envelope.header.number
    )
}

fn check_seals(case: &CaseFile, envelopes: &[Verified<'_>], report: &mut Report) {
    let subject = "封存";
    let Some(sealed) = &case.sealed else {
        return report.unproven(subject, "未附封存记录：无法证明事实链在导出前未被整体改写");
    };
    let Some((number, head)) = sealed.last() else {
        return report.broken(subject, "封存记录为空");
    };
    let covered: BTreeSet<&Digest> = sealed.batches.iter().flatten().collect();
    if let Some(fact) = case.facts.iter().find(|fact| !covered.contains(&fact.hash)) {
        return report.unproven(subject, format!("第 {} 条记录尚未封存", fact.version));
    }
    let mut vouching = None;
    for envelope in envelopes
        .iter()
        .filter(|one| one.header.origin == case.region)
    {
        match journal_seal(envelope, &sealed.service, number) {
            Ok(None) => {}
            Ok(Some(told)) if told == head => vouching = Some(envelope),
            Ok(Some(_)) => {
                let note = format!("与{}公布的第 {number} 次封存不符", name(envelope));
                return report.broken(subject, note);
            }
            Err(fault) => return report.broken(name(envelope), fault),
        }
    }
    match vouching {
        Some(envelope) => report.holds(
            subject,
            format!("{}签名公布的第 {number} 次封存涵盖全部记录", name(envelope)),
        ),
        None => report.unproven(
            subject,
            format!("未附{}公布第 {number} 次封存的心跳信封", case.region.name()),
        ),
    }
}

/// The seal of that number which `envelope` publishes for `service`, if it is such a heartbeat.
fn journal_seal(
    envelope: &Verified<'_>,
    service: &str,
    number: u64,
) -> Result<Option<Digest>, String> {
    let Some(body) = envelope.open(None).map_err(|fault| explain_open(&fault))? else {
        return Ok(None);
    };
    if body.kind != RegionHeartbeat::KIND {
        return Ok(None);
    }
    let heartbeat =
        RegionHeartbeat::decode(body.data.as_slice()).map_err(|_| "心跳内容无法读取".to_owned())?;
    let journal = heartbeat
        .journals
        .iter()
        .find(|journal| journal.service == service && journal.seals == number);
    journal
        .map(|journal| Digest::try_from(journal.head.as_slice()))
        .transpose()
        .map_err(|_| "心跳内容无法读取".to_owned())
}

/// Verifies a stretch of one region's chain: every envelope is its word, and they follow upon each
/// other without gap, repetition, fork or step back in time.
pub fn verify_chain(envelopes: &[Envelope], ring: &KeyRing) -> Report {
    let mut report = Report::new("信封链核验");
    let mut check: Option<ChainCheck> = None;
    for (index, envelope) in envelopes.iter().enumerate() {
        let verified = match verify(envelope, ring) {
            Ok(verified) => verified,
            Err(fault) => {
                report.broken(format!("第 {} 封信封", index + 1), explain(&fault));
                return report;
            }
        };
        // The stretch may begin anywhere: its first envelope tells what comes before it.
        let expected = check.get_or_insert_with(|| beginning(&verified));
        match expected.judge(&verified, None) {
            Verdict::Next(head) => expected.advance(head),
            other => {
                report.broken(name(&verified), explain_verdict(&other));
                return report;
            }
        }
    }
    let last = check.as_ref().and_then(ChainCheck::head);
    match (envelopes.first().map(|first| verify(first, ring)), last) {
        (Some(Ok(first)), Some(last)) => {
            let origin = first.header.origin.name();
            let (from, to) = (first.header.number, last.number);
            report.holds(
                format!("{origin}信封链"),
                format!(
                    "第 {from} 号至第 {to} 号签名有效、连续无缺，末封摘要 {}",
                    last.hash
                ),
            );
        }
        _ => report.unproven("信封链", "文件中没有信封"),
    }
    report
}

fn beginning(first: &Verified<'_>) -> ChainCheck {
    let header = &first.header;
    let head = header.previous.map(|hash| Head {
        number: header.number - 1,
        hash,
        at: header.at,
    });
    ChainCheck::new(header.origin, head)
}

/// How an envelope stands to the history known so far, in Chinese.
pub fn explain_verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Next(_) => "连续".into(),
        Verdict::AlreadySeen => "重复出现".into(),
        Verdict::Fork { number, .. } => format!("第 {number} 号出现两种历史（分叉）"),
        Verdict::Gap { from, to } if from == to => format!("缺第 {from} 号，或次序颠倒"),
        Verdict::Gap { from, to } => format!("缺第 {from} 至 {to} 号，或次序颠倒"),
        Verdict::Backdated { last, claimed } => {
            format!("所称时间 {claimed} 早于前一封的 {last}（倒签）")
        }
        Verdict::Foreign => "属于另一成员的链".into(),
    }
}
