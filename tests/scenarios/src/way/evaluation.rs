//! Step 3: departments recommend; a round over all recommended demands; every member's seed decides
//! the draw, which anybody makes again; conflicts struck at home; sealed ballots on the experts' own
//! nodes; reveal; list proposal with its whole computation.

mod recommend;

use anyhow::ensure;
use panel::DrawRecord;
use proto::evaluation::v1::{
    BallotState, BallotView, CastBallotRequest, CloseRoundRequest, DrawRoundRequest, FieldQuota,
    GetComputationRequest, GetDrawRecordRequest, GetRoundRequest, ListBallotsRequest,
    ListCandidatesRequest, OpenRoundRequest, ProposeListRequest, Round, RoundState, Score,
};
use regulation::{Day, ExpertId, Region, Role};

use super::{Way, found};
use crate::{Session, request_id};

/// Days until the ballots are due.
const SCORING_DAYS: u32 = 10;

impl Way<'_> {
    /// The whole round.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn evaluation(&mut self) -> anyhow::Result<()> {
        self.say("3 需求评估");
        self.open_and_draw().await?;
        for region in self.regions() {
            self.vote(region).await?;
        }
        self.close_and_propose().await
    }

    /// Recommends everything that was accepted, opens a round over it, draws the experts with every
    /// member's seed, and waits until every home has struck who is in conflict.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn open_and_draw(&mut self) -> anyhow::Result<()> {
        self.recommend_all().await?;
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let expected = self.demands.len();
        found("all recommended demands at the hub", || async {
            let request = ListCandidatesRequest {
                free_only: true,
                ..Default::default()
            };
            let listed = secretariat
                .evaluation()?
                .list_candidates(request)
                .await?
                .into_inner();
            Ok((listed.candidates.len() == expected).then_some(()))
        })
        .await?;
        let mut quotas: Vec<FieldQuota> = Vec::new();
        for demand in &self.input.demands {
            match quotas.iter_mut().find(|quota| quota.field == demand.field) {
                Some(quota) => quota.places += 1,
                None => quotas.push(FieldQuota {
                    field: demand.field.clone(),
                    places: 1,
                    reason: "年度布局".into(),
                }),
            }
        }
        let deadline = Day::of(self.federation.now()).plus_days(SCORING_DAYS);
        let opened = secretariat
            .evaluation()?
            .open_round(OpenRoundRequest {
                request_id: request_id(),
                year: 2024,
                quotas,
                deadline: deadline.to_string(),
                ..Default::default()
            })
            .await?
            .into_inner();
        self.round = opened.round_id;
        // Refused until every member's node has committed to its seed.
        found("the pool to be frozen", || async {
            let draw = DrawRoundRequest {
                request_id: request_id(),
                round_id: self.round.clone(),
            };
            secretariat.evaluation()?.draw_round(draw).await?;
            Ok(Some(()))
        })
        .await?;
        let scoring = self.round_in(RoundState::Scoring).await?;
        let members = self.draw_again().await?;
        self.say(format!("  {members} 方种子已公开，抽取结果可由任何人重算"));
        // Every invitation has reached its expert's home.
        self.quiet().await?;
        self.say(format!(
            "  {} 项需求已抽取专家，各地已回避",
            scoring.demands.len()
        ));
        Ok(())
    }

    /// Makes the draw again from what is published of it, without a token; tells whose seeds it had.
    async fn draw_again(&self) -> anyhow::Result<usize> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let request = GetDrawRecordRequest {
            round_id: self.round.clone(),
        };
        let published = secretariat.draws()?.get_draw_record(request).await?;
        let record: DrawRecord = serde_json::from_str(&published.into_inner().record)?;
        record.verify()?;
        Ok(record.randomness.seeds().len())
    }

    /// The experts whom a region hosts cast all their ballots, on their own node.
    ///
    /// # Errors
    /// What was refused.
    pub async fn vote(&self, region: Region) -> anyhow::Result<()> {
        let mut cast = 0;
        let hosted: Vec<_> = self
            .experts
            .iter()
            .filter(|(_, host)| *host == region)
            .collect();
        for (expert, _) in hosted {
            cast += self.vote_of(region, *expert).await?;
        }
        self.say(format!("  {} 的专家投出 {cast} 张密封选票", region.name()));
        Ok(())
    }

    async fn vote_of(&self, region: Region, expert: ExpertId) -> anyhow::Result<usize> {
        let session = Session::of_expert(self.federation, region, expert)?;
        let request = ListBallotsRequest::default();
        let ballots = session
            .evaluation()?
            .list_ballots(request)
            .await?
            .into_inner()
            .ballots;
        let mut cast = 0;
        for ballot in ballots.iter().filter(|b| b.state() == BallotState::Invited) {
            let request = CastBallotRequest {
                request_id: request_id(),
                ballot_id: ballot.ballot_id.clone(),
                scores: scores(ballot),
                recommended: true,
            };
            session.evaluation()?.cast_ballot(request).await?;
            cast += 1;
        }
        Ok(cast)
    }

    /// Waits for all ballots, closes, waits for the reveal, and proposes the list.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn close_and_propose(&mut self) -> anyhow::Result<()> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        found("the round to close", || async {
            let round_id = self.round.clone();
            let request = CloseRoundRequest {
                request_id: request_id(),
                round_id,
            };
            secretariat.evaluation()?.close_round(request).await?;
            Ok(Some(()))
        })
        .await?;
        found("the list to be proposed", || async {
            let round_id = self.round.clone();
            let request = ProposeListRequest {
                request_id: request_id(),
                round_id,
                ..Default::default()
            };
            secretariat.evaluation()?.propose_list(request).await?;
            Ok(Some(()))
        })
        .await?;
        let proposed = self.round_in(RoundState::Proposed).await?;
        let outcomes = proposed
            .demands
            .iter()
            .filter_map(|demand| demand.outcome.as_ref());
        let listed = outcomes.filter(|outcome| outcome.listed).count();
        ensure!(listed > 0, "nothing is on the proposed list");
        let request = GetComputationRequest {
            round_id: self.round.clone(),
        };
        let computation = secretariat.evaluation()?.get_computation(request).await?;
        let computation = computation.into_inner();
        let explained = computation.fields.iter().flat_map(|field| &field.demands);
        ensure!(
            explained.clone().count() + computation.unranked.len() == proposed.demands.len()
                && explained.clone().all(|demand| !demand.ballots.is_empty()),
            "the computation does not explain every demand"
        );
        self.summary.figure("清单建议（项）", listed);
        self.say(format!("  选票揭晓，清单建议 {listed} 项"));
        Ok(())
    }

    /// The round as the hub sees it.
    ///
    /// # Errors
    /// When it can't be asked.
    pub async fn round(&self) -> anyhow::Result<Round> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let request = GetRoundRequest {
            round_id: self.round.clone(),
        };
        Ok(secretariat
            .evaluation()?
            .get_round(request)
            .await?
            .into_inner())
    }

    async fn round_in(&self, state: RoundState) -> anyhow::Result<Round> {
        found(&format!("the round to be {state:?}"), || async {
            let round = self.round().await?;
            Ok((round.state() == state).then_some(round))
        })
        .await
    }
}

/// Scores that differ from ballot to ballot and are the same at each run.
fn scores(ballot: &BallotView) -> Vec<Score> {
    let taste: u32 = ballot.ballot_id.bytes().map(u32::from).sum();
    let criteria = ballot.criteria.iter().zip(0_u32..);
    criteria
        .map(|(criterion, at)| Score {
            criterion: criterion.key.clone(),
            points: i32::try_from(60 + (taste + at * 7) % 35).unwrap_or(60),
            reason: "依据充分，指标明确".into(),
        })
        .collect()
}
