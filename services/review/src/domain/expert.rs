//! An expert as the hub, and their own home, know them: a pseudonym and what a draw needs.

use std::collections::BTreeSet;

use journal::Aggregate;
use panel::Affinity;
use proto::message::Message;
use regulation::{Context, Field, PersonKey, Refusal, Region, UnitId};
use serde::{Deserialize, Serialize};

use super::{Package, rules};

/// What a draw needs to know of an expert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The person, the same on every node.
    pub person: PersonKey,
    /// The node that hosts them.
    pub region: Region,
    /// Where they work.
    pub employer: UnitId,
    /// Whether they are of the national pool: only then may they review. [Art. 15]
    pub national: bool,
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
            rules::HOME,
            "该专家由另一地区的节点入库",
            "请由专家入库所在地节点更新",
        )
        .with("home", home)
        .with("origin", origin)
    }
}

/// How well an expert's work fits a package: none outside the expert's fields, then more with every
/// keyword that the package speaks of, up to four.
pub fn fit(profile: &Profile, package: &Package) -> Option<Affinity> {
    const FIELD: u32 = 6_000;
    const KEYWORD: u32 = 1_000;
    if !profile.fields.contains(package.field()) {
        return None;
    }
    let spoken_of = profile
        .keywords
        .iter()
        .filter(|keyword| package.mentions(keyword))
        .take(4);
    let keywords = spoken_of.map(|_| KEYWORD).sum::<u32>();
    Affinity::try_from(FIELD + keywords).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn an_expert_stays_with_the_node_that_imported_them() {
        let context = sample::context(Region::HUB);
        let profile = sample::profile(1, Region::SH, 1);
        let mut expert = Expert::default();
        for event in expert
            .decide(ExpertCommand::Pool(profile.clone()), &context)
            .unwrap()
        {
            expert.evolve(&event);
        }
        assert_eq!(
            expert.decide(ExpertCommand::Pool(profile.clone()), &context),
            Ok(vec![])
        );
        let moved = Profile {
            region: Region::JS,
            ..profile
        };
        assert_eq!(
            expert.decide(ExpertCommand::Pool(moved), &context),
            Err(ExpertRejection::HostedElsewhere {
                home: Region::SH,
                origin: Region::JS
            })
        );
    }

    #[test]
    fn an_expert_fits_only_within_their_field_and_better_with_every_keyword() {
        let package = sample::package("高端光刻胶", "集成电路");
        let plain = sample::profile(1, Region::SH, 1);
        let closer = Profile {
            keywords: ["光刻胶".to_owned()].into(),
            ..plain.clone()
        };
        let stranger = Profile {
            fields: ["生物医药".parse().unwrap()].into(),
            ..plain.clone()
        };
        assert!(fit(&closer, &package) > fit(&plain, &package));
        assert_eq!(fit(&stranger, &package), None);
    }
}
