//! What the secretariat asks of a round, with the facts that the command needs beside it.

mod parse;

use chassis::{Admitted, Page, status};
use evidence::Digest;
use journal::Loaded;
use panel::Seed;
use proto::evaluation::v1::{self as wire, waive_ballot_request::What};
use regulation::{EvaluationRoundId, Refusal};
use tonic::{Response, Status};

use super::{Door, view};
use crate::{
    domain::{EvaluationRound, Opening, Origin, Proposing, RoundCommand, RoundRejection, Waivable},
    read,
};

type Answer = Result<Response<wire::Round>, Status>;

impl Door {
    /// Refuses where rounds do not live, before anything is read for one.
    pub(super) fn on_the_hub(&self) -> Result<(), Status> {
        if self.desk.region().is_hub() {
            return Ok(());
        }
        Err(status::refused(&Refusal::from(RoundRejection::NotTheHub)))
    }

    async fn command<T>(
        &self,
        asked: Admitted<T>,
        request: &journal::Request,
        id: EvaluationRoundId,
        command: RoundCommand,
    ) -> Answer {
        let done = self
            .desk
            .execute::<EvaluationRound>(asked.actor, id, command, request)
            .await?;
        self.shown(&done, id).await
    }

    /// A round with what was taken back by now.
    async fn shown(&self, round: &Loaded<EvaluationRound>, id: EvaluationRoundId) -> Answer {
        let withdrawn = read::withdrawn(&self.desk, id).await?;
        Ok(Response::new(view::round(round, &withdrawn)))
    }

    pub(super) async fn open(&self, asked: Admitted<wire::OpenRoundRequest>) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let mut fields = status::Fields::default();
        let deadline = fields.take("deadline", message.deadline.parse());
        let quotas = parse::quotas(&message.quotas, &mut fields);
        if quotas.is_empty() && message.quotas.is_empty() {
            fields.fault("quotas", "请为至少一个领域确定名额");
        }
        let cut_off = match message.cut_off.as_str() {
            "" => Some(None),
            day => fields.take("cut_off", day.parse()).map(Some),
        };
        let without = parse::without(&message.without, &mut fields);
        let chase = parse::chase(message, &mut fields);
        let panel_size = match message.panel_size {
            0 => Some(None),
            size => fields.take("panel_size", u32::try_from(size)).map(Some),
        };
        let alternates = match message.alternates {
            None => Some(None),
            Some(number) => fields.take("alternates", u32::try_from(number)).map(Some),
        };
        if !(2000..=2100).contains(&message.year) {
            fields.fault("year", "年度应为四位年份");
        }
        let (true, Some(deadline), Some(panel_size), Some(alternates), Some(cut_off)) =
            (fields.is_empty(), deadline, panel_size, alternates, cut_off)
        else {
            return Err(fields.refuse());
        };
        let round: EvaluationRoundId = self.desk.ids().next();
        let opening = Opening {
            round,
            year: message.year,
            batch: read::batch(&self.desk, &quotas.keys().cloned().collect(), cut_off).await?,
            quotas,
            panel_size,
            alternates,
            deadline,
            cut_off,
            without,
            chase,
            mask: Digest(self.desk.ids().bytes()),
            seed: Seed::from(self.desk.ids().bytes()),
        };
        self.command(
            asked,
            &request,
            round,
            RoundCommand::Open(Box::new(opening)),
        )
        .await
    }

    pub(super) async fn draw(&self, asked: Admitted<wire::DrawRoundRequest>) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let pool = draws::pool(self.desk.journal()).await;
        let pool = pool.map_err(status::journal)?;
        let invited = pool
            .values()
            .filter(|profile| profile.active && profile.origin == Origin::Invited);
        let people = invited.map(|profile| profile.person.clone()).collect();
        let barred = draws::barred(&self.desk, "evaluation.draw", people).await?;
        let barred = barred.into_keys().collect();
        self.command(asked, &request, id, RoundCommand::Draw { pool, barred })
            .await
    }

    pub(super) async fn waive(&self, asked: Admitted<wire::WaiveBallotRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let reason = status::parse("reason", &asked.message.reason)?;
        let what = match &asked.message.what {
            Some(What::BallotId(ballot)) => Waivable::Ballot(status::parse("ballot_id", ballot)?),
            Some(What::DemandId(demand)) => Waivable::Demand(status::parse("demand_id", demand)?),
            Some(What::Region(region)) => Waivable::Region(status::parse("region", region)?),
            None => return Err(status::invalid("what", "请指明要豁免的事项")),
        };
        self.command(asked, &request, id, RoundCommand::Waive { what, reason })
            .await
    }

    pub(super) async fn close(&self, asked: Admitted<wire::CloseRoundRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let withdrawn = read::withdrawn(&self.desk, id).await?;
        self.command(asked, &request, id, RoundCommand::Close { withdrawn })
            .await
    }

    pub(super) async fn propose(&self, asked: Admitted<wire::ProposeListRequest>) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let id: EvaluationRoundId = status::parse("round_id", &asked.message.round_id)?;
        let mut fields = status::Fields::default();
        let quotas = parse::quotas(&asked.message.quotas, &mut fields);
        let choices = parse::choices(&asked.message.choices, &mut fields);
        if !fields.is_empty() {
            return Err(fields.refuse());
        }
        let round = self.desk.load::<EvaluationRound>("评估轮次", id).await?;
        let roster = round.state.table().map(|table| table.roster.values());
        let people = roster.into_iter().flatten();
        let people = people.map(|seated| seated.person.clone()).collect();
        let proposing = Proposing {
            withdrawn: read::withdrawn(&self.desk, id).await?,
            quotas,
            choices,
            barred: draws::barred(&self.desk, "evaluation.proposal", people).await?,
        };
        self.command(asked, &request, id, RoundCommand::Propose(proposing))
            .await
    }

    pub(super) async fn give_back(&self, asked: Admitted<wire::ReturnRoundRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let reason = status::parse("reason", &asked.message.reason)?;
        self.command(asked, &request, id, RoundCommand::Return { reason })
            .await
    }

    pub(super) async fn round(&self, round_id: &str) -> Answer {
        let id: EvaluationRoundId = status::parse("round_id", round_id)?;
        let round = self.desk.load::<EvaluationRound>("评估轮次", id).await?;
        self.shown(&round, id).await
    }

    pub(super) async fn rounds(
        &self,
        page: Page,
    ) -> Result<Response<wire::ListRoundsResponse>, Status> {
        let mut rounds = self
            .desk
            .journal()
            .list::<EvaluationRound>(Some(&page.after), page.limit())
            .await
            .map_err(status::journal)?;
        let next_page_token = page.cut(&mut rounds, |round| round.id.clone());
        let rounds = rounds.iter().map(view::outline).collect();
        Ok(Response::new(wire::ListRoundsResponse {
            rounds,
            next_page_token,
        }))
    }

    pub(super) async fn candidates(
        &self,
        asked: wire::ListCandidatesRequest,
    ) -> Result<Response<wire::ListCandidatesResponse>, Status> {
        let page = Page::from(asked.page);
        let mut rows =
            read::candidates(&self.desk, asked.free_only, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.demand_id.clone());
        let candidates = rows.into_iter().map(|row| wire::CandidateView {
            demand_id: row.demand_id,
            region: row.region,
            title: row.title,
            field: row.field,
            accepted_at: draws::timestamp(row.accepted_at),
            withdrawn: row.withdrawn,
            recommended_at: row.recommended_at.map(draws::timestamp).unwrap_or_default(),
            recommended_place: row.place.unwrap_or_default(),
            round_id: row.round_id.unwrap_or_default(),
        });
        let candidates = candidates.collect();
        Ok(Response::new(wire::ListCandidatesResponse {
            candidates,
            next_page_token,
        }))
    }
}
