//! The dialogue of a demander with solvers, step by step.

use std::num::NonZeroU32;

use time::Duration;

use super::{super::*, Step, World, solver};
use crate::domain::{
    posting::{
        Command, disclosure, meetings,
        questions::{self, Release},
    },
    words::{DialogueCommand, QuestionCommand, RegistrationCommand, SolutionCommand},
};

/// By what the demander could be recognised.
const NAMES: &str = "隐名股份有限公司";
const ROADSHOW: u128 = 0x80AD;

fn question(n: usize) -> QuestionId {
    id(0x9000 + n as u128)
}

fn one_to_one(n: usize) -> MeetingId {
    id(0x1000 + n as u128)
}

impl World {
    pub(super) fn speak(&mut self, step: &Step) {
        let names = || vec![NAMES.to_owned()];
        match *step {
            Step::Ask(n) => self.ask(n),
            Step::Answer(n) => self.demander(Command::Question(questions::Command::Answer {
                question: question(n),
                answer: text("由需求方提供。"),
                names: names(),
            })),
            Step::Release(n, publish) => {
                let release = if publish {
                    Release::Publish
                } else {
                    Release::Withhold(text("与任务无关"))
                };
                let release = questions::Command::Release(question(n), release);
                self.department(Command::Question(release));
            }
            Step::Roadshow => self.arrange(id(ROADSHOW), None),
            Step::ReleaseRoadshow => {
                let release = meetings::Command::Release(id(ROADSHOW), None);
                self.department(Command::Meeting(release));
            }
            Step::Invite(n) => self.arrange(one_to_one(n), Some(solver(n).2)),
            Step::Accept(n) => {
                let answer = DialogueCommand::Answer {
                    meeting: one_to_one(n),
                    accepted: true,
                    note: None,
                };
                self.solve(n, SolutionCommand::Dialogue(answer));
            }
            Step::Register(n) => self.register(n),
            Step::Unregister(n) => self.unregister(n),
            Step::Minute(n) => self.demander(Command::Meeting(meetings::Command::Minute {
                meeting: one_to_one(n),
                minutes: text("达成共识"),
                names: names(),
            })),
            Step::Disclose(n) => {
                let word = text("同意公开");
                let disclose = disclosure::Command::Disclose(one_to_one(n), word);
                self.demander(Command::Disclosure(disclose));
            }
            Step::ProposeNaming(to) => {
                let to = to.map(|n| solver(n).2);
                let propose = disclosure::Command::ProposeNaming(to, text("现场踏勘"));
                self.demander(Command::Disclosure(propose));
            }
            Step::DecideNaming(approved) => {
                let refused = (!approved).then(|| text("理由不足"));
                let decide = disclosure::Command::DecideNaming(refused);
                self.department(Command::Disclosure(decide));
            }
            _ => {}
        }
    }

    fn ask(&mut self, n: usize) {
        let (region, unit, _) = solver(n);
        let command = QuestionCommand::Ask {
            blind_id: blind(),
            open: true,
            text: text("指标如何测？"),
            names: vec![],
        };
        self.federation
            .give::<Question>(region, member(unit, region), question(n), command);
    }

    fn arrange(&mut self, meeting: MeetingId, with: Option<SolutionId>) {
        let starts_at = self.federation.now + Duration::days(2);
        let ends_at = starts_at + Duration::HOUR;
        let slot = Slot::new(starts_at, ends_at, text("线上"), text("技术路线"));
        self.demander(Command::Meeting(meetings::Command::Arrange {
            meeting,
            with,
            slot: Box::new(slot.unwrap()),
            registering: with.is_none().then(|| Registering {
                capacity: NonZeroU32::MIN,
                until: Day::of(self.federation.now),
            }),
            names: vec![NAMES.to_owned()],
        }));
    }

    /// As the door does, with what the node was told of the roadshow; here: what the hub has.
    fn register(&mut self, n: usize) {
        let (region, unit, _) = solver(n);
        let known: SolutionBox = self.federation.state(Region::HUB, blind());
        let Some(notice) = known.forum.roadshows.get(&id(ROADSHOW)) else {
            return;
        };
        let command = RegistrationCommand::Register {
            blind_id: blind(),
            meeting: id(ROADSHOW),
            roadshow: RoadshowFacts {
                open: !known.closed,
                cancelled: notice.cancelled,
                registering: notice.registering,
                starts_at: notice.slot.starts_at(),
            },
            unit: TeamStanding::default(),
        };
        self.registration(region, unit, command);
    }

    fn unregister(&mut self, n: usize) {
        let (region, unit, _) = solver(n);
        let starts_at = self.federation.now + Duration::DAY;
        self.registration(region, unit, RegistrationCommand::Withdraw { starts_at });
    }

    fn registration(&mut self, region: Region, unit: UnitId, command: RegistrationCommand) {
        let registration = RegistrationId::of(unit, id(ROADSHOW));
        let actor = member(unit, region);
        self.federation
            .give::<Registration>(region, actor, registration, command);
    }
}
