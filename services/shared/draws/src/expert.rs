//! An expert as the hub, and their own home, know them: a pseudonym and what a draw needs.

use std::collections::{BTreeMap, BTreeSet};

use journal::{Act, Aggregate, Journal, JournalError};
use panel::Affinity;
use proto::{
    message::{Incoming, Message, Unreadable},
    registry::v1::{ExpertOrigin, ExpertPooled},
};
use regulation::{Context, ExpertId, Field, PersonKey, Refusal, Region, UnitId};
use serde::{Deserialize, Serialize};

use crate::rules;

/// Experts read at a time.
const POOL_PAGE: i64 = 1_000;

/// Whose experts they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Of the national pool: only then may they review. [Art. 15]
    NationalPool,
    /// Invited by a department to evaluate demands. [Art. 9]
    Invited,
    /// Of none that this version knows: they may judge nothing.
    Unknown,
}

/// What a draw needs to know of an expert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The person, the same on every node.
    pub person: PersonKey,
    /// The node that hosts them.
    pub region: Region,
    /// Where they work.
    pub employer: UnitId,
    /// What they may judge by it.
    pub origin: Origin,
    /// Their fields.
    pub fields: BTreeSet<Field>,
    /// What they work on.
    pub keywords: BTreeSet<String>,
    /// Whether they may be drawn at present.
    pub active: bool,
}

/// An expert of the pool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expert {
    /// Never heard of.
    #[default]
    Unknown,
    /// In the pool, or resting in it.
    Pooled(Profile),
}

/// What their home says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpertCommand {
    /// The profile as it is now.
    Pool(Profile),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpertEvent {
    /// The profile is now this.
    Pooled(Profile),
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpertRejection {
    /// Another node hosts this expert, for good.
    HostedElsewhere {
        /// Which.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
}

impl Aggregate for Expert {
    const KIND: &'static str = "expert";
    type Command = ExpertCommand;
    type Event = ExpertEvent;
    type Rejection = ExpertRejection;

    fn decide(
        &self,
        ExpertCommand::Pool(profile): ExpertCommand,
        _context: &Context,
    ) -> Result<Vec<ExpertEvent>, ExpertRejection> {
        match self {
            Self::Pooled(before) if before.region != profile.region => {
                Err(ExpertRejection::HostedElsewhere {
                    home: before.region,
                    origin: profile.region,
                })
            }
            Self::Pooled(before) if *before == profile => Ok(vec![]),
            _ => Ok(vec![ExpertEvent::Pooled(profile)]),
        }
    }

    fn evolve(&mut self, ExpertEvent::Pooled(profile): &ExpertEvent) {
        *self = Self::Pooled(profile.clone());
    }

    fn publish(&self, _id: &str, _event: &ExpertEvent, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl From<ExpertRejection> for Refusal {
    fn from(rejection: ExpertRejection) -> Self {
        let ExpertRejection::HostedElsewhere { home, origin } = rejection;
        Self::new(
            rules::EXPERT_HOME,
            "该专家由另一地区的节点入库",
            "请由专家入库所在地节点更新",
        )
        .with("home", home)
        .with("origin", origin)
    }
}

/// How well an expert's work fits something of a field: none outside the expert's fields, then more
/// with every keyword that it speaks of, up to four.
pub fn fit(profile: &Profile, field: &Field, mentions: impl Fn(&str) -> bool) -> Option<Affinity> {
    const FIELD: u32 = 6_000;
    const KEYWORD: u32 = 1_000;
    if !profile.fields.contains(field) {
        return None;
    }
    let keywords = profile.keywords.iter();
    let spoken_of = keywords.filter(|keyword| mentions(keyword)).take(4);
    let keywords = spoken_of.map(|_| KEYWORD).sum::<u32>();
    Affinity::try_from(FIELD + keywords).ok()
}

/// What follows from hearing of an expert, whose home alone speaks for them.
///
/// # Errors
/// When another node speaks, or a part does not parse.
pub fn pooled(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: ExpertPooled = message.read()?;
    let expert = event
        .expert
        .ok_or_else(|| message.unreadable("no expert"))?;
    let unreadable = |error: &dyn std::fmt::Display| message.unreadable(error);
    let region: Region = expert.region.parse().map_err(|e| unreadable(&e))?;
    if region != message.origin {
        return Err(message.unreadable(format!("{} hosts no expert of {region}", message.origin)));
    }
    let origin = match expert.origin() {
        ExpertOrigin::NationalPool => Origin::NationalPool,
        ExpertOrigin::Invited => Origin::Invited,
        ExpertOrigin::Unspecified => Origin::Unknown,
    };
    let fields = expert.fields.iter();
    let fields = fields.map(|field| field.parse().map_err(|e| unreadable(&e)));
    let keywords = expert.keywords.into_iter();
    let profile = Profile {
        person: expert.person_key.parse().map_err(|e| unreadable(&e))?,
        region,
        employer: expert
            .employer_unit_id
            .parse()
            .map_err(|e| unreadable(&e))?,
        origin,
        fields: fields.collect::<Result<_, _>>()?,
        keywords: keywords.filter(|keyword| !keyword.is_empty()).collect(),
        active: expert.active,
    };
    let id: ExpertId = expert.expert_id.parse().map_err(|e| unreadable(&e))?;
    Ok(vec![Act::new::<Expert>(id, ExpertCommand::Pool(profile))])
}

/// Every expert that a journal knows.
///
/// # Errors
/// The database; a stored state that is not readable.
pub async fn pool(journal: &Journal) -> Result<BTreeMap<ExpertId, Profile>, JournalError> {
    let mut pool = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = journal.list::<Expert>(after.as_deref(), POOL_PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(pool);
        };
        after = Some(last.id.clone());
        for expert in page {
            if let (Expert::Pooled(profile), Ok(id)) = (expert.state, expert.id.parse()) {
                pool.insert(id, profile);
            }
        }
    }
}

#[cfg(test)]
mod tests;
