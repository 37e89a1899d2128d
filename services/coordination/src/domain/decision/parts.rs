//! What a joint decision is made of.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use regulation::{
    Actor, Day, DecisionId, DecisionKind, Policy, Region, Role, Text, Title, Verdict,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::domain::{Document, DocumentNumber, ObjectionId, Signature, rules};

/// What is known of a decision in every stage, and the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What it is about.
    pub matter: Matter,
    /// Who has assented.
    pub assents: BTreeMap<Region, Word>,
    /// What the public objected to it.
    pub objections: BTreeMap<ObjectionId, PublicObjection>,
    /// How far it has come.
    pub stage: Stage,
}

/// What a decision is about; never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Of which kind.
    pub kind: DecisionKind,
    /// Its title.
    pub title: Title,
    /// What everybody agrees to.
    pub document: Document,
    /// The round, guide, policy version, region … that it is about.
    pub subject_id: String,
    /// The returned decision whose new version this is, where one was named.
    pub former: Option<DecisionId>,
    /// Who opened it; the system where a proposal did.
    pub opened_by: Actor,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// What holds for it to its end.
    pub terms: Terms,
}

/// What the policy in force at the opening says of a decision: it keeps that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The policy version.
    pub policy_version: String,
    /// Whose assent it needs.
    pub members: BTreeSet<Region>,
    /// Who approves it. [Art. 9, 13, 16]
    pub approver: Role,
    /// Working days for which it is shown to the public.
    pub publicity_days: u32,
}

impl Terms {
    /// What the policy says of decisions of the kind.
    pub fn of(policy: &Policy, kind: DecisionKind) -> Self {
        Self {
            policy_version: policy.version.clone(),
            members: policy.members.clone(),
            approver: policy.approver(kind),
            publicity_days: policy.publicity_days,
        }
    }
}

impl Matter {
    /// What another version says of the terms that it keeps: whose word it had to have, who had to
    /// approve it, and how long it had to be shown. [Art. 22]
    pub(super) fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        let (kept, other) = (&self.terms, Terms::of(policy, self.kind));
        let names = |members: &BTreeSet<Region>| {
            let names: Vec<_> = members.iter().map(Region::name).collect();
            names.join("、")
        };
        vec![
            Verdict::new(
                rules::EVERY_MEMBER,
                kept.members.is_superset(&other.members),
                names(&kept.members),
                names(&other.members),
            ),
            Verdict::new(
                rules::APPROVER,
                kept.approver == other.approver,
                format!("{:?}", kept.approver),
                format!("{:?}", other.approver),
            ),
            Verdict::new(
                rules::PUBLICITY,
                kept.publicity_days >= other.publicity_days,
                kept.publicity_days,
                other.publicity_days,
            ),
        ]
    }
}

/// A member's word, as its own node signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Who signed for it.
    pub signature: Signature,
    /// What was signed.
    pub digest: Digest,
}

/// How far a decision has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It waits for words.
    Open,
    /// All members have assented; it waits for the approval.
    Assented,
    /// It is approved.
    Approved(Approval),
    /// It is shown to the public.
    Publicity {
        /// The approval.
        approval: Approval,
        /// How long.
        period: Period,
    },
    /// It holds, for good.
    InForce {
        /// The approval.
        approval: Approval,
        /// How long it was shown.
        period: Period,
        /// Since when.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Who went on without having heard everybody, if anybody did.
        waiver: Option<Waiver>,
    },
    /// It came to nothing; a new version is a new decision.
    Returned(Cause),
}

/// The approval, with its document number. [Art. 9, 13, 16]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// 批文号.
    pub number: DocumentNumber,
    /// By whom.
    pub by: Signature,
}

/// A publicity period 公示期.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its last day.
    pub until: Day,
    /// Whether the holiday table did not know all its days, so that only weekends were left out.
    pub provisional: bool,
    /// Members that had not been heard past it when that was last looked at.
    pub silent: BTreeSet<Region>,
    /// How often it was looked at in vain.
    pub looks: u32,
    /// When it is looked at next, whether it may end.
    #[serde(with = "time::serde::rfc3339")]
    pub look_at: OffsetDateTime,
}

impl Period {
    /// Pause before the second look: a heartbeat away.
    const PAUSE_MIN: Duration = Duration::seconds(2);
    /// Longest pause between two looks.
    const PAUSE_MAX: Duration = Duration::HOUR;

    pub(super) fn new(until: Day, provisional: bool) -> Self {
        let look_at = until.plus_days(1).start();
        Self {
            until,
            provisional,
            silent: BTreeSet::new(),
            looks: 0,
            look_at,
        }
    }

    /// Whom the end waits for, and by which rule, in Chinese: the members not heard past it.
    pub fn awaited(&self) -> impl Iterator<Item = (Region, String)> {
        let rule = rules::HEARD.sentence.trim_end_matches('。');
        let who = move |region: &Region| (*region, format!("{}节点（{rule}）", region.name()));
        self.silent.iter().map(who)
    }

    /// When to look again after a look at `now`: twice as late each time.
    pub(super) fn next_look(&self, now: OffsetDateTime) -> OffsetDateTime {
        let pause = Self::PAUSE_MIN * 2_i32.saturating_pow(self.looks.min(16));
        now + pause.min(Self::PAUSE_MAX)
    }
}

/// Somebody's word to go on without having heard everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Who was not heard past the deadline.
    pub silent: BTreeSet<Region>,
    /// By whom.
    pub by: Signature,
    /// Why.
    pub reason: Text,
}

/// Why a decision was returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A member objected.
    Member {
        /// Its word.
        word: Word,
        /// Why.
        reason: Text,
    },
    /// An objection of the public was upheld.
    Public {
        /// The approval that came to nothing.
        approval: Approval,
        /// How long it was to be shown.
        period: Period,
        /// Which objection.
        objection: ObjectionId,
    },
}

/// An objection of the public, as the hub knows it: who it is stays at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicObjection {
    /// The node it came from.
    pub region: Region,
    /// What it says.
    pub text: Text,
    /// When it was filed, by its home's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub filed_at: OffsetDateTime,
    /// What became of it.
    pub judgement: Option<Judgement>,
}

/// What became of an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether it is right.
    pub upheld: bool,
    /// By whom.
    pub by: Signature,
    /// Why.
    pub reason: Text,
}

/// Why an objection of the public is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untimely {
    /// The decision was not shown to the public yet.
    Early,
    /// It was filed after the last day.
    Late,
    /// The decision has been returned anyway.
    Returned,
}
