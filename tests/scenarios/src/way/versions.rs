//! Two versions of the policy overlap: a demand that was handed in under the first keeps it in the
//! same round as those of the second. [Art. 22]

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use proto::intake::v1::GetDemandRequest;
use regulation::{Policy, Role, YRD_2023_1, YRD_2024_1};

use super::{Way, intake::reason};

/// Whose demand is taken in before the second version is decided on.
const EARLY: &str = "js-b";

impl Way<'_> {
    /// Takes one demand in, once it is no longer in a field that only the second version has.
    ///
    /// # Errors
    /// What was refused that should not be, or the other way round.
    pub async fn under_the_first_version(&mut self) -> anyhow::Result<()> {
        self.say("· 首个政策版本施行期间");
        let (first, second) = (Policy::parse(YRD_2023_1)?, Policy::parse(YRD_2024_1)?);
        let added = second
            .fields
            .iter()
            .find(|field| !first.fields.contains(field));
        let added = added.context("the second version adds no field")?;
        let demands = self.input.demands.clone();
        let demand = demands.iter().find(|demand| demand.key == EARLY);
        let demand = demand.with_context(|| EARLY.to_owned())?;
        let company = self.input.demander(demand)?.clone();
        self.take_on(&company).await?;
        self.quiet().await.context("who acts for the unit")?;
        let entry = self.draft(demand).await?;
        let mut content = demand.content()?;
        content.record.get_or_insert_default().field = added.to_string();
        self.rewrite(&entry, content).await?;
        let Err(status) = self.try_submit(&entry).await? else {
            bail!("a demand in {added} was taken under {}", first.version)
        };
        ensure!(reason(&status) == "intake.field", "{status}");
        self.say(format!("  被拒：{}", status.message()));
        self.rewrite(&entry, demand.content()?).await?;
        self.submit(&entry).await?;
        self.accept(&entry).await?;
        self.demands.push(entry);
        Ok(())
    }

    /// Each demand keeps the version under which it was handed in.
    ///
    /// # Errors
    /// When one shows another, or all show the same.
    pub async fn each_under_its_version(&self) -> anyhow::Result<()> {
        let mut taken = BTreeMap::<String, u32>::new();
        for entry in &self.demands {
            let demand_id = entry.id.clone();
            let mut intake = self.as_role(entry.region, Role::Officer)?.intake()?;
            let request = GetDemandRequest { demand_id };
            let version = intake
                .get_demand(request)
                .await?
                .into_inner()
                .policy_version;
            let expected = if entry.key == EARLY {
                YRD_2023_1
            } else {
                YRD_2024_1
            };
            ensure!(
                version == Policy::parse(expected)?.version,
                "{} is under {version}",
                entry.key
            );
            *taken.entry(version).or_default() += 1;
        }
        for (version, count) in &taken {
            self.say(format!("  {version} 下受理 {count} 项，各按其版本办理"));
        }
        Ok(())
    }
}
