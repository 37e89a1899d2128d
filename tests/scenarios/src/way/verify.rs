//! Step 10: every journal and every chain verify; all nodes agree on all heads.

use anyhow::{Context as _, ensure};
use proto::{
    exchange::v1::{CompareHeadsRequest, ListFaultsRequest, VerifyChainRequest},
    node::v1::{ListDeadLettersRequest, VerifyJournalRequest},
};
use regulation::{Region, Role};

use super::{Way, found};

/// The services that keep a journal.
const JOURNALS: [&str; 10] = [
    "registry",
    "intake",
    "evaluation",
    "coordination",
    "matching",
    "application",
    "review",
    "project",
    "fund",
    "exchange",
];

impl Way<'_> {
    /// Verifies everything that can be verified.
    ///
    /// # Errors
    /// What does not hold.
    pub async fn verify(&mut self) -> anyhow::Result<()> {
        self.say("10 核验账本与链");
        self.quiet().await?;
        let (mut facts, mut journals) = (0, 0);
        for region in self.federation.regions() {
            for service in JOURNALS {
                if self.federation.channel(region, service).is_err() {
                    continue;
                }
                facts += self.journal(region, service).await?;
                journals += 1;
            }
            self.chains(region)
                .await
                .with_context(|| format!("chains at {region}"))?;
        }
        self.summary.figure("账本核验通过（个）", journals);
        self.summary.figure("事实（条，逐条链式校验）", facts);
        self.summary.figure("各节点链头", "一致");
        self.say(format!(
            "  {journals} 个账本、{facts} 条事实核验通过，各节点链头一致"
        ));
        Ok(())
    }

    async fn journal(&self, region: Region, service: &str) -> anyhow::Result<i64> {
        let operator = self.as_role(region, Role::Operator)?;
        let mut admin = operator.admin(service)?;
        let report = admin
            .verify_journal(VerifyJournalRequest {})
            .await?
            .into_inner();
        ensure!(
            report.faults.is_empty(),
            "{service} of {region}: {:?}",
            report.faults
        );
        let letters = admin
            .list_dead_letters(ListDeadLettersRequest {})
            .await?
            .into_inner();
        ensure!(
            letters.letters.is_empty(),
            "{service} of {region}: {:?}",
            letters.letters
        );
        Ok(report.facts)
    }

    async fn chains(&self, region: Region) -> anyhow::Result<()> {
        let auditor = self.as_role(region, Role::Auditor)?;
        let mut exchange = auditor.exchange()?;
        for origin in self.federation.regions() {
            let request = VerifyChainRequest {
                region: origin.to_string(),
            };
            let report = exchange.verify_chain(request).await?.into_inner();
            ensure!(
                report.faults.is_empty(),
                "chain of {origin}: {:?}",
                report.faults
            );
            ensure!(report.envelopes > 0, "nothing of {origin} was heard");
        }
        let faults = exchange
            .list_faults(ListFaultsRequest::default())
            .await?
            .into_inner();
        ensure!(faults.faults.is_empty(), "{:?}", faults.faults);
        found(
            &format!("all to agree with {region} on all heads"),
            || async {
                let mut exchange = auditor.exchange()?;
                let compared = exchange
                    .compare_heads(CompareHeadsRequest {})
                    .await?
                    .into_inner();
                let agreed = compared.unreachable.is_empty()
                    && compared.chains.iter().all(|chain| chain.agreed);
                Ok(agreed.then_some(()))
            },
        )
        .await
    }
}
