//! Step 6: solutions come from other provinces and a guest; fed back; selected per task; one demand
//! fully matched, one partly, one not at all.

mod dialogue;
mod lapse;
mod reserve;
mod roadshow;

use std::collections::BTreeMap;

use anyhow::Context as _;
use proto::matching::v1::{
    Channel, ConfirmIntentRequest, CreateSolutionRequest, GetSolutionRequest, GiveFeedbackRequest,
    ListPostingsRequest, ListReceivedSolutionsRequest, OpenSolutionRequest, Posting, ReserveStatus,
    SelectSolutionRequest, SolutionContent, SolutionState, SubmitSolutionRequest,
};
use regulation::{Region, Role};
use time::format_description::well_known::Rfc3339;

use super::{Way, found};
use crate::{request_id, wan};

/// Longer than the minimum days of a call.
const CALL_DAYS: u16 = 31;
/// Whose demand is solved in both tasks, in one of two, and not at all.
const FULLY: &str = "zj-a";
const PARTLY: &str = "sh-a";
const NOT_AT_ALL: &str = "zj-b";

/// A solution on the way: which unit solves which task of which demand.
struct Solver {
    demand: &'static str,
    task: usize,
    unit: &'static str,
}

const SOLVERS: [Solver; 3] = [
    Solver {
        demand: FULLY,
        task: 0,
        unit: "sh-sjtu",
    },
    // Sits outside the members.
    Solver {
        demand: FULLY,
        task: 1,
        unit: "bj-guest",
    },
    Solver {
        demand: PARTLY,
        task: 0,
        unit: "zj-zju",
    },
];

impl Way<'_> {
    /// Solutions, feedback, selection, intents and the reserve pool.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn matching(&mut self) -> anyhow::Result<()> {
        self.say("6 征集解决方案与需求对接");
        let mut solutions = BTreeMap::new();
        for solver in &SOLVERS {
            let id = self
                .solve(solver)
                .await
                .with_context(|| solver.unit.to_owned())?;
            solutions.insert(solver.unit, id);
        }
        self.say(format!("  收到 {} 份解决方案，密封至反馈", solutions.len()));
        let question = self.ask().await.context("a question")?;
        self.answer(&question).await.context("its answer")?;
        let roadshow = self.roadshow().await.context("a roadshow")?;
        let lapsing = self.solve(&lapse::SOLVER).await.context("one more")?;
        // The hub tells it at the end of the day on which it hears it: of this one.
        self.quiet().await?;
        self.federation.advance(1).await?;
        self.register_for(&roadshow).await.context("registration")?;
        self.quiet().await?;
        self.federation.advance(CALL_DAYS - 1).await?;
        self.see_the_answer(&question).await.context("the answer")?;
        self.see_who_comes(&roadshow).await.context("who comes")?;
        self.feed_back().await?;
        for solver in &SOLVERS {
            let id = &solutions[solver.unit];
            self.select(solver, id)
                .await
                .with_context(|| format!("select {}", solver.unit))?;
            self.confirm(solver, id)
                .await
                .with_context(|| format!("intent {}", solver.unit))?;
        }
        self.reserve(FULLY, ReserveStatus::Matched).await?;
        self.reserve(PARTLY, ReserveStatus::PartlyMatched).await?;
        self.lapse(&lapsing).await.context("a lapse")?;
        self.not_in_the_pool(NOT_AT_ALL).await?;
        self.summary.figure("解决方案", solutions.len() + 1);
        self.summary
            .figure("储备库：揭榜成功 / 部分揭榜成功 / 未入库", "1 / 1 / 1");
        Ok(())
    }

    async fn solve(&self, solver: &Solver) -> anyhow::Result<String> {
        let published = self.published(solver.demand)?;
        let session = self.as_member(solver.unit)?;
        let task = &published.tasks[solver.task];
        let content = SolutionContent {
            task_ids: vec![task.task_id.clone()],
            team_unit_ids: vec![],
            approach: format!("针对“{}”提出分步实施的技术路线。", task.title),
            evidence: "已有中试数据与样机。".into(),
            price: wan(180),
            months: 20,
            channel: Channel::Platform.into(),
            committed: true,
            secrecy: true,
            contact: format!("联系人 PRIVATE-SOLVER-{}", solver.unit),
        };
        let mut matching = session.matching()?;
        let created = matching
            .create_solution(CreateSolutionRequest {
                request_id: request_id(),
                blind_id: published.blind_id.clone(),
                content: Some(content),
            })
            .await?
            .into_inner();
        let solution_id = created.solution_id;
        let request = SubmitSolutionRequest {
            request_id: request_id(),
            solution_id: solution_id.clone(),
        };
        matching.submit_solution(request).await?;
        Ok(solution_id)
    }

    async fn feed_back(&self) -> anyhow::Result<()> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let cut_off = self.federation.now().format(&Rfc3339)?;
        found("the feedback", || async {
            let request = GiveFeedbackRequest {
                request_id: request_id(),
                cut_off: cut_off.clone(),
                ..Default::default()
            };
            Ok(Some(secretariat.matching()?.give_feedback(request).await?))
        })
        .await?;
        self.say("  已按截止时间集中反馈需求方");
        Ok(())
    }

    /// The demander's posting of one of its demands.
    async fn posting(&self, key: &str) -> anyhow::Result<Posting> {
        let published = self.published(key)?;
        let demand = self.input.demands.iter().find(|demand| demand.key == key);
        let demander = self.as_member(&demand.context("no such demand")?.company)?;
        found(&format!("the posting of {key}"), || async {
            let request = ListPostingsRequest::default();
            let listed = demander
                .matching()?
                .list_postings(request)
                .await?
                .into_inner();
            let mut postings = listed.postings.into_iter();
            Ok(postings.find(|posting| posting.blind_id == published.blind_id))
        })
        .await
    }

    async fn select(&self, solver: &Solver, solution_id: &str) -> anyhow::Result<()> {
        let posting_id = self.posting(solver.demand).await?.posting_id;
        let demand = self
            .input
            .demands
            .iter()
            .find(|demand| demand.key == solver.demand);
        let demander = self.as_member(&demand.context("no such demand")?.company)?;
        // All that was fed back has to be opened before anything is selected. [Art. 11]
        let received = found("what was fed back", || async {
            let request = ListReceivedSolutionsRequest {
                posting_id: posting_id.clone(),
                ..Default::default()
            };
            let listed = demander
                .matching()?
                .list_received_solutions(request)
                .await?
                .into_inner();
            let there = listed
                .solutions
                .iter()
                .any(|received| received.solution_id == solution_id);
            Ok(there.then_some(listed.solutions))
        })
        .await?;
        let mut matching = demander.matching()?;
        for solution in received {
            let request = OpenSolutionRequest {
                request_id: request_id(),
                posting_id: posting_id.clone(),
                solution_id: solution.solution_id.clone(),
            };
            // Its seal comes from its own home, and may be later than the hub's feedback.
            found("the seal of a solution", || async {
                let request = request.clone();
                Ok(Some(demander.matching()?.open_solution(request).await?))
            })
            .await?;
        }
        let task = &self.published(solver.demand)?.tasks[solver.task];
        matching
            .select_solution(SelectSolutionRequest {
                request_id: request_id(),
                posting_id,
                solution_id: solution_id.to_owned(),
                task_id: task.task_id.clone(),
                reason: "技术路线可行，团队匹配".into(),
                ..Default::default()
            })
            .await?;
        Ok(())
    }

    async fn confirm(&self, solver: &Solver, solution_id: &str) -> anyhow::Result<()> {
        let session = self.as_member(solver.unit)?;
        found("the selection to be known", || async {
            let request = GetSolutionRequest {
                solution_id: solution_id.to_owned(),
            };
            let solution = session
                .matching()?
                .get_solution(request)
                .await?
                .into_inner();
            Ok((solution.state() == SolutionState::Selected).then_some(()))
        })
        .await?;
        let request = ConfirmIntentRequest {
            request_id: request_id(),
            solution_id: solution_id.to_owned(),
        };
        session.matching()?.confirm_intent(request).await?;
        Ok(())
    }
}
