//! The members' part in a draw, as their evaluation services say it.

use chassis::Outcome;
use draws::holders;
use panel::{Seed, SeedCommitment};
use proto::{
    evaluation::v1::{DrawPurpose, SeedCommitted, SeedRevealed, ShareSeal},
    message::{Audience, Message, PublicEvent},
    review::v1 as wire,
};
use regulation::{Region, Role};

use crate::federation::{Federation, request_id, said};

pub(crate) const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

pub(crate) fn seed_of(member: Region) -> Seed {
    Seed::from([member.as_str().as_bytes()[0]; 32])
}

async fn say<E: PublicEvent>(all: &Federation, member: Region, round_id: &str, event: &E) {
    let message = Message::share(Audience::HUB, round_id, event);
    let now = all.desk(Region::HUB).clock().now();
    let outcome = all.hear(Region::HUB, &said(member, now, &message)).await;
    assert_eq!(outcome, Outcome::Applied, "{} of {member}", message.kind);
}

impl Federation {
    /// Every member commits to its seed.
    pub(crate) async fn commit(&self, round_id: &str) {
        let draw = draws::draw_id(round_id).unwrap();
        for member in MEMBERS {
            let seed = seed_of(member);
            let dealt = panel::deal(&seed, &holders(&MEMBERS.into(), member));
            let shares = dealt.iter().map(|(holder, share)| ShareSeal {
                holder: holder.to_string(),
                commitment: share.commitment(member, *holder, &draw).to_vec(),
            });
            let event = SeedCommitted {
                round_id: round_id.to_owned(),
                commitment: SeedCommitment::to(&seed, member, &draw).bytes().to_vec(),
                shares: shares.collect(),
                purpose: DrawPurpose::Review.into(),
            };
            say(self, member, round_id, &event).await;
        }
    }

    /// These members open their seeds for what is frozen.
    pub(crate) async fn reveal(&self, round_id: &str, members: &[Region]) {
        let request = wire::GetSeedsRequest {
            round_id: round_id.to_owned(),
        };
        let mut auditor = self.to(Region::HUB, Role::Auditor);
        let seeds = auditor.get_seeds(request).await.unwrap().into_inner();
        for member in members {
            let event = SeedRevealed {
                round_id: round_id.to_owned(),
                seed: seed_of(*member).bytes().to_vec(),
                input_digest: seeds.input_digest.clone(),
                purpose: DrawPurpose::Review.into(),
            };
            say(self, *member, round_id, &event).await;
        }
    }

    /// Freezes the pool of an opened round with every member's seed, and draws.
    pub(crate) async fn draw(&mut self, round_id: &str) -> wire::Round {
        self.commit(round_id).await;
        let draw = wire::DrawRoundRequest {
            request_id: request_id(),
            round_id: round_id.to_owned(),
        };
        let mut agency = self.to(Region::HUB, Role::Agency);
        agency.draw_round(draw).await.unwrap();
        self.reveal(round_id, &MEMBERS).await;
        self.carry().await;
        self.round(round_id).await
    }
}
