//! The doors to a draw's randomness: whose seed is in, what to do about one that is not, and the
//! record from which anybody draws again.

use std::collections::BTreeSet;

use chassis::{Admitted, admit, status};
use proto::evaluation::v1::{self as wire, draw_service_server::DrawService};
use regulation::{EvaluationRoundId, Region, Text};
use tonic::{Request, Response, Status};

use super::Door;
use crate::{
    domain::{EvaluationRound, RoundCommand, SeedStory},
    read,
};

impl Door {
    async fn seed<T>(
        &self,
        asked: Admitted<T>,
        [request_id, round_id, region, reason]: [&str; 4],
        command: impl FnOnce(Region, Text) -> RoundCommand,
    ) -> Result<Response<wire::Seeds>, Status> {
        self.on_the_hub()?;
        let request = asked.request(request_id)?;
        let id: EvaluationRoundId = status::parse("round_id", round_id)?;
        let region = status::parse("region", region)?;
        let reason = status::parse("reason", reason)?;
        let done = self
            .desk
            .execute::<EvaluationRound>(asked.actor, id, command(region, reason), &request)
            .await?;
        Ok(Response::new(seeds(&done.id, &done.state)))
    }
}

#[tonic::async_trait]
impl DrawService for Door {
    async fn get_seeds(
        &self,
        request: Request<wire::GetSeedsRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let id: EvaluationRoundId = status::parse("round_id", &asked.message.round_id)?;
        let round = self.desk.load::<EvaluationRound>("评估轮次", id).await?;
        Ok(Response::new(seeds(&round.id, &round.state)))
    }

    async fn recover_seed(
        &self,
        request: Request<wire::RecoverSeedRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = [
            message.request_id.as_str(),
            &message.round_id,
            &message.region,
            &message.reason,
        ];
        self.seed(asked, given, |region, reason| RoundCommand::RecoverSeed {
            region,
            reason,
        })
        .await
    }

    async fn waive_seed(
        &self,
        request: Request<wire::WaiveSeedRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = [
            message.request_id.as_str(),
            &message.round_id,
            &message.region,
            &message.reason,
        ];
        self.seed(asked, given, |region, reason| RoundCommand::WaiveSeed {
            region,
            reason,
        })
        .await
    }

    async fn get_draw_record(
        &self,
        request: Request<wire::GetDrawRecordRequest>,
    ) -> Result<Response<wire::DrawRecord>, Status> {
        let round_id = request.into_inner().round_id;
        let id: EvaluationRoundId = status::parse("round_id", &round_id)?;
        let round = self.desk.load::<EvaluationRound>("抽取记录", id).await?;
        let followed = round.state.table().map(|table| &table.followed);
        let followed = serde_json::to_string(followed.map_or(&[][..], Vec::as_slice))
            .map_err(|error| status::internal(&error))?;
        Ok(Response::new(wire::DrawRecord {
            record: read::draw_record(&self.desk, id, &followed).await?,
            round_id,
        }))
    }
}

/// Where every member's seed stands.
fn seeds(round_id: &str, round: &EvaluationRound) -> wire::Seeds {
    use EvaluationRound as R;
    let mut view = wire::Seeds {
        round_id: round_id.to_owned(),
        ..Default::default()
    };
    let none = SeedStory::default();
    let (regions, randomness, story): (BTreeSet<Region>, _, _) = match round {
        R::Open(gathering) => {
            let members = gathering.seeds.members().iter();
            let waived = gathering.story.waived.keys();
            (
                members.chain(waived).copied().collect(),
                None,
                &gathering.story,
            )
        }
        R::Frozen(frozen) => {
            view.input_digest = frozen.input.digest().to_hex();
            let members = frozen.randomness.commitments().keys();
            let waived = frozen.story.waived.keys();
            let regions = members.chain(waived).copied().collect();
            (regions, Some(&frozen.randomness), &frozen.story)
        }
        other => match other.table() {
            Some(table) => {
                view.input_digest = table.pool.to_hex();
                let members = table.randomness.commitments().keys();
                let waived = table.story.waived.keys();
                let regions = members.chain(waived).copied().collect();
                (regions, Some(&table.randomness), &table.story)
            }
            None => (BTreeSet::new(), None, &none),
        },
    };
    let awaited = round.seeds_awaited();
    for region in regions {
        let commitments = match round {
            R::Open(gathering) => Some(gathering.seeds.commitments()),
            _ => randomness.map(panel::Revealing::commitments),
        };
        let commitment = commitments.and_then(|all| all.get(&region));
        let is_open = randomness.is_some_and(|seeds| seeds.seeds().contains_key(&region));
        let mut member = member(region, story);
        member.commitment = commitment
            .map(panel::SeedCommitment::to_hex)
            .unwrap_or_default();
        let state = if story.waived.contains_key(&region) {
            wire::SeedState::Waived
        } else if is_open && story.recoveries.get(&region).is_some_and(|r| r.opened) {
            wire::SeedState::Recovered
        } else if is_open {
            wire::SeedState::Revealed
        } else if commitment.is_none() {
            wire::SeedState::Awaited
        } else if randomness.is_some() {
            wire::SeedState::Withheld
        } else {
            wire::SeedState::Committed
        };
        member.state = state.into();
        view.members.push(member);
    }
    view.waiting_for = awaited.iter().map(ToString::to_string).collect();
    view
}

/// What is recorded of a member's seed besides the seed.
fn member(region: Region, story: &SeedStory) -> wire::MemberSeed {
    let mut view = wire::MemberSeed {
        region: region.to_string(),
        fault: story.faults.get(&region).cloned().unwrap_or_default(),
        ..Default::default()
    };
    let needed = story.shares_needed(region).unwrap_or_default();
    view.shares_needed = i32::try_from(needed).unwrap_or(i32::MAX);
    if let Some(recovery) = story.recoveries.get(&region) {
        view.shares_from = recovery.shares.keys().map(ToString::to_string).collect();
        view.by.clone_from(&recovery.asked.by);
        view.reason = recovery.asked.reason.to_string();
    }
    if let Some(waiver) = story.waived.get(&region) {
        view.by.clone_from(&waiver.by);
        view.reason = waiver.reason.to_string();
    }
    view
}
