//! What a door finds out before it gives a command: the facts that the rules go by.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Barred, Subject, status};
use journal::Aggregate;
use regulation::{ApplicationId, BlindId, GuideId, PersonKey, UnitId};
use tonic::Status;

use super::Door;
use crate::{
    domain::{
        KnownUnit, PoolEntry, PublishedGuide, Terms,
        check::{Known, UnitFacts, Whose},
        guide::Guideline,
        package::{Content, Topic},
    },
    read,
};

/// The people of an application.
pub(super) struct People<'a> {
    leader: Option<&'a PersonKey>,
    all: BTreeSet<PersonKey>,
}

impl<'a> People<'a> {
    /// The leader, the core team, and whoever else stands in the units' parts.
    pub(super) fn of(
        content: &'a Content,
        others: impl IntoIterator<Item = &'a PersonKey>,
    ) -> Self {
        let named = content.leader.iter().chain(&content.core_team);
        Self {
            leader: content.leader.as_ref(),
            all: named.chain(others).cloned().collect(),
        }
    }
}

impl Door {
    /// An aggregate of this node as it stands, or as if nothing had happened to it.
    pub(super) async fn state<A: Aggregate>(&self, id: impl ToString) -> Result<A, Status> {
        let loaded = self.desk.journal().load::<A>(id.to_string()).await;
        let loaded = loaded.map_err(status::journal)?;
        Ok(loaded.map(|loaded| loaded.state).unwrap_or_default())
    }

    pub(super) async fn published(&self, id: GuideId) -> Result<Option<Guideline>, Status> {
        let guide = self.state::<PublishedGuide>(id).await?;
        Ok(guide.0.map(|in_force| in_force.guide))
    }

    /// The units as registry knows them: where they are registered from what it told, whether they
    /// are barred from its own mouth, now. [Art. 20]
    pub(super) async fn units(
        &self,
        units: &BTreeSet<UnitId>,
        purpose: &str,
    ) -> Result<BTreeMap<UnitId, UnitFacts>, Status> {
        let (facts, _) = self.standing(units, &BTreeSet::new(), purpose).await?;
        Ok(facts)
    }

    /// The same, with those of the people whom a credit record bars.
    async fn standing(
        &self,
        units: &BTreeSet<UnitId>,
        people: &BTreeSet<PersonKey>,
        purpose: &str,
    ) -> Result<(BTreeMap<UnitId, UnitFacts>, BTreeMap<PersonKey, Barred>), Status> {
        let mut facts = BTreeMap::new();
        for unit in units {
            let known = self.state::<KnownUnit>(unit).await?;
            if let Some(registered) = known.registered() {
                let barred = None;
                facts.insert(*unit, UnitFacts { registered, barred });
            }
        }
        let mut persons = BTreeMap::new();
        for (subject, by) in self.desk.barred(purpose, units, people).await? {
            match subject {
                Subject::Person(person) => {
                    persons.insert(person, by);
                }
                Subject::Unit(unit) => {
                    if let Some(facts) = facts.get_mut(&unit) {
                        facts.barred = Some(by);
                    }
                }
            }
        }
        Ok((facts, persons))
    }

    /// Everything that the rules have to know around a package.
    pub(super) async fn known(
        &self,
        (application, topic): (ApplicationId, &Topic),
        units: &BTreeSet<UnitId>,
        people: &People<'_>,
        purpose: &str,
    ) -> Result<Known, Status> {
        let entry = match topic.blind_id {
            Some(blind_id) => self.state::<PoolEntry>(blind_id).await?,
            None => PoolEntry::default(),
        };
        let whose = if self.desk.region().is_hub() {
            Whose::Signed
        } else {
            Whose::Here(entry.owner.clone())
        };
        let (units, barred) = self.standing(units, &people.all, purpose).await?;
        let (guide, leader) = (topic.guide, people.leader);
        Ok(Known {
            pool: entry.place().clone(),
            whose,
            units,
            barred,
            leader_elsewhere: read::live_elsewhere(&self.desk, guide, leader, application).await?,
        })
    }

    /// Which of these demands are in the reserve pool.
    pub(super) async fn in_pool(
        &self,
        demands: impl Iterator<Item = BlindId>,
    ) -> Result<BTreeSet<BlindId>, Status> {
        let mut found = BTreeSet::new();
        for demand in demands {
            if self
                .state::<PoolEntry>(demand)
                .await?
                .place()
                .standing()
                .is_some()
            {
                found.insert(demand);
            }
        }
        Ok(found)
    }

    /// What the policy version that a package names says: the case keeps it.
    pub(super) async fn terms(&self, version: &str) -> Result<Terms, Status> {
        let policy = self.desk.policies().by_version(version).await;
        let policy = policy.ok_or_else(|| {
            status::invalid("policy_version", "本节点尚不知道申报书适用的政策版本")
        })?;
        Ok(Terms::of(&policy))
    }
}
