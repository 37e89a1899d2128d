//! One published demand in a federation in memory, with everybody who deals with it.

mod after;
mod speaking;

use std::{collections::BTreeSet, num::NonZeroU32};

use prost::Message as _;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    evaluation::v1::{ListEntry, ListProposed},
    intake::v1::{DemandOwnerRecorded, DemandWithdrawn, TaskRevised},
    matching::v1 as wire,
    message::{Audience, Message},
};
use regulation::{DecisionId, PostingId};

use super::{
    federation::{Federation, HOME, home},
    rules_of_solutions::content,
    *,
};
use crate::domain::{
    posting::{self, Posting, reserve},
    words::{FeedbackCommand, ListCommand, SolutionCommand},
};

pub(super) const SECRET_UNIT: UnitId =
    UnitId(Uuid::from_u128(0xD0D0_D0D0_1234_4567_89AB_CDEF_D0D0_D0D0));
pub(super) const SECRET_DEMAND: DemandId = DemandId(Uuid::from_u128(0xDE));
/// The demander's people: on no node but home.
pub(super) const CONTACT: &str = "OUYANG-PRIVATE-CONTACT";
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
    Propose(bool),
    Audit,
    GiveBack,
    Revise(u8),
    Anew(usize),
    Ask(usize),
    Answer(usize),
    Release(usize, bool),
    Roadshow,
    ReleaseRoadshow,
    Register(usize),
    Unregister(usize),
    Invite(usize),
    Accept(usize),
    Minute(usize),
    Disclose(usize),
    ProposeNaming(Option<usize>),
    DecideNaming(bool),
    CloseDemand,
    Pass(u8),
    Deliver(usize, bool),
}

fn call() -> CallFacts {
    CallFacts {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        tasks: [id(1), id(2)].into(),
        open: true,
    }
}

/// A federation in which one demand was published.
pub(super) struct World {
    pub(super) federation: Federation,
    feedbacks: u128,
}

pub(super) fn solver(n: usize) -> (Region, UnitId, SolutionId) {
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

pub(super) fn posting_id() -> PostingId {
    Posting::id(SECRET_DEMAND)
}

pub(super) fn tasks() -> Vec<Task> {
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
            contact: CONTACT.to_owned(),
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

    pub(super) fn demander(&mut self, command: posting::Command) {
        let actor = member(SECRET_UNIT, home());
        self.federation
            .give::<Posting>(home(), actor, posting_id(), command);
    }

    pub(super) fn department(&mut self, command: posting::Command) {
        let actor = Actor::person("director", Role::Director, home());
        self.federation
            .give::<Posting>(home(), actor, posting_id(), command);
    }

    fn audit(&mut self, returned: Option<Text>) {
        self.department(posting::Command::AuditReserve { returned });
    }

    /// The door looks for the seal among what the solution's home told everybody.
    fn open(&mut self, n: usize) {
        let solution = solver(n).2;
        let posting: Posting = self.federation.state(home(), posting_id());
        let received = posting.call().and_then(|call| call.received.get(&solution));
        let seal = received.map(|one| one.dossier.seal());
        let told = self.federation.told::<wire::SolutionSealed>();
        let sealed = seal.filter(|seal| told.iter().any(|told| told.seal == seal.as_bytes()));
        let at = received.map(|one| one.cut_off).filter(|_| sealed.is_some());
        self.demander(posting::Command::OpenSolution(solution, at));
    }

    pub(super) fn solve(&mut self, n: usize, command: SolutionCommand) {
        let (region, unit, solution) = solver(n);
        let actor = member(unit, region);
        self.federation
            .give::<Solution>(region, actor, solution, command);
    }

    pub(super) fn step(&mut self, step: &Step) {
        let why = || text("综合比选");
        let reason = || super::reason("综合比选");
        match *step {
            Step::Submit(n, mask) => self.submit(n, mask),
            Step::Feedback => self.feedback(),
            Step::Open(n) => self.open(n),
            Step::Shortlist(n) => self.demander(posting::Command::Shortlist(solver(n).2, reason())),
            Step::Decline(n) => self.demander(posting::Command::Decline(solver(n).2, reason())),
            Step::Select(n, task) => {
                let (task, solution) = (id(task.into()), solver(n).2);
                self.demander(posting::Command::Select {
                    task,
                    solution,
                    reason: reason(),
                    answer_until: None,
                    valid_until: None,
                    bars: Bars::default(),
                });
            }
            Step::Confirm(n) => self.solve(n, SolutionCommand::ConfirmIntent(Bars::default())),
            Step::Lapse(n) => self.demander(posting::Command::Lapse(solver(n).2, reason())),
            Step::Withdraw(n) => {
                self.solve(
                    n,
                    SolutionCommand::Withdraw {
                        reason: Some(why()),
                    },
                );
            }
            Step::Propose(other) => {
                let supplement = text("补充");
                self.demander(posting::Command::ProposeReserve {
                    supplement,
                    situation: other.then(why),
                });
            }
            Step::Audit => self.audit(None),
            Step::GiveBack => self.audit(Some(why())),
            Step::Revise(n) => self.revise(n),
            Step::Anew(n) => self.anew(n),
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
            ref spoken => self.speak(spoken),
        }
    }

    /// Step by step, and everything arrives.
    pub(super) fn run(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
            self.federation.settle();
            self.check();
        }
    }

    fn submit(&mut self, n: usize, mask: u8) {
        let wanted: Vec<u128> = (1..3)
            .filter(|task| mask & task != 0)
            .map(u128::from)
            .collect();
        let (call, salt) = (call(), salt(1));
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
                salt,
            },
        );
    }

    fn anew(&mut self, n: usize) {
        let (region, _, solution) = solver(n);
        let state: Solution = self.federation.state(region, solution);
        let Some(case) = state.0 else { return };
        let content = Content {
            months: case.content.months + 1,
            ..case.content
        };
        let command = SolutionCommand::Revise {
            call: call(),
            team: TeamStanding::default(),
            content: Box::new(content),
            salt: salt(2),
        };
        self.solve(n, command);
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

    /// Intake asks before it proposes; whether a selection was quicker the posting says.
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
            number: i32::try_from(call.revision).unwrap() + 1,
            ..Default::default()
        };
        self.federation.say(home(), Message::node("d", &told));
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
            Some(reserve::Status::Other) => assert!(audited.is_empty() && !call.picks.is_empty()),
            Some(reserve::Status::Left) => panic!("in the pool with nothing matched"),
        }
        assert!(
            !call
                .picks
                .values()
                .any(|picks| picks.contains_key(&solver(AFFILIATED_SOLVER).2))
        );
        for told in &call.disclosures {
            match (&told.meeting, &told.approved_by) {
                (Some(_), None) => {}
                (None, Some(approved_by)) => assert_ne!(*approved_by, told.given_by),
                other => panic!("told on nobody's word: {other:?}"),
            }
        }
    }
}
