//! What a door finds out before it gives a command: the facts that the rules go by.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{client::PeerChannel, status};
use journal::Aggregate;
use proto::registry::v1::{GetUnitStandingRequest, registry_service_client::RegistryServiceClient};
use regulation::{ApplicationId, BlindId, GuideId, PersonKey, UnitId};
use tonic::Status;

use super::Door;
use crate::{
    domain::{
        KnownUnit, PoolEntry, PublishedGuide, Terms,
        check::{Known, UnitFacts, Whose},
        guide::Guideline,
        package::Topic,
    },
    read,
};

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
        let mut facts = BTreeMap::new();
        for unit in units {
            let KnownUnit(Some(registered)) = self.state::<KnownUnit>(unit).await? else {
                continue;
            };
            let barred = self.barred(*unit, purpose).await?;
            facts.insert(*unit, UnitFacts { registered, barred });
        }
        Ok(facts)
    }

    async fn barred(&self, unit: UnitId, purpose: &str) -> Result<bool, Status> {
        let mut registry: RegistryServiceClient<PeerChannel> =
            RegistryServiceClient::new(self.desk.peer("registry")?);
        let asked = GetUnitStandingRequest {
            unit_id: unit.to_string(),
            purpose: purpose.to_owned(),
        };
        match registry.get_unit_standing(asked).await {
            Ok(answer) => Ok(answer.into_inner().barred),
            // It was told here and not yet there: the rules see it as registered, and not barred.
            Err(error) if error.code() == tonic::Code::NotFound => Ok(false),
            Err(error) => Err(status::peer_unavailable("registry", &error)),
        }
    }

    /// Everything that the rules have to know around a package.
    pub(super) async fn known(
        &self,
        (application, topic): (ApplicationId, &Topic),
        units: &BTreeSet<UnitId>,
        leader: Option<&PersonKey>,
        purpose: &str,
    ) -> Result<Known, Status> {
        let entry = match topic.blind_id {
            Some(blind_id) => self.state::<PoolEntry>(blind_id).await?,
            None => PoolEntry::default(),
        };
        let whose = if self.desk.region().is_hub() {
            Whose::Signed
        } else {
            Whose::Here(entry.owner)
        };
        Ok(Known {
            pool: entry.standing,
            whose,
            units: self.units(units, purpose).await?,
            leader_elsewhere: read::live_elsewhere(&self.desk, topic.guide, leader, application)
                .await?,
        })
    }

    /// Which of these demands are in the reserve pool.
    pub(super) async fn in_pool(
        &self,
        demands: impl Iterator<Item = BlindId>,
    ) -> Result<BTreeSet<BlindId>, Status> {
        let mut found = BTreeSet::new();
        for demand in demands {
            if self.state::<PoolEntry>(demand).await?.standing.is_some() {
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
