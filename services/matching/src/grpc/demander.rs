//! What a demander and its department do at the demander's home.

use chassis::{Page, admit, caller::Admitted, status};
use journal::Loaded;
use proto::matching::v1 as wire;
use regulation::{Actor, PostingId, SolutionId, Text};
use time::OffsetDateTime;
use tonic::{Request, Status};

use super::{Door, only_own, sees_all, view};
use crate::{
    domain::{
        Bars,
        posting::{Command, Posting, Reason},
    },
    read,
};

impl Door {
    /// Loads a posting that the caller may see.
    pub(super) async fn posting(&self, actor: &Actor, id: &str) -> Result<Loaded<Posting>, Status> {
        let id: PostingId = status::parse("posting_id", id)?;
        let posting = self.desk.load::<Posting>("已发布需求", id).await?;
        let demander = posting.state.call().map(|call| call.owner.demander);
        let visible = demander.is_some() && (actor.unit == demander || sees_all(actor.role));
        if visible {
            Ok(posting)
        } else {
            Err(status::not_found("已发布需求"))
        }
    }

    /// When the solution's home told its seal to every node, if it has.
    async fn sealed_at(
        &self,
        actor: &Actor,
        posting_id: &str,
        solution_id: &str,
    ) -> Result<Option<OffsetDateTime>, Status> {
        let posting = self.posting(actor, posting_id).await?;
        let solution: SolutionId = status::parse("solution_id", solution_id)?;
        let received = posting.state.call();
        let received = received.and_then(|call| call.received.get(&solution));
        match received {
            Some(one) => read::sealed_at(&self.desk, one.dossier.seal(), one.region).await,
            None => Ok(None),
        }
    }

    /// A reason that a solver will read, with by what the demander could be recognised in it.
    async fn reason(&self, actor: &Actor, posting_id: &str, text: Text) -> Result<Reason, Status> {
        let posting = self.posting(actor, posting_id).await?;
        let names = self.demander_names(&posting.state).await?;
        Ok(Reason { text, names })
    }

    /// Who of a solution's team is barred now.
    async fn bars_of(
        &self,
        actor: &Actor,
        posting_id: &str,
        solution_id: &str,
    ) -> Result<Bars, Status> {
        let posting = self.posting(actor, posting_id).await?;
        let solution: SolutionId = status::parse("solution_id", solution_id)?;
        let call = posting.state.call();
        let received = call.and_then(|call| call.received.get(&solution));
        match received {
            Some(one) => self.bars("matching.select", &one.dossier.team).await,
            None => Ok(Bars::default()),
        }
    }

    /// Gives a command on one solution to a posting that the caller may see.
    async fn on_solution<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        names: (&str, &str, &str),
        command: impl FnOnce(SolutionId) -> Command,
    ) -> Result<wire::ReceivedSolution, Status> {
        let (request_id, posting_id, solution_id) = names;
        let request = asked.request(request_id)?;
        let posting = self.posting(&asked.actor, posting_id).await?;
        let solution: SolutionId = status::parse("solution_id", solution_id)?;
        let (id, command) = (posting.id, command(solution));
        let done = self
            .desk
            .execute::<Posting>(asked.actor, id, command, &request)
            .await?;
        let call = done
            .state
            .call()
            .ok_or_else(|| status::not_found("已发布需求"))?;
        let one = call
            .received
            .get(&solution)
            .ok_or_else(|| status::not_found("解决方案"))?;
        Ok(view::received(call, solution, one))
    }

    pub(super) async fn list_postings(
        &self,
        request: Request<wire::ListPostingsRequest>,
    ) -> Result<wire::ListPostingsResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let demander = only_own(&asked.actor)?;
        let mut rows = read::postings(&self.desk, demander, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let outlook = self.outlook().await?;
        let postings = rows.iter().map(|row| waiting(row, &outlook)).collect();
        Ok(wire::ListPostingsResponse {
            postings,
            next_page_token,
        })
    }

    pub(super) async fn get_posting(
        &self,
        request: Request<wire::GetPostingRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        Ok(waiting(&posting, &self.outlook().await?))
    }

    pub(super) async fn list_received_solutions(
        &self,
        request: Request<wire::ListReceivedSolutionsRequest>,
    ) -> Result<wire::ListReceivedSolutionsResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        let call = posting
            .state
            .call()
            .ok_or_else(|| status::not_found("已发布需求"))?;
        let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let rows = call
            .received
            .iter()
            .filter(|(id, _)| id.to_string() > page.after);
        let rows = rows.map(|(id, one)| view::received(call, *id, one));
        let mut solutions: Vec<_> = rows.take(limit).collect();
        let next_page_token = page.cut(&mut solutions, |row| row.solution_id.clone());
        Ok(wire::ListReceivedSolutionsResponse {
            solutions,
            next_page_token,
        })
    }

    pub(super) async fn open_solution(
        &self,
        request: Request<wire::OpenSolutionRequest>,
    ) -> Result<wire::ReceivedSolution, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let names = (
            &*message.request_id,
            &*message.posting_id,
            &*message.solution_id,
        );
        let sealed = self.sealed_at(&asked.actor, names.1, names.2).await?;
        self.on_solution(asked, names, |solution| {
            Command::OpenSolution(solution, sealed)
        })
        .await
    }

    pub(super) async fn dispose_solution(
        &self,
        request: Request<wire::DisposeSolutionRequest>,
    ) -> Result<wire::ReceivedSolution, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let reason: Text = status::parse("reason", &message.reason)?;
        let command: fn(SolutionId, Reason) -> Command = match message.disposition() {
            wire::Disposition::Shortlisted => Command::Shortlist,
            wire::Disposition::Declined => Command::Decline,
            _ => return Err(status::invalid("disposition", "请选择入围或不采用")),
        };
        let names = (
            &*message.request_id,
            &*message.posting_id,
            &*message.solution_id,
        );
        let reason = self.reason(&asked.actor, names.1, reason).await?;
        self.on_solution(asked, names, |solution| command(solution, reason))
            .await
    }

    pub(super) async fn select_solution(
        &self,
        request: Request<wire::SelectSolutionRequest>,
    ) -> Result<wire::ReceivedSolution, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let reason: Text = status::parse("reason", &message.reason)?;
        let task = status::parse("task_id", &message.task_id)?;
        let answer_until = status::optional("answer_until", &message.answer_until)?;
        let valid_until = status::optional("valid_until", &message.valid_until)?;
        let names = (
            &*message.request_id,
            &*message.posting_id,
            &*message.solution_id,
        );
        let reason = self.reason(&asked.actor, names.1, reason).await?;
        let bars = self.bars_of(&asked.actor, names.1, names.2).await?;
        self.on_solution(asked, names, |solution| Command::Select {
            task,
            solution,
            reason,
            answer_until,
            valid_until,
            bars,
        })
        .await
    }

    pub(super) async fn lapse_intent(
        &self,
        request: Request<wire::LapseIntentRequest>,
    ) -> Result<wire::ReceivedSolution, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let reason: Text = status::parse("reason", &message.reason)?;
        let names = (
            &*message.request_id,
            &*message.posting_id,
            &*message.solution_id,
        );
        let reason = self.reason(&asked.actor, names.1, reason).await?;
        self.on_solution(asked, names, |solution| Command::Lapse(solution, reason))
            .await
    }

    pub(super) async fn propose_reserve(
        &self,
        request: Request<wire::ProposeReserveRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        let supplement = status::parse("supplement", &asked.message.supplement)?;
        let situation = status::optional("other_situation", &asked.message.other_situation)?;
        let id = posting.id;
        let command = Command::ProposeReserve {
            supplement,
            situation,
        };
        let done = self
            .desk
            .execute::<Posting>(asked.actor, id, command, &request)
            .await?;
        Ok(view::posting(&done))
    }

    pub(super) async fn audit_reserve(
        &self,
        request: Request<wire::AuditReserveRequest>,
    ) -> Result<wire::Posting, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        let returned = if asked.message.approved {
            None
        } else {
            Some(status::parse::<Text>("reason", &asked.message.reason)?)
        };
        let (id, command) = (posting.id, Command::AuditReserve { returned });
        let done = self
            .desk
            .execute::<Posting>(asked.actor, id, command, &request)
            .await?;
        Ok(view::posting(&done))
    }
}

/// A posting, with whether its feedback waits while it is open.
fn waiting(posting: &Loaded<Posting>, outlook: &wire::FeedbackOutlook) -> wire::Posting {
    let shown = view::posting(posting);
    let feedback = (!shown.closed).then(|| outlook.clone());
    wire::Posting { feedback, ..shown }
}
