//! The way, step by step.

mod application;
mod comparison;
mod coordination;
mod credit;
mod evaluation;
mod fund;
mod intake;
mod matching;
mod pictures;
mod project;
mod publication;
mod registry;
mod review;
mod staff;
mod verify;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::Duration,
};

use anyhow::Context as _;
use federation::Federation;
use proto::intake::v1::ExternalTask;
use regulation::{ExpertId, Policy, Region, Role, UnitId, YRD_2024_1};
use testkit::eventually;

use crate::{Input, Session, Summary};

/// How long to wait for what another node has to hear first. On a busy machine a whole federation
/// shares two cores; a failure shows at once in the message, so this may be generous.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A demand on the way.
#[derive(Debug, Clone)]
pub struct DemandRef {
    /// Its key in the input.
    pub key: String,
    /// Its id at home.
    pub id: String,
    /// Its home.
    pub region: Region,
    /// Who demands.
    pub unit: UnitId,
}

/// A published demand.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its key in the input.
    pub key: String,
    /// What the public knows it by.
    pub blind_id: String,
    /// Its public number.
    pub public_number: String,
    /// What solvers are asked for.
    pub tasks: Vec<ExternalTask>,
}

/// An application on the way.
#[derive(Debug, Clone)]
pub struct ApplicationRef {
    /// Its id at home.
    pub id: String,
    /// Its home: the lead's.
    pub region: Region,
    /// The lead.
    pub lead: UnitId,
    /// The topic's demand.
    pub blind_id: String,
}

/// A project on the way.
#[derive(Debug, Clone)]
pub struct ProjectRef {
    /// Its id.
    pub id: String,
    /// Its home: the lead's.
    pub region: Region,
    /// The lead.
    pub lead: UnitId,
}

/// The way, as far as it has been gone.
pub struct Way<'f> {
    /// Where it is played.
    pub federation: &'f Federation,
    /// What with.
    pub input: Input,
    /// Figures read back so far.
    pub summary: Summary,
    /// Units by their key in the input.
    pub units: BTreeMap<String, (UnitId, Region)>,
    /// Experts with their hosts.
    pub experts: Vec<(ExpertId, Region)>,
    /// Accepted demands.
    pub demands: Vec<DemandRef>,
    /// The evaluation round.
    pub round: String,
    /// The decision on the list.
    pub list_decision: String,
    /// Published demands.
    pub published: Vec<Published>,
    /// Applications that were submitted.
    pub applications: Vec<ApplicationRef>,
    /// Established projects.
    pub projects: Vec<ProjectRef>,
    /// Full members by the policy.
    members: BTreeSet<Region>,
    report: Box<dyn Fn(&str) + Send + Sync + 'f>,
}

impl<'f> Way<'f> {
    /// The beginning of the way with the project's own input.
    ///
    /// # Errors
    /// When the input is not what it should be.
    pub fn begin(
        federation: &'f Federation,
        report: impl Fn(&str) + Send + Sync + 'f,
    ) -> anyhow::Result<Self> {
        let regions: Vec<_> = federation.regions().collect();
        Ok(Self {
            federation,
            input: Input::ours()?.within(&regions),
            summary: Summary::default(),
            units: BTreeMap::new(),
            experts: Vec::new(),
            demands: Vec::new(),
            round: String::new(),
            list_decision: String::new(),
            published: Vec::new(),
            applications: Vec::new(),
            projects: Vec::new(),
            members: Policy::parse(YRD_2024_1)?.members,
            report: Box::new(report),
        })
    }

    /// Says what is being done.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        (self.report)(text.as_ref());
    }

    /// The full members' regions: those whose departments work on the programme.
    pub fn regions(&self) -> Vec<Region> {
        let full = |region: &Region| self.members.contains(region);
        self.federation.regions().filter(full).collect()
    }

    /// The nodes that are not cut off now, with the hub and linked regions.
    pub fn reachable(&self) -> Vec<Region> {
        let severed = self.federation.severed();
        let open = |region: &Region| !severed.contains(region);
        self.federation.regions().filter(open).collect()
    }

    /// The one person of a role at a node.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn as_role(&self, region: Region, role: Role) -> anyhow::Result<Session<'f>> {
        Session::of(self.federation, region, role)
    }

    /// Somebody of a unit of the input.
    ///
    /// # Errors
    /// When there is no such unit.
    pub fn as_member(&self, unit: &str) -> anyhow::Result<Session<'f>> {
        let (id, region) = self.unit(unit)?;
        Session::of_unit(self.federation, region, id)
    }

    /// A unit of the input with where it is registered.
    ///
    /// # Errors
    /// When there is no such unit.
    pub fn unit(&self, key: &str) -> anyhow::Result<(UnitId, Region)> {
        self.units
            .get(key)
            .copied()
            .with_context(|| format!("no unit {key}"))
    }

    /// A published demand of the input.
    ///
    /// # Errors
    /// When it was not published.
    pub fn published(&self, key: &str) -> anyhow::Result<&Published> {
        let found = self.published.iter().find(|published| published.key == key);
        found.with_context(|| format!("{key} was not published"))
    }

    /// Steps 1 to 6, and the check of all chains.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn first_half(&mut self) -> anyhow::Result<()> {
        self.under_the_first_version()
            .await
            .context("a demand before the second policy version")?;
        self.policy().await.context("the second policy version")?;
        self.registry().await.context("step 1, registry")?;
        self.intake().await.context("step 2, intake")?;
        self.each_under_its_version()
            .await
            .context("versions of the policy")?;
        self.evaluation().await.context("step 3, evaluation")?;
        self.coordination().await.context("step 4, coordination")?;
        self.publication().await.context("step 5, publication")?;
        self.matching().await.context("step 6, matching")?;
        self.revision().await.context("step 6, revision")?;
        Ok(())
    }

    /// Steps 7 to 9: from the guide to the first money.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn second_half(&mut self) -> anyhow::Result<()> {
        self.disclosure().await.context("step 6, disclosure")?;
        self.application().await.context("step 7, application")?;
        self.review().await.context("step 8, review")?;
        self.project().await.context("step 9, project")?;
        self.fund().await.context("step 9, fund")?;
        self.what_would_change()
            .await
            .context("another version of the policy")?;
        Ok(())
    }
}

/// Waits until `look` finds something; a failed call counts as not yet, and the last one is told.
pub(crate) async fn found<T, F: Future<Output = anyhow::Result<Option<T>>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> anyhow::Result<T> {
    let mut last = None;
    let outcome = eventually(
        PATIENCE,
        async || match look().await {
            Ok(found) => found,
            Err(error) => {
                last = Some(error);
                None
            }
        },
        what,
    )
    .await;
    match (outcome, last) {
        (Err(error), Some(last)) => Err(error.context(format!("{last:#}"))),
        (outcome, _) => outcome,
    }
}
