//! A published demand with one solution that its demander has read.

use matching::domain::{
    Posting,
    posting::{Command, meetings, questions},
};
use proto::matching::v1 as wire;
use regulation::{Region, Role, Text};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::nodes::{DEMANDER, Nodes, SOLVER, content, demand, fresh, posting_of, record};

/// By what the demander could be recognised.
pub(crate) const NAME: &str = "隐名半导体有限公司";

pub(crate) fn text(text: &str) -> Text {
    text.parse().unwrap()
}

/// Three nodes, one published demand, one solution that was fed back.
pub(crate) struct Started {
    pub(crate) nodes: Nodes,
    pub(crate) blind_id: String,
    pub(crate) posting_id: String,
    pub(crate) solution_id: String,
}

impl Started {
    /// Up to the feedback.
    pub(crate) async fn fed_back() -> Self {
        let nodes = Nodes::start().await;
        let entries = nodes
            .publish(&[(demand(1), record("光刻胶树脂", "集成电路"))])
            .await;
        let request = wire::CreateSolutionRequest {
            request_id: fresh(),
            blind_id: entries[0].blind_id.clone(),
            content: Some(content()),
        };
        let mut member = nodes.solver.to_member(SOLVER);
        let draft = member.create_solution(request).await.unwrap().into_inner();
        nodes.submit(&draft).await;
        nodes.settle().await;
        let started = Self {
            nodes,
            blind_id: entries[0].blind_id.clone(),
            posting_id: posting_of(demand(1)),
            solution_id: draft.solution_id,
        };
        started.feedback().await;
        started
    }

    /// Up to the demander's reading.
    pub(crate) async fn opened() -> Self {
        let started = Self::fed_back().await;
        started.open().await.unwrap();
        started
    }

    pub(crate) async fn feedback(&self) {
        self.nodes.pass(1);
        self.nodes.heartbeats(&[]).await;
        let cut_off = self.nodes.hub.desk.clock().now() - Duration::SECOND;
        let request = wire::GiveFeedbackRequest {
            request_id: fresh(),
            cut_off: cut_off.format(&Rfc3339).unwrap(),
            ..Default::default()
        };
        let mut secretariat = self.nodes.hub.to(Role::Secretariat);
        secretariat.give_feedback(request).await.unwrap();
        self.nodes.settle().await;
    }

    pub(crate) async fn open(&self) -> Result<wire::ReceivedSolution, tonic::Status> {
        let request = wire::OpenSolutionRequest {
            request_id: fresh(),
            posting_id: self.posting_id.clone(),
            solution_id: self.solution_id.clone(),
        };
        let mut demander = self.nodes.home.to_member(DEMANDER);
        demander
            .open_solution(request)
            .await
            .map(tonic::Response::into_inner)
    }

    /// A command of the demander, as its door gives it once registry has said its names.
    pub(crate) async fn demander(&self, command: Command) -> Result<(), tonic::Status> {
        let home = &self.nodes.home;
        let done = home
            .give::<Posting>(home.member(DEMANDER), &self.posting_id, command)
            .await;
        self.nodes.settle().await;
        done
    }

    pub(crate) async fn answer(&self, question_id: &str, with: &str) -> Result<(), tonic::Status> {
        let answer = questions::Command::Answer {
            question: question_id.parse().unwrap(),
            answer: text(with),
            names: vec![NAME.to_owned()],
        };
        self.demander(Command::Question(answer)).await
    }

    /// The demander selects the solution for a task.
    pub(crate) async fn select(&self, task: u128) -> Result<(), tonic::Status> {
        self.nodes
            .select(&self.posting_id, &self.solution_id, task)
            .await
    }

    /// Arranges a meeting in so many days; gives its id.
    pub(crate) async fn arrange(&self, with: Option<&str>, days: i64) -> String {
        let starts_at = self.nodes.home.desk.clock().now() + Duration::days(days);
        let slot = matching::domain::Slot::new(
            starts_at,
            starts_at + Duration::hours(2),
            text("线上会议室"),
            text("技术路线与验证条件"),
        );
        let meeting = chassis::clock::Ids.random::<matching::domain::MeetingId>();
        let arrange = meetings::Command::Arrange {
            meeting,
            with: with.map(|with| with.parse().unwrap()),
            slot: Box::new(slot.unwrap()),
            registering: None,
            names: vec![NAME.to_owned()],
        };
        self.demander(Command::Meeting(arrange)).await.unwrap();
        meeting.to_string()
    }

    pub(crate) async fn posting(&self) -> wire::Posting {
        let posting_id = self.posting_id.clone();
        let request = wire::GetPostingRequest { posting_id };
        let mut officer = self.nodes.home.to(Role::Officer);
        officer.get_posting(request).await.unwrap().into_inner()
    }

    pub(crate) async fn solution(&self, role: Option<Role>) -> wire::Solution {
        let solution_id = self.solution_id.clone();
        let request = wire::GetSolutionRequest { solution_id };
        let node = &self.nodes.solver;
        let mut reader = role.map_or_else(|| node.to_member(SOLVER), |role| node.to(role));
        reader.get_solution(request).await.unwrap().into_inner()
    }

    /// As anybody sees it at the solver's node.
    pub(crate) async fn entry(&self) -> wire::CatalogueItem {
        let request = wire::GetCatalogueEntryRequest {
            blind_id: self.blind_id.clone(),
            ..Default::default()
        };
        let mut anyone = self.nodes.solver.to(Role::Expert);
        anyone
            .get_catalogue_entry(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// The day ends: the hub tells all what waited.
    pub(crate) async fn day_ends(&self) {
        self.nodes.pass(1);
        self.nodes.hub.fire(&[]).await;
        self.nodes.settle().await;
    }

    /// Until when the solver's node was heard, if it is heard now.
    pub(crate) fn heard_now(&self) -> [(Region, OffsetDateTime); 1] {
        let now = self.nodes.home.desk.clock().now();
        [(self.nodes.solver.desk.region(), now)]
    }
}
