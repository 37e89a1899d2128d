//! Step 4, and every other joint decision: four assents, each from its own node; approval with a
//! document number; publicity; in force.

use std::time::Duration as Wall;

use anyhow::{Context as _, ensure};
use proto::coordination::v1::{
    ApproveDecisionRequest, Assent, AssentState, Decision, DecisionKind, DecisionState,
    GetAssentRequest, GetDecisionRequest, GiveAssentRequest, ListAssentsRequest,
    ListDecisionsRequest, OpenDecisionRequest, PrepareAssentRequest,
};
use regulation::{Region, Role, UnitId, YRD_2024_1};

use super::{Way, found};
use crate::{Session, request_id};

/// Longer than any publicity period with its holidays.
const PUBLICITY_DAYS_MAX: u16 = 20;

impl Way<'_> {
    /// The second policy version, which adds the field of 2024, by a joint decision.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn policy(&mut self) -> anyhow::Result<()> {
        self.say("0 政策新版本经联合决策施行");
        let opened = self
            .as_role(Region::HUB, Role::Secretariat)?
            .coordination()?
            .open_decision(OpenDecisionRequest {
                request_id: request_id(),
                kind: DecisionKind::Policy.into(),
                title: "联合攻关计划政策版本 yrd-2024-1".into(),
                document: YRD_2024_1.as_bytes().to_vec(),
                subject_id: "yrd-2024-1".into(),
                former_decision_id: String::new(),
            })
            .await?
            .into_inner();
        self.decide(&opened.decision_id, "沪科规〔2024〕8号")
            .await?;
        for region in self.regions() {
            for service in ["registry", "intake"] {
                let look = || async {
                    let status = self.federation.status(region, service).await?;
                    Ok(status
                        .policies
                        .contains(&"yrd-2024-1".to_owned())
                        .then_some(()))
                };
                found(&format!("the policy at {service} of {region}"), look).await?;
            }
        }
        Ok(())
    }

    /// The list as a joint decision.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn coordination(&mut self) -> anyhow::Result<()> {
        self.say("4 联合决策：重点揭榜任务清单");
        let decision = self.decision_on(DecisionKind::List, &self.round).await?;
        self.list_decision.clone_from(&decision.decision_id);
        self.decide(&decision.decision_id, "长三角联攻〔2024〕1号")
            .await?;
        for region in self.reachable() {
            self.in_force_at(region, &decision.decision_id).await?;
        }
        self.summary
            .figure("联合决策生效（各节点均可查）", &decision.title);
        Ok(())
    }

    /// The decision that was opened about a subject.
    ///
    /// # Errors
    /// When there is none.
    pub async fn decision_on(&self, kind: DecisionKind, subject: &str) -> anyhow::Result<Decision> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let look = || async {
            let request = ListDecisionsRequest {
                subject_id: subject.to_owned(),
                ..Default::default()
            };
            let listed = secretariat
                .coordination()?
                .list_decisions(request)
                .await?
                .into_inner();
            Ok(listed
                .decisions
                .into_iter()
                .find(|decision| decision.kind() == kind))
        };
        found(&format!("a decision on {subject}"), look).await
    }

    /// Gets every member's assent, the approval and the end of the publicity period.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn decide(&self, decision: &str, document_number: &str) -> anyhow::Result<()> {
        for region in self.regions() {
            self.assent(region, decision)
                .await
                .with_context(|| format!("assent of {region}"))?;
            self.say(format!("  {} 已同意", region.name()));
        }
        let assented = self.in_state(decision, DecisionState::Assented).await?;
        self.approve(&assented, document_number).await?;
        self.federation.advance(PUBLICITY_DAYS_MAX).await?;
        let in_force = self.in_state(decision, DecisionState::InForce).await?;
        ensure!(
            in_force.document_number == document_number,
            "another document number"
        );
        self.say(format!(
            "  {} {} 公示期满，生效",
            in_force.title, document_number
        ));
        Ok(())
    }

    /// One department's word, from its own node: an officer prepares, the director gives it.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn assent(&self, region: Region, decision: &str) -> anyhow::Result<()> {
        let officer = self.as_role(region, Role::Officer)?;
        let assent: Assent = found(&format!("the request for assent at {region}"), || async {
            let request = ListAssentsRequest {
                state: AssentState::Requested.into(),
                ..Default::default()
            };
            let listed = officer
                .coordination()?
                .list_assents(request)
                .await?
                .into_inner();
            // A department sees what its units are asked too.
            Ok(listed
                .assents
                .into_iter()
                .find(|assent| assent.subject_id == decision && !of_a_unit(assent)))
        })
        .await?;
        let (assent_id, digest) = (assent.assent_id, assent.digest);
        officer
            .coordination()?
            .prepare_assent(PrepareAssentRequest {
                request_id: request_id(),
                assent_id: assent_id.clone(),
                digest: digest.clone(),
                note: "已核对".into(),
            })
            .await?;
        self.as_role(region, Role::Director)?
            .coordination()?
            .give_assent(GiveAssentRequest {
                request_id: request_id(),
                assent_id,
                digest,
            })
            .await?;
        Ok(())
    }

    /// A unit's word on an application or a contract, from its own node: it reads the document and
    /// gives its assent.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn unit_assent(
        &self,
        region: Region,
        unit: UnitId,
        subject: &str,
    ) -> anyhow::Result<()> {
        let member = Session::of_unit(self.federation, region, unit)?;
        let what = format!("{unit} of {region} to be asked about {subject}");
        let assent: Assent = found(&what, || async {
            let request = ListAssentsRequest {
                state: AssentState::Requested.into(),
                ..Default::default()
            };
            let listed = member
                .coordination()?
                .list_assents(request)
                .await?
                .into_inner();
            Ok(listed
                .assents
                .into_iter()
                .find(|assent| assent.subject_id == subject))
        })
        .await?;
        let read = GetAssentRequest {
            assent_id: assent.assent_id,
        };
        let read = member.coordination()?.get_assent(read).await?.into_inner();
        ensure!(!read.document.is_empty(), "nothing to read");
        member
            .coordination()?
            .give_assent(GiveAssentRequest {
                request_id: request_id(),
                assent_id: read.assent_id,
                digest: read.digest,
            })
            .await?;
        Ok(())
    }

    /// The task force approves what all have assented to.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn approve(&self, decision: &Decision, number: &str) -> anyhow::Result<()> {
        self.as_role(Region::HUB, Role::TaskForce)?
            .coordination()?
            .approve_decision(ApproveDecisionRequest {
                request_id: request_id(),
                decision_id: decision.decision_id.clone(),
                document_number: number.to_owned(),
                digest: decision.digest.clone(),
            })
            .await?;
        Ok(())
    }

    /// Waits until the hub's decision is in a state.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn in_state(&self, id: &str, state: DecisionState) -> anyhow::Result<Decision> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        found(&format!("decision {id} to be {state:?}"), || async {
            let request = GetDecisionRequest {
                decision_id: id.to_owned(),
            };
            let decision = secretariat
                .coordination()?
                .get_decision(request)
                .await?
                .into_inner();
            Ok((decision.state() == state).then_some(decision))
        })
        .await
    }

    /// Waits until a node knows that a decision is in force.
    ///
    /// # Errors
    /// When it does not hear of it.
    pub async fn in_force_at(&self, region: Region, id: &str) -> anyhow::Result<()> {
        let auditor = self.as_role(region, Role::Auditor)?;
        found(&format!("decision {id} in force at {region}"), || async {
            let request = GetDecisionRequest {
                decision_id: id.to_owned(),
            };
            let decision = auditor
                .coordination()?
                .get_decision(request)
                .await?
                .into_inner();
            Ok((decision.state() == DecisionState::InForce).then_some(()))
        })
        .await
    }

    /// Waits until everything that was said so far has been heard everywhere.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        self.federation.wait_quiet(Wall::from_mins(1)).await
    }
}

fn of_a_unit(assent: &Assent) -> bool {
    let party = assent.party.as_ref();
    party.is_some_and(|party| !party.unit_id.is_empty())
}
