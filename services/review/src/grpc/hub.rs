//! What is asked of a round, with the facts that the command needs beside it.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Admitted, Page, status};
use evidence::Digest;
use journal::Loaded;
use panel::Seed;
use proto::{
    evaluation::v1::Seeds,
    review::v1::{self as wire, waive_sheet_request::What},
};
use regulation::{Day, ExpertId, PersonKey, Refusal, Region, ReviewRoundId, Text};
use tonic::{Response, Status};

use super::{Door, view};
use crate::{
    domain::{
        Ground, Opening, Origin, Profile, ReviewRound, RoundCommand, RoundRejection, Waivable,
    },
    read,
};

mod parse;

type Answer = Result<Response<wire::Round>, Status>;

impl Door {
    /// Refuses where rounds do not live, before anything is read for one.
    fn on_the_hub(&self) -> Result<(), Status> {
        if self.desk.region().is_hub() {
            return Ok(());
        }
        Err(status::refused(&Refusal::from(RoundRejection::NotTheHub)))
    }

    async fn command<T>(
        &self,
        asked: Admitted<T>,
        request: &journal::Request,
        id: ReviewRoundId,
        command: RoundCommand,
    ) -> Answer {
        let done = self
            .desk
            .execute::<ReviewRound>(asked.actor, id, command, request)
            .await?;
        self.shown(&done, id).await
    }

    /// A round with what was taken back by now.
    async fn shown(&self, round: &Loaded<ReviewRound>, id: ReviewRoundId) -> Answer {
        let withdrawn = read::withdrawn(&self.desk, id).await?;
        Ok(Response::new(view::round(round, &withdrawn)))
    }

    pub(super) async fn open(&self, asked: Admitted<wire::OpenRoundRequest>) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let year = asked.message.year;
        let parse::Opened {
            places,
            deadline,
            blindness,
            panel_size,
            alternates,
            departure,
        } = parse::opened(&asked.message)?;
        let round: ReviewRoundId = self.desk.ids().next();
        let this_year = Day::of(self.desk.clock().now()).year();
        let (held, opened) = read::held(&self.desk, this_year).await?;
        let batch = read::batch(&self.desk, &places.keys().cloned().collect()).await?;
        let opening = Opening {
            round,
            year,
            held,
            opened,
            departure,
            ceilings: read::ceilings(&self.desk, &batch).await?,
            batch,
            places,
            panel_size,
            alternates,
            deadline,
            blindness,
            seed: Seed::from(self.desk.ids().bytes()),
            mask: Digest(self.desk.ids().bytes()),
        };
        let command = RoundCommand::Open(Box::new(opening));
        self.command(asked, &request, round, command).await
    }

    pub(super) async fn approve(&self, asked: Admitted<wire::ApproveRoundRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        self.command(asked, &request, id, RoundCommand::Approve)
            .await
    }

    pub(super) async fn draw(&self, asked: Admitted<wire::DrawRoundRequest>) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let id: ReviewRoundId = status::parse("round_id", &asked.message.round_id)?;
        let round = self.desk.load::<ReviewRound>("评审轮次", id).await?.state;
        let pool = draws::pool(self.desk.journal()).await;
        let pool = pool.map_err(status::journal)?;
        let ground = Ground {
            barred: self.barred(&pool).await?,
            pool,
            affiliates: read::affiliates(&self.desk, &round).await?,
            evaluators: read::evaluators(&self.desk, &round).await?,
            withdrawn: read::withdrawn(&self.desk, id).await?,
        };
        let command = RoundCommand::Draw(Box::new(ground));
        self.command(asked, &request, id, command).await
    }

    /// Who of those who may review is barred by a credit record. [Art. 20]
    async fn barred(
        &self,
        pool: &BTreeMap<ExpertId, Profile>,
    ) -> Result<BTreeSet<PersonKey>, Status> {
        let national = pool
            .values()
            .filter(|profile| profile.active && profile.origin == Origin::NationalPool);
        let people = national.map(|profile| profile.person.clone()).collect();
        let barred = draws::barred(&self.desk, "review.draw", people).await?;
        Ok(barred.into_keys().collect())
    }

    pub(super) async fn seeds(
        &self,
        asked: &wire::GetSeedsRequest,
    ) -> Result<Response<Seeds>, Status> {
        let id: ReviewRoundId = status::parse("round_id", &asked.round_id)?;
        let round = self.desk.load::<ReviewRound>("评审轮次", id).await?;
        Ok(Response::new(draws::view(&round.id, round.state.seeds())))
    }

    /// What to do about a seed that is waited for.
    pub(super) async fn seed<T>(
        &self,
        asked: Admitted<T>,
        [request_id, round_id, region, reason]: [&str; 4],
        command: impl FnOnce(Region, Text) -> RoundCommand,
    ) -> Result<Response<Seeds>, Status> {
        self.on_the_hub()?;
        let request = asked.request(request_id)?;
        let id: ReviewRoundId = status::parse("round_id", round_id)?;
        let region = status::parse("region", region)?;
        let reason = status::parse("reason", reason)?;
        let done = self
            .desk
            .execute::<ReviewRound>(asked.actor, id, command(region, reason), &request)
            .await?;
        Ok(Response::new(draws::view(&done.id, done.state.seeds())))
    }

    pub(super) async fn replace(&self, asked: Admitted<wire::ReplaceExpertRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let command = RoundCommand::Replace {
            sheet: status::parse("sheet_id", &asked.message.sheet_id)?,
            reason: status::parse("reason", &asked.message.reason)?,
        };
        self.command(asked, &request, id, command).await
    }

    pub(super) async fn waive(&self, asked: Admitted<wire::WaiveSheetRequest>) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let reason = status::parse("reason", &asked.message.reason)?;
        let what = match &asked.message.what {
            Some(What::SheetId(sheet)) => Waivable::Sheet(status::parse("sheet_id", sheet)?),
            Some(What::ApplicationId(application)) => {
                Waivable::Application(status::parse("application_id", application)?)
            }
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

    pub(super) async fn propose(
        &self,
        asked: Admitted<wire::ProposeEstablishmentRequest>,
    ) -> Answer {
        self.on_the_hub()?;
        let request = asked.request(&asked.message.request_id)?;
        let mut fields = status::Fields::default();
        let id: Option<ReviewRoundId> = fields.take("round_id", asked.message.round_id.parse());
        let grants = parse::grants(&asked.message.grants, &mut fields);
        let budgets = parse::budgets(&asked.message.budgets, &mut fields);
        let (true, Some(id)) = (fields.is_empty(), id) else {
            return Err(fields.refuse());
        };
        let round = self.desk.load::<ReviewRound>("评审轮次", id).await?;
        let roster = round.state.table().map(|table| table.roster.values());
        let people = roster.into_iter().flatten();
        let people = people.map(|seated| seated.person.clone()).collect();
        let command = RoundCommand::Propose {
            grants,
            budgets,
            withdrawn: read::withdrawn(&self.desk, id).await?,
            barred: draws::barred(&self.desk, "review.proposal", people).await?,
        };
        self.command(asked, &request, id, command).await
    }

    pub(super) async fn confirm(
        &self,
        asked: Admitted<wire::ConfirmEstablishmentRequest>,
    ) -> Answer {
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("round_id", &asked.message.round_id)?;
        let withdrawn = read::withdrawn(&self.desk, id).await?;
        self.command(asked, &request, id, RoundCommand::Confirm { withdrawn })
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
        let id: ReviewRoundId = status::parse("round_id", round_id)?;
        let round = self.desk.load::<ReviewRound>("评审轮次", id).await?;
        self.shown(&round, id).await
    }

    pub(super) async fn rounds(
        &self,
        page: Page,
    ) -> Result<Response<wire::ListRoundsResponse>, Status> {
        let mut rounds = self
            .desk
            .journal()
            .list::<ReviewRound>(Some(&page.after), page.limit())
            .await
            .map_err(status::journal)?;
        let next_page_token = page.cut(&mut rounds, |round| round.id.clone());
        Ok(Response::new(wire::ListRoundsResponse {
            rounds: rounds.iter().map(view::outline).collect(),
            next_page_token,
        }))
    }

    pub(super) async fn record(
        &self,
        asked: wire::GetDrawRecordRequest,
    ) -> Result<Response<wire::DrawRecord>, Status> {
        let id: ReviewRoundId = status::parse("round_id", &asked.round_id)?;
        let round = self.desk.load::<ReviewRound>("抽取记录", id).await?;
        let followed = round.state.table().map(|table| &table.followed);
        let followed = serde_json::to_string(followed.map_or(&[][..], Vec::as_slice))
            .map_err(|error| status::internal(&error))?;
        Ok(Response::new(wire::DrawRecord {
            record: read::draw_record(&self.desk, id, &followed).await?,
            round_id: asked.round_id,
        }))
    }

    pub(super) async fn candidates(
        &self,
        asked: wire::ListCandidatesRequest,
    ) -> Result<Response<wire::ListCandidatesResponse>, Status> {
        let page = Page::from(asked.page);
        let mut rows =
            read::candidates(&self.desk, asked.free_only, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.application_id.clone());
        let candidates = rows.into_iter().map(|row| wire::CandidateView {
            application_id: row.application_id,
            region: row.region,
            title: row.title,
            field: row.field,
            lead_unit_id: row.lead_unit_id,
            version: row.version,
            passed_at: draws::timestamp(row.passed_at),
            withdrawn: row.withdrawn,
            round_id: row.round_id.unwrap_or_default(),
        });
        let this_year = Day::of(self.desk.clock().now()).year();
        Ok(Response::new(wire::ListCandidatesResponse {
            candidates: candidates.collect(),
            next_page_token,
            warning: read::warning(&self.desk, this_year)
                .await?
                .unwrap_or_default(),
        }))
    }
}
