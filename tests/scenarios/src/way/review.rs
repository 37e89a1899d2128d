//! Step 8: a round over all passed applications; experts of the national pool; sheets on the
//! experts' own nodes; ranking; the establishment proposal; its joint decision.

use anyhow::ensure;
use panel::DrawRecord;
use proto::{
    coordination::v1::DecisionKind,
    evaluation::v1::Score,
    review::v1::{
        Blindness, CandidateView, CloseRoundRequest, CompleteSheetRequest,
        ConfirmEstablishmentRequest, DrawRoundRequest, FieldPlaces, GetDrawRecordRequest,
        GetRoundRequest, GetSheetRequest, Grant, ListCandidatesRequest, ListSheetsRequest,
        OpenRoundRequest, OpenSheetRequest, ProposeEstablishmentRequest, Round, RoundState,
        SheetState, SheetView,
    },
};
use regulation::{Day, ExpertId, Money, Region, Role};

use super::{ProjectRef, Way, found};
use crate::{Session, request_id};

/// Days until the sheets are due.
const REVIEW_DAYS: u32 = 10;
/// From so many applications of a field on, the last is not established.
const CUT_FROM: i32 = 3;

impl Way<'_> {
    /// The whole round.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn review(&mut self) -> anyhow::Result<()> {
        self.say("8 项目评审和立项");
        let round = self.open_review().await?;
        let mut completed = 0;
        for (expert, region) in self.experts.clone() {
            completed += self.sheets_of(region, expert).await?;
        }
        ensure!(completed > 0, "no expert was asked for a sheet");
        self.say(format!("  专家在各自节点提交 {completed} 份评审表"));
        self.close_review(&round).await?;
        self.propose_establishment(&round).await?;
        let decision = self
            .decision_on(DecisionKind::Establishment, &round)
            .await?;
        self.decide(&decision.decision_id, "长三角联攻〔2024〕3号")
            .await?;
        self.established(&round).await
    }

    /// Opens a round over every application that passed, and draws.
    async fn open_review(&self) -> anyhow::Result<String> {
        let agency = self.as_role(Region::HUB, Role::Agency)?;
        let candidates = self.passed(&agency).await?;
        let deadline = Day::of(self.federation.now()).plus_days(REVIEW_DAYS);
        let opened = agency
            .review()?
            .open_round(OpenRoundRequest {
                request_id: request_id(),
                year: 2024,
                places: places(&candidates),
                deadline: deadline.to_string(),
                blindness: Blindness::Open.into(),
                ..Default::default()
            })
            .await?
            .into_inner();
        // Refused until every member's node has committed to its seed.
        found("the pool of the review to be frozen", || async {
            let draw = DrawRoundRequest {
                request_id: request_id(),
                round_id: opened.round_id.clone(),
            };
            agency.review()?.draw_round(draw).await?;
            Ok(Some(()))
        })
        .await?;
        let drawn = found("the experts of the review to be drawn", || async {
            let round = self.review_round(&opened.round_id).await?;
            Ok((round.state() == RoundState::Drawn).then_some(round))
        })
        .await?;
        let request = GetDrawRecordRequest {
            round_id: opened.round_id.clone(),
        };
        let published = agency.review()?.get_draw_record(request).await?;
        let record: DrawRecord = serde_json::from_str(&published.into_inner().record)?;
        record.verify()?;
        let members = record.randomness.seeds().len();
        let seats = drawn
            .applications
            .iter()
            .map(|a| a.seats.len())
            .sum::<usize>();
        self.say(format!(
            "  {} 项申报抽取国家科技专家库专家 {seats} 人次，{members} 方种子已公开，抽取结果可由任何人重算",
            drawn.applications.len()
        ));
        // Every invitation has reached its expert's home.
        self.quiet().await?;
        Ok(opened.round_id)
    }

    /// Every application of the way that passed its examination.
    async fn passed(&self, agency: &Session<'_>) -> anyhow::Result<Vec<CandidateView>> {
        ensure!(!self.applications.is_empty(), "nothing was applied for");
        found("all passed applications at the hub", || async {
            let request = ListCandidatesRequest {
                free_only: true,
                ..Default::default()
            };
            let listed = agency.review()?.list_candidates(request).await?;
            let candidates = listed.into_inner().candidates;
            let passed = |id: &String| candidates.iter().any(|c| c.application_id == *id);
            let all = self.applications.iter().all(|a| passed(&a.id));
            Ok(all.then_some(candidates))
        })
        .await
    }

    /// An expert declares to have no conflict, reads, and hands in every sheet, on their own node.
    async fn sheets_of(&self, region: Region, expert: ExpertId) -> anyhow::Result<usize> {
        let session = Session::of_expert(self.federation, region, expert)?;
        let listed = session
            .review()?
            .list_sheets(ListSheetsRequest::default())
            .await?
            .into_inner();
        let mut completed = 0;
        for sheet in &listed.sheets {
            let get = GetSheetRequest {
                sheet_id: sheet.sheet_id.clone(),
            };
            let closed = session.review()?.get_sheet(get).await?.into_inner();
            ensure!(closed.content.is_empty(), "shown before the declaration");
            let open = OpenSheetRequest {
                request_id: request_id(),
                sheet_id: sheet.sheet_id.clone(),
            };
            let opened = session.review()?.open_sheet(open).await?.into_inner();
            ensure!(!opened.content.is_empty(), "nothing to review");
            let scores = scores(&opened);
            let complete = CompleteSheetRequest {
                request_id: request_id(),
                sheet_id: sheet.sheet_id.clone(),
                recommended: scores.iter().all(|score| score.points >= 60),
                scores,
                comment: "目标明确，分工合理，建议加强跨区域衔接".into(),
            };
            let done = session.review()?.complete_sheet(complete).await?;
            ensure!(
                done.into_inner().state() == SheetState::Completed,
                "a sheet is not completed"
            );
            completed += 1;
        }
        Ok(completed)
    }

    /// Closes, once every expert's region is heard past its last sheet.
    async fn close_review(&self, round: &str) -> anyhow::Result<()> {
        let agency = self.as_role(Region::HUB, Role::Agency)?;
        found("the review round to close", || async {
            let request = CloseRoundRequest {
                request_id: request_id(),
                round_id: round.to_owned(),
            };
            let closed = agency.review()?.close_round(request).await?.into_inner();
            Ok((closed.state() == RoundState::Closed).then_some(()))
        })
        .await
    }

    /// The agency proposes by the ranking, with all the support that the limits allow; the
    /// secretariat confirms.
    async fn propose_establishment(&mut self, round: &str) -> anyhow::Result<()> {
        let closed = self.review_round(round).await?;
        let mut grants = Vec::new();
        for application in &closed.applications {
            let outcome = application.outcome.as_ref();
            if outcome.is_some_and(|outcome| outcome.within) {
                grants.push(Grant {
                    application_id: application.application_id.clone(),
                    established: true,
                    support: application.support_max,
                    reason: String::new(),
                });
            }
        }
        let agency = self.as_role(Region::HUB, Role::Agency)?;
        let proposed = agency
            .review()?
            .propose_establishment(ProposeEstablishmentRequest {
                request_id: request_id(),
                round_id: round.to_owned(),
                grants,
                budgets: vec![],
            })
            .await?
            .into_inner();
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let confirmed = secretariat
            .review()?
            .confirm_establishment(ConfirmEstablishmentRequest {
                request_id: request_id(),
                round_id: round.to_owned(),
            })
            .await?
            .into_inner();
        ensure!(
            confirmed.confirmed_by != proposed.proposed_by,
            "one person alone"
        );
        self.review_figures(&confirmed);
        Ok(())
    }

    fn review_figures(&mut self, confirmed: &Round) {
        let count = |wanted: bool| {
            let outcomes = confirmed.applications.iter();
            let outcomes = outcomes.filter_map(|application| application.outcome.as_ref());
            outcomes.filter(|o| o.established == wanted).count()
        };
        let sheets: i32 = confirmed.applications.iter().map(|a| a.completed).sum();
        self.summary.figure("评审表（份）", sheets);
        self.summary.figure(
            "拟立项建议（项）",
            format!("{}，未列入 {}", count(true), count(false)),
        );
        self.say(format!("  排名完成，拟立项 {} 项", count(true)));
    }

    /// The round is adopted, and what it established is known.
    async fn established(&mut self, round: &str) -> anyhow::Result<()> {
        let adopted = found("the establishment to be adopted", || async {
            let round = self.review_round(round).await?;
            Ok((round.state() == RoundState::Adopted).then_some(round))
        })
        .await?;
        for application in &adopted.applications {
            let Some(outcome) = application.outcome.as_ref().filter(|o| o.established) else {
                continue;
            };
            self.projects.push(ProjectRef {
                id: outcome.project_id.clone(),
                region: application.region.parse()?,
                lead: application.lead_unit_id.parse()?,
            });
        }
        ensure!(!self.projects.is_empty(), "nothing is established");
        let total = Money::from_fen(adopted.support_total.unwrap_or_default().fen)?;
        self.summary.figure("立项项目", self.projects.len());
        self.summary.figure("支持资金合计", total);
        self.say(format!(
            "  {} 立项 {} 项，支持资金合计 {total}",
            adopted.document_number,
            self.projects.len()
        ));
        Ok(())
    }

    async fn review_round(&self, round: &str) -> anyhow::Result<Round> {
        let request = GetRoundRequest {
            round_id: round.to_owned(),
        };
        let agency = self.as_role(Region::HUB, Role::Agency)?;
        Ok(agency.review()?.get_round(request).await?.into_inner())
    }
}

/// A place for every application of a field, one less where there are many.
fn places(candidates: &[CandidateView]) -> Vec<FieldPlaces> {
    let mut fields: Vec<FieldPlaces> = Vec::new();
    for candidate in candidates {
        match fields.iter_mut().find(|f| f.field == candidate.field) {
            Some(of_field) => of_field.places += 1,
            None => fields.push(FieldPlaces {
                field: candidate.field.clone(),
                places: 1,
                reason: "年度立项安排".into(),
            }),
        }
    }
    for of_field in &mut fields {
        of_field.places -= i32::from(of_field.places >= CUT_FROM);
    }
    fields
}

/// Scores that differ from sheet to sheet and are the same at each run of the same round.
fn scores(sheet: &SheetView) -> Vec<Score> {
    let taste: u32 = sheet.sheet_id.bytes().map(u32::from).sum();
    let criteria = sheet.criteria.iter().zip(0_u32..);
    criteria
        .map(|(criterion, at)| Score {
            criterion: criterion.key.clone(),
            points: i32::try_from(60 + (taste + at * 11) % 37).unwrap_or(60),
            reason: "依据充分，路线可行".into(),
        })
        .collect()
}
