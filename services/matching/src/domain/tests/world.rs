//! One published demand in a federation in memory, with everybody who deals with it.

use std::{collections::BTreeSet, num::NonZeroU32};

use prost::Message as _;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    evaluation::v1::{ListEntry, ListProposed},
    intake::v1::{DemandOwnerRecorded, DemandWithdrawn, TaskRevised},
    message::{Audience, Message, Scope},
};
use regulation::{DecisionId, PostingId};

use super::{
    federation::{Federation, HOME, home},
    rules_of_solutions::content,
    *,
};
use crate::domain::{
    posting::{self, Pick, Posting, reserve},
    words::{FeedbackCommand, ListCommand, SolutionCommand},
};

pub(super) const SECRET_UNIT: UnitId =
    UnitId(Uuid::from_u128(0xD0D0_D0D0_1234_4567_89AB_CDEF_D0D0_D0D0));
const SECRET_DEMAND: DemandId = DemandId(Uuid::from_u128(0xDE));
const DECISION: DecisionId = DecisionId(Uuid::from_u128(0xDEC));
const AFFILIATED_SOLVER: usize = 3;

/// Something somebody does.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Submit(usize, u8),
    Feedback,
    Open(usize),
    Shortlist(usize),
    Decline(usize),
    Select(usize, u8),
    Confirm(usize),
    Lapse(usize),
    Withdraw(usize),
    Propose,
    Audit,
    GiveBack,
    Revise(u8),
    CloseDemand,
    Pass(u8),
    Deliver(usize, bool),
}

/// A federation in which one demand was published.
pub(super) struct World {
    pub(super) federation: Federation,
    feedbacks: u128,
}

fn solver(n: usize) -> (Region, UnitId, SolutionId) {
    let region = if n.is_multiple_of(2) {
        Region::ZJ
    } else {
        Region::SH
    };
    let unit = if n == AFFILIATED_SOLVER {
        AFFILIATE
    } else {
        id(0x50 + n as u128)
    };
    (region, unit, id(0x5000 + n as u128))
}

fn posting_id() -> PostingId {
    Posting::id(SECRET_DEMAND)
}

fn tasks() -> Vec<Task> {
    vec![
        task(1, Mode::Challenge),
        task(2, Mode::Racing(NonZeroU32::new(2).unwrap())),
    ]
}

impl World {
    pub(super) fn published() -> Self {
        let mut federation = Federation::new();
        let record = record(tasks());
        let owner = DemandOwnerRecorded {
            demand_id: SECRET_DEMAND.to_string(),
            demander_unit_id: SECRET_UNIT.to_string(),
            affiliate_unit_ids: vec![AFFILIATE.to_string()],
            record: Some((&record).into()),
        };
        federation.say(home(), Message::node("d", &owner));
        let entry = ListEntry {
            demand_id: SECRET_DEMAND.to_string(),
            region: HOME.into(),
            listed: true,
            record: Some((&record).into()),
            ..Default::default()
        };
        let unlisted = ListEntry {
            listed: false,
            ..Default::default()
        };
        let list = ListProposed {
            year: 2024,
            entries: vec![entry, unlisted],
            ..Default::default()
        };
        let decision = DecisionInForce {
            decision_id: DECISION.to_string(),
            kind: DecisionKind::List.into(),
            document: list.encode_to_vec(),
            ..Default::default()
        };
        federation.say(
            Region::HUB,
            Message::share(Audience::All, DECISION, &decision),
        );
        federation.settle();
        let publish = ListCommand::Publish {
            blind_ids: vec![blind()],
            first: 1,
        };
        let secretariat = Actor::person("sec", Role::Secretariat, Region::HUB);
        assert!(federation.give::<PublishedList>(Region::HUB, secretariat, DECISION, publish));
        federation
            .said
            .retain(|(_, message)| message.kind.starts_with("matching."));
        Self {
            federation,
            feedbacks: 0,
        }
    }

    fn demander(&mut self, command: posting::Command) {
        let actor = member(SECRET_UNIT, home());
        self.federation
            .give::<Posting>(home(), actor, posting_id(), command);
    }

    fn department(&mut self, returned: Option<Text>) {
        let actor = Actor::person("director", Role::Director, home());
        let command = posting::Command::AuditReserve { returned };
        self.federation
            .give::<Posting>(home(), actor, posting_id(), command);
    }

    fn solve(&mut self, n: usize, command: SolutionCommand) {
        let (region, unit, solution) = solver(n);
        let actor = member(unit, region);
        self.federation
            .give::<Solution>(region, actor, solution, command);
    }

    pub(super) fn step(&mut self, step: &Step) {
        let reason = || text("综合比选");
        match *step {
            Step::Submit(n, mask) => self.submit(n, mask),
            Step::Feedback => self.feedback(),
            Step::Open(n) => self.demander(posting::Command::OpenSolution(solver(n).2)),
            Step::Shortlist(n) => self.demander(posting::Command::Shortlist(solver(n).2, reason())),
            Step::Decline(n) => self.demander(posting::Command::Decline(solver(n).2, reason())),
            Step::Select(n, task) => {
                let (task, solution) = (id(task.into()), solver(n).2);
                self.demander(posting::Command::Select {
                    task,
                    solution,
                    reason: reason(),
                });
            }
            Step::Confirm(n) => self.solve(n, SolutionCommand::ConfirmIntent),
            Step::Lapse(n) => self.demander(posting::Command::Lapse(solver(n).2, reason())),
            Step::Withdraw(n) => {
                self.solve(
                    n,
                    SolutionCommand::Withdraw {
                        reason: Some(reason()),
                    },
                );
            }
            Step::Propose => self.demander(posting::Command::ProposeReserve(text("补充"))),
            Step::Audit => self.department(None),
            Step::GiveBack => self.department(Some(reason())),
            Step::Revise(n) => self.revise(n),
            Step::CloseDemand => {
                let withdrawn = DemandWithdrawn {
                    demand_id: SECRET_DEMAND.to_string(),
                };
                let message = Message::node("d", &withdrawn);
                self.federation.say(home(), message);
            }
            Step::Pass(days) => self.federation.pass(days.into()),
            Step::Deliver(link, twice) => {
                self.federation.deliver(link, twice);
            }
        }
    }

    fn submit(&mut self, n: usize, mask: u8) {
        let wanted: Vec<u128> = (1..3)
            .filter(|task| mask & task != 0)
            .map(u128::from)
            .collect();
        let call = CallFacts {
            blind_id: blind(),
            number: "2024-0001".parse().unwrap(),
            tasks: [id(1), id(2)].into(),
            open: true,
        };
        let content = Box::new(content(&wanted));
        self.solve(
            n,
            SolutionCommand::Write {
                call: call.clone(),
                content,
            },
        );
        self.solve(
            n,
            SolutionCommand::Submit {
                call,
                team: TeamStanding::default(),
            },
        );
    }

    fn feedback(&mut self) {
        self.feedbacks += 1;
        let actor = Actor::person("sec", Role::Secretariat, Region::HUB);
        let command = FeedbackCommand::Give {
            cut_off: self.federation.now - time::Duration::SECOND,
            demands: [blind()].into(),
            without: None,
        };
        let feedback: FeedbackId = id(0xFEED_0000 + self.feedbacks);
        self.federation
            .give::<FeedbackRound>(Region::HUB, actor, feedback, command);
    }

    /// Intake asks before it revises: a task that has its solver is not changed.
    fn revise(&mut self, n: u8) {
        let posting: Posting = self.federation.state(home(), posting_id());
        let Posting::Open(call) = &posting else {
            return;
        };
        let task = tasks().swap_remove(usize::from(n) - 1);
        if call.picks.contains_key(&task.id) {
            return;
        }
        let revised = Task {
            revision: 2,
            ..task
        };
        let told = TaskRevised {
            demand_id: SECRET_DEMAND.to_string(),
            task: Some((&revised).into()),
        };
        let command = posting::Command::ReviseTask(Box::new(revised));
        let actor = Actor::system(home());
        assert!(
            self.federation
                .give::<Posting>(home(), actor, posting_id(), command)
        );
        self.federation
            .said
            .push((home(), Message::node("d", &told)));
    }

    pub(super) fn check(&self) {
        let posting: Posting = self.federation.state(home(), posting_id());
        let Some(call) = posting.call() else { return };
        for task in &call.owner.record.tasks {
            let picked = call.picks.get(&task.id).map_or(0, BTreeMap::len);
            assert!(
                picked <= task.mode.solvers_max(),
                "{picked} for {:?}",
                task.mode
            );
        }
        let audited = call.audited();
        assert!(
            audited.is_subset(&call.matches()),
            "the pool holds what is over"
        );
        let expected: BTreeSet<TaskId> = audited.iter().map(|(task, _)| *task).collect();
        match call.pool_status() {
            None => assert!(audited.is_empty()),
            Some(reserve::Status::Matched) => assert_eq!(expected.len(), tasks().len()),
            Some(reserve::Status::PartlyMatched) => {
                assert!((1..tasks().len()).contains(&expected.len()));
            }
            Some(reserve::Status::Left) => panic!("in the pool with nothing matched"),
        }
        assert!(
            !call
                .picks
                .values()
                .any(|picks| picks.contains_key(&solver(AFFILIATED_SOLVER).2))
        );
    }

    /// Once everything has arrived, all nodes say the same.
    pub(super) fn agree(&mut self) {
        self.federation.settle();
        let posting: Posting = self.federation.state(home(), posting_id());
        let call = posting.call().unwrap();
        let solution_box: SolutionBox = self.federation.state(Region::HUB, blind());
        let known = solution_box
            .pool
            .map_or(reserve::Status::Left, |pool| pool.status);
        assert_eq!(known, call.pool_status().unwrap_or(reserve::Status::Left));
        assert_eq!(solution_box.closed, matches!(posting, Posting::Closed(_)));
        for n in 0..4 {
            let (region, _, solution) = solver(n);
            let state: Solution = self.federation.state(region, solution);
            let picked = call.selected(solution, false);
            let agreed = call.selected(solution, true);
            match state.0.map(|case| case.stage) {
                Some(Stage::Selected(word)) => assert_eq!(word.tasks, picked),
                Some(Stage::Intent(word)) => {
                    assert_eq!((&word.tasks, &word.tasks), (&picked, &agreed));
                }
                _ => assert_eq!(picked, BTreeSet::new()),
            }
        }
        let asked = call.picks.values().flat_map(|picks| picks.values());
        assert!(
            asked
                .copied()
                .all(|pick| matches!(pick, Pick::Asked | Pick::Agreed))
        );
    }

    /// Nothing that leaves tells who demands; nothing that others than hub and home get tells the
    /// demand or its region. [Art. 10]
    pub(super) fn search(&self) {
        let unit = forms(SECRET_UNIT.0);
        let demand = forms(SECRET_DEMAND.0);
        let affiliate = forms(AFFILIATE.0);
        for (_, message) in &self.federation.said {
            let Scope::Share(audience) = message.scope else {
                continue;
            };
            let mut text = message.body.clone();
            text.extend(message.aggregate.bytes());
            text.extend(message.kind.bytes());
            let hidden = |what: &[u8]| !text.windows(what.len()).any(|bytes| bytes == what);
            let contact = b"PRIVATE-CONTACT".to_vec();
            let private = unit.iter().chain([&contact]);
            let knows = matches!(audience, Audience::One(to) if to.is_hub() || to == home());
            let more: Vec<Vec<u8>> = if knows {
                Vec::new()
            } else {
                let mut more = vec![HOME.as_bytes().to_vec()];
                more.extend(demand.iter().chain(&affiliate).cloned());
                more
            };
            for what in private.chain(&more) {
                assert!(
                    hidden(what),
                    "{} to {audience} tells {what:02x?}",
                    message.kind
                );
            }
        }
    }
}

/// An id as text, upper-case text, without hyphens, and as bytes.
fn forms(id: Uuid) -> Vec<Vec<u8>> {
    let (text, plain) = (id.to_string(), id.simple().to_string());
    vec![
        text.to_uppercase().into(),
        text.into(),
        plain.into(),
        id.as_bytes().to_vec(),
    ]
}
