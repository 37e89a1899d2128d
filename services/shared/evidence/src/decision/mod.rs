//! A joint decision as a file, and its verification: the document, every member's word for it, the
//! approval, the publicity period, its force.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use proto::coordination::v1::{DecisionKind, DecisionState};
use regulation::{Day, Region};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Conclusion, Digest, Envelope, KeyRing, Report,
    case::{envelopes_base64, name},
    report::explain,
    verify,
};
use read::Word;

/// The envelopes that make a joint decision, in any order: the hub's opening, the members'
/// assents, and what the hub told of the approval, the publicity period and the force. Everything
/// else about it is read from them, since only they are signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionFile {
    /// Which decision.
    pub decision_id: String,
    /// `coordination.decision.opened` and `.in_force` once, `.changed` at each step,
    /// `coordination.assent.given` from each member.
    #[serde(with = "envelopes_base64")]
    pub envelopes: Vec<Envelope>,
}

/// A joint decision that is proven to be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Of which kind.
    pub kind: DecisionKind,
    /// What it is about.
    pub subject_id: String,
    /// What all have assented to.
    pub document: Vec<u8>,
    /// 批文号.
    pub document_number: String,
    /// Since when it holds.
    pub in_force_at: OffsetDateTime,
    /// The place of its force in the hub's chain: decisions took force in this order.
    pub number: u64,
}

/// What the hub asked the members for.
#[derive(Debug, Clone)]
struct Opening {
    number: u64,
    kind: DecisionKind,
    subject_id: String,
    title: String,
    document: Vec<u8>,
    digest: Digest,
    members: BTreeSet<Region>,
}

/// What the hub told of where it stands.
#[derive(Debug, Clone)]
struct Step {
    number: u64,
    state: DecisionState,
    digest: Digest,
    document_number: String,
    until: Option<Day>,
}

/// What the hub told of its force.
#[derive(Debug, Clone)]
struct Force {
    number: u64,
    kind: DecisionKind,
    subject_id: String,
    digest: Digest,
    document_number: String,
    assented: BTreeSet<Region>,
    until: Option<Day>,
    not_heard: Vec<String>,
    at: OffsetDateTime,
}

/// A member's word.
#[derive(Debug, Clone)]
struct Assent {
    region: Region,
    digest: Digest,
    person: String,
}

/// Everything that the file says, once its signatures hold.
#[derive(Default)]
struct Heard {
    opening: Option<Opening>,
    assents: BTreeMap<Region, Digest>,
    steps: Vec<Step>,
    force: Option<Force>,
}

/// Verifies a joint decision: the hub signed what was to be decided, its digest is the document's,
/// all full members of that time were asked, each assented once, by its director, to exactly that
/// digest; it was approved under a number, shown to the public to the end of its last day, and took
/// force after that. `document`, if given, is a copy that somebody holds and wants compared.
pub fn verify_decision(file: &DecisionFile, document: Option<&[u8]>, ring: &KeyRing) -> Report {
    hear_and_check(file, document, ring).0
}

/// What a joint decision in force says, if its file proves all of it.
///
/// # Errors
/// The report, which says what does not hold or is missing.
pub fn prove_decision(file: &DecisionFile, ring: &KeyRing) -> Result<Proven, Report> {
    let (report, heard) = hear_and_check(file, None, ring);
    match (report.conclusion(), heard.opening, heard.force) {
        (Conclusion::Holds, Some(opening), Some(force)) => Ok(Proven {
            kind: opening.kind,
            subject_id: opening.subject_id,
            document: opening.document,
            document_number: force.document_number,
            in_force_at: force.at,
            number: force.number,
        }),
        _ => Err(report),
    }
}

fn hear_and_check(file: &DecisionFile, document: Option<&[u8]>, ring: &KeyRing) -> (Report, Heard) {
    let mut report = Report::new(format!("联合决策核验：{}", file.decision_id));
    let heard = hear(file, ring, &mut report);
    match &heard.opening {
        None => report.unproven("发起", "未附推进组发起决策的信封"),
        Some(opening) => {
            if let Some(document) = document {
                compare(document, opening.digest, &mut report);
            }
            count(opening, &heard.assents, &mut report);
            approval(opening, &heard, &mut report);
            publicity(&heard, &mut report);
            force(opening, &heard, &mut report);
        }
    }
    (report, heard)
}

fn hear(file: &DecisionFile, ring: &KeyRing, report: &mut Report) -> Heard {
    let mut heard = Heard::default();
    for (index, envelope) in file.envelopes.iter().enumerate() {
        let verified = match verify(envelope, ring) {
            Ok(verified) => verified,
            Err(fault) => {
                report.broken(format!("第 {} 封信封", index + 1), explain(&fault));
                continue;
            }
        };
        let subject = name(&verified);
        match read::word(&verified, &file.decision_id, ring) {
            Err(note) => report.broken(subject, note),
            Ok(word) => match heard.take(word) {
                Err(note) => report.broken(subject, note),
                Ok(note) => report.holds(subject, format!("{note}，{}", verified.header.at)),
            },
        }
    }
    heard.steps.sort_by_key(|step| step.number);
    heard
}

impl Heard {
    /// Takes a word in, and says what it was; or what is wrong with it beside the others.
    fn take(&mut self, word: Word) -> Result<String, &'static str> {
        match word {
            Word::Opening(opening) => {
                let note = format!("推进组发起：{}", opening.title);
                match self.opening.replace(opening) {
                    Some(_) => Err("决策被发起两次"),
                    None => Ok(note),
                }
            }
            Word::Assent(assent) => {
                let (region, person) = (assent.region, assent.person);
                match self.assents.insert(region, assent.digest) {
                    Some(_) => Err("同一成员同意两次"),
                    None => Ok(format!("{}同意（{person}）", region.name())),
                }
            }
            Word::Step(step) => {
                if self.steps.iter().any(|other| other.number == step.number) {
                    return Err("同一编号出现两次");
                }
                self.steps.push(step);
                Ok("推进组公布进展".to_owned())
            }
            Word::Force(force) => match self.force.replace(force) {
                Some(_) => Err("决策被宣布生效两次"),
                None => Ok("推进组宣布生效".to_owned()),
            },
        }
    }

    /// The last step at which the decision stood in one of these states.
    fn last(&self, states: &[DecisionState]) -> Option<&Step> {
        let mut found = self.steps.iter().rev();
        found.find(|step| states.contains(&step.state))
    }
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

/// Approved under one number, and that document.
fn approval(opening: &Opening, heard: &Heard, report: &mut Report) {
    let subject = "批准";
    if let Some(step) = heard
        .steps
        .iter()
        .find(|step| step.digest != opening.digest)
    {
        let note = format!("推进组第 {} 号所述的是另一份文件", step.number);
        return report.broken(subject, note);
    }
    if let Some(step) = heard.steps.iter().find(|step| step.number < opening.number) {
        let note = format!("推进组第 {} 号早于发起", step.number);
        return report.broken(subject, note);
    }
    let numbers: BTreeSet<&str> = heard
        .steps
        .iter()
        .map(|step| step.document_number.as_str())
        .chain(
            heard
                .force
                .iter()
                .map(|force| force.document_number.as_str()),
        )
        .filter(|number| !number.is_empty())
        .collect();
    let states = [DecisionState::Approved, DecisionState::Publicity];
    let approved = heard
        .last(&states)
        .map(|step| step.document_number.as_str());
    match (approved, numbers.len()) {
        (Some(""), _) => report.broken(subject, "没有批文号"),
        (Some(number), 1) => report.holds(subject, format!("批文号 {number}")),
        (_, 2..) => report.broken(subject, "批文号前后不一致"),
        _ => report.unproven(subject, "未附推进组公布批准的信封"),
    }
}

/// Shown to the public to the end of its last day.
fn publicity(heard: &Heard, report: &mut Report) {
    let subject = "公示";
    let shown = heard.last(&[DecisionState::Publicity]);
    let Some(until) = shown.and_then(|step| step.until) else {
        return report.unproven(subject, "未附推进组公布公示期的信封");
    };
    let Some(force) = &heard.force else {
        return report.holds(subject, format!("公示至 {until}"));
    };
    if shown.is_some_and(|step| step.number > force.number) {
        report.broken(subject, "公示不在生效之前");
    } else if force.until != Some(until) {
        report.broken(subject, "生效时所述的公示期与公布的不一致");
    } else if force.at <= until.end() {
        report.broken(
            subject,
            format!("公示至 {until}，{} 即生效，公示期未满", force.at),
        );
    } else if force.not_heard.is_empty() {
        report.holds(subject, format!("公示至 {until}，期满后生效"));
    } else {
        let regions = force.not_heard.join("、");
        report.holds(
            subject,
            format!("公示至 {until}；{regions} 未联通，由专人说明理由后继续"),
        );
    }
}

/// It took force, as what was opened, with everybody's assent, and nobody returned it.
fn force(opening: &Opening, heard: &Heard, report: &mut Report) {
    let subject = "生效";
    let returned = heard.last(&[DecisionState::Returned]);
    let Some(force) = &heard.force else {
        let note = if returned.is_some() {
            "该决策已退回，没有生效"
        } else {
            "未附推进组宣布生效的信封"
        };
        return report.unproven(subject, note);
    };
    if returned.is_some() {
        report.broken(subject, "该决策已退回，又被宣布生效");
    } else if force.digest != opening.digest {
        report.broken(subject, "生效的是另一份文件");
    } else if (force.kind, &force.subject_id) != (opening.kind, &opening.subject_id) {
        report.broken(subject, "生效的是另一事项");
    } else if force.assented != opening.members {
        report.broken(subject, "所述的同意成员与应同意的不一致");
    } else if force.document_number.is_empty() {
        report.broken(subject, "没有批文号");
    } else {
        report.holds(subject, format!("{} 起生效", force.at));
    }
}
