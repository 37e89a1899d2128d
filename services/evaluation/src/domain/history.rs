//! Random histories of a whole round over five nodes, through the real doors: messages in any
//! order that a link allows, twice, experts who cast, declare conflicts, come late, and a
//! secretariat that tries to close too early.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use journal::{Act, Stored, Undecided};
use panel::Seed;
use proptest::prelude::*;
use proto::{
    evaluation::v1::{BallotInvited, DrawProposed},
    intake::v1::{DemandAccepted, DemandOwnerRecorded},
    message::{Audience, Incoming, Message, PublicEvent, Scope},
    registry::v1::{ExpertOrigin, ExpertPooled, PooledExpert},
};
use regulation::{Actor, Context, ExpertId, Refusal, Region, Role, UnitId};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    Ballot, BallotCommand, Entry, EvaluationRound, Opening, Profile, Quota, RoundCommand,
    SeatState, Waivable, sample,
};
use crate::{publish, react};

const HOMES: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const EXPERTS: u8 = 10;

/// Demand 1 comes from Shanghai and its demander is unit 1 with affiliate 2; demand 2 comes from
/// Jiangsu and its demander is unit 5. Expert n works for unit n.
fn conflicted(demand: u128, employer: UnitId) -> bool {
    let units: &[u128] = if demand == 1 { &[1, 2] } else { &[5] };
    units.iter().any(|unit| sample::unit(*unit) == employer)
}

fn home_of(expert: u8) -> Region {
    HOMES[usize::from(expert) % HOMES.len()]
}

struct World {
    now: OffsetDateTime,
    states: BTreeMap<(Region, &'static str, String), Stored>,
    /// What each node said and the others have not heard yet.
    said: BTreeMap<Region, VecDeque<Incoming>>,
    told: Vec<(Region, Message)>,
    dead: Vec<Refusal>,
    next: u128,
}

impl World {
    fn new() -> Self {
        Self {
            now: sample::now(),
            states: BTreeMap::new(),
            said: BTreeMap::new(),
            told: Vec::new(),
            dead: Vec::new(),
            next: 1,
        }
    }

    fn context(&self, node: Region, actor: Actor) -> Context {
        let until = |region: &Region| match self.said.get(region).and_then(VecDeque::front) {
            Some(unheard) => unheard.at - Duration::microseconds(1),
            None => self.now,
        };
        let heard = HOMES.iter().map(|region| (*region, until(region))).collect();
        Context { now: self.now, actor, heard, ..sample::context(node) }
    }

    fn say(&mut self, origin: Region, message: Message) {
        self.next += 1;
        let incoming = Incoming {
            id: Uuid::from_u128(self.next),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate.clone(),
            at: self.now,
            body: message.body.clone(),
            traceparent: None,
        };
        self.told.push((origin, message));
        self.said.entry(origin).or_default().push_back(incoming);
    }

    fn act(&mut self, node: Region, actor: Actor, act: &Act) -> Result<(), Refusal> {
        self.now += Duration::seconds(1);
        let context = self.context(node, actor);
        let key = (node, act.kind(), act.id().to_owned());
        let decided = match act.decide(self.states.get(&key), &context) {
            Ok(decided) => decided,
            Err(Undecided::Refused(refusal)) => return Err(*refusal),
            Err(unreadable) => panic!("{unreadable}"),
        };
        if !decided.facts.is_empty() {
            self.states.insert(key, decided.stored());
        }
        for message in decided.messages {
            self.say(node, message);
        }
        Ok(())
    }

    /// Delivers the next message of a node to whom it is for; sometimes twice.
    fn deliver(&mut self, origin: Region, twice: bool) {
        let Some(message) = self.said.get_mut(&origin).and_then(VecDeque::pop_front) else {
            return;
        };
        for node in HOMES.into_iter().chain([Region::HUB]) {
            for _ in 0..=u8::from(twice) {
                let context = self.context(node, Actor::system(node));
                for act in react::react(&message, &context).unwrap() {
                    if let Err(refusal) = self.act(node, Actor::system(node), &act) {
                        self.dead.push(refusal);
                    }
                }
            }
        }
    }

    fn settle(&mut self) {
        while self.said.values().any(|queue| !queue.is_empty()) {
            for origin in HOMES.into_iter().chain([Region::HUB]) {
                self.deliver(origin, false);
            }
        }
    }

    fn round(&self) -> EvaluationRound {
        let key = (Region::HUB, "evaluation_round", sample::round().to_string());
        serde_json::from_str(&self.states[&key].state).unwrap()
    }

    fn ballots(&self) -> Vec<(Region, Ballot)> {
        let ballots = self.states.iter().filter(|((_, kind, _), _)| *kind == "ballot");
        ballots
            .map(|((node, ..), stored)| (*node, serde_json::from_str(&stored.state).unwrap()))
            .collect()
    }

    fn secretariat(&mut self, command: RoundCommand) -> Result<(), Refusal> {
        let actor = Actor::person("wang", Role::Secretariat, Region::HUB);
        self.act(Region::HUB, actor, &Act::new::<EvaluationRound>(sample::round(), command))
    }

    fn expert(&mut self, number: usize, command: BallotCommand) {
        let ballots = self.ballots();
        let Some((node, ballot)) = ballots.get(number % ballots.len().max(1)) else { return };
        let invitation = ballot.invitation().unwrap();
        let actor = Actor {
            expert: Some(invitation.expert),
            ..Actor::person("zhao", Role::Expert, *node)
        };
        let act = Act::new::<Ballot>(invitation.ballot, command);
        // Late, twice, in conflict: refused at home, and that is the end of it.
        let _ = self.act(*node, actor, &act);
    }
}

fn entries() -> [Entry; 2] {
    [sample::entry(1, Region::SH), sample::entry(2, Region::JS)]
}

fn profiles() -> BTreeMap<ExpertId, Profile> {
    (1..=EXPERTS)
        .map(|n| (sample::expert(n.into()), sample::profile(n, home_of(n), n.into())))
        .collect()
}

/// What intake and registry say before a round is opened.
fn prologue(world: &mut World) {
    for (number, entry) in (1_u128..).zip(entries()) {
        let demand_id = entry.demand.to_string();
        let record = Some(entry.record.to_wire());
        let (demander, affiliates) = if number == 1 { (1, vec![2]) } else { (5, vec![]) };
        let owner = DemandOwnerRecorded {
            demand_id: demand_id.clone(),
            demander_unit_id: sample::unit(demander).to_string(),
            affiliate_unit_ids: affiliates.iter().map(|u| sample::unit(*u).to_string()).collect(),
            record: record.clone(),
        };
        world.say(entry.region, Message::node(&demand_id, &owner));
        let accepted = DemandAccepted {
            demand_id: demand_id.clone(),
            record,
            policy_version: "yrd-2023-1".to_owned(),
            accepted_at: publish::timestamp(world.now),
        };
        world.say(entry.region, Message::share(Audience::HUB, &demand_id, &accepted));
    }
    for (expert, profile) in profiles() {
        let pooled = ExpertPooled {
            expert: Some(PooledExpert {
                expert_id: expert.to_string(),
                person_key: profile.person.to_string(),
                region: profile.region.to_string(),
                employer_unit_id: profile.employer.to_string(),
                origin: ExpertOrigin::Invited.into(),
                fields: profile.fields.iter().map(ToString::to_string).collect(),
                keywords: vec![],
                active: true,
            }),
        };
        world.say(profile.region, Message::share(Audience::HUB, expert, &pooled));
    }
}

fn drawn(seed: [u8; 32]) -> World {
    let mut world = World::new();
    prologue(&mut world);
    let quota = Quota { places: 1, reason: "年度安排".parse().unwrap() };
    let opening = Opening {
        round: sample::round(),
        year: 2024,
        quotas: BTreeMap::from([("集成电路".parse().unwrap(), quota)]),
        panel_size: Some(3),
        alternates: Some(2),
        deadline: sample::deadline(),
        batch: entries().into_iter().map(|entry| (entry.demand, entry)).collect(),
        seed: Seed::from(seed),
    };
    world.secretariat(RoundCommand::Open(Box::new(opening))).unwrap();
    world.secretariat(RoundCommand::Draw { pool: profiles() }).unwrap();
    world
}

#[derive(Debug, Clone)]
enum Step {
    Deliver { origin: usize, twice: bool },
    Cast { ballot: usize, points: u32 },
    Conflict { ballot: usize },
    Wait { hours: i64 },
    Waive { ballot: usize },
    WaiveDemand { demand: u128 },
    Close,
    Propose,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0_usize..5, any::<bool>()).prop_map(|(origin, twice)| Step::Deliver { origin, twice }),
        8 => (0_usize..9, 0_u32..=100).prop_map(|(ballot, points)| Step::Cast { ballot, points }),
        2 => (0_usize..9).prop_map(|ballot| Step::Conflict { ballot }),
        2 => (1_i64..240).prop_map(|hours| Step::Wait { hours }),
        2 => (0_usize..9).prop_map(|ballot| Step::Waive { ballot }),
        1 => (1_u128..=2).prop_map(|demand| Step::WaiveDemand { demand }),
        2 => Just(Step::Close),
        1 => Just(Step::Propose),
    ]
}

fn take(world: &mut World, step: Step) {
    let reason = || "专家联系不上".parse().unwrap();
    match step {
        Step::Deliver { origin, twice } => {
            let origin = HOMES.into_iter().chain([Region::HUB]).nth(origin).unwrap();
            world.deliver(origin, twice);
        }
        Step::Cast { ballot, points } => {
            let sheet = sample::sheet(points);
            world.expert(ballot, BallotCommand::Cast { sheet, salt: [9; 32] });
        }
        Step::Conflict { ballot } => world.expert(ballot, BallotCommand::DeclareConflict),
        Step::Wait { hours } => world.now += Duration::hours(hours),
        Step::Waive { ballot } => {
            let round = world.round();
            let seats = round.table().map(|table| table.seats.keys().copied().collect::<Vec<_>>());
            if let Some(id) = seats.and_then(|seats| seats.get(ballot).copied()) {
                let what = Waivable::Ballot(id);
                let _ = world.secretariat(RoundCommand::Waive { what, reason: reason() });
            }
        }
        Step::WaiveDemand { demand } => {
            let what = Waivable::Demand(sample::demand(demand));
            let _ = world.secretariat(RoundCommand::Waive { what, reason: reason() });
        }
        Step::Close => {
            let before = world.round();
            let context = world.context(Region::HUB, Actor::system(Region::HUB));
            if world.secretariat(RoundCommand::Close { withdrawn: BTreeSet::new() }).is_ok() {
                closed_rightly(&before, &context);
            }
        }
        Step::Propose => {
            let _ = world.secretariat(RoundCommand::Propose { withdrawn: BTreeSet::new() });
        }
    }
}

/// A round closes only with all ballots, or waivers and everybody heard past the deadline.
fn closed_rightly(before: &EvaluationRound, context: &Context) {
    let table = before.table().unwrap();
    let end = table.setup.deadline.end();
    for seat in table.seats.values() {
        match seat.state {
            SeatState::Invited | SeatState::Late { .. } => panic!("closed without {seat:?}"),
            SeatState::Waived(_) => assert!(context.heard[&seat.region] >= end),
            _ => {}
        }
    }
    for bench in table.benches.values() {
        assert!(bench.waiver.is_some() || (bench.answered && bench.vacant == 0));
    }
}

/// Nobody scores something of their own employer, twice, or late; what counts is what was sealed.
fn holds(world: &World) {
    let round = world.round();
    let Some(table) = round.table() else { return };
    let mut seen = BTreeSet::new();
    let homes: BTreeMap<_, _> = world
        .ballots()
        .into_iter()
        .map(|(node, ballot)| (ballot.invitation().unwrap().ballot, (node, ballot)))
        .collect();
    for (id, seat) in &table.seats {
        assert!(seen.insert((seat.demand, seat.expert)), "two ballots of one expert");
        let number = if seat.demand == sample::demand(1) { 1 } else { 2 };
        let employer = table.roster[&seat.expert].employer;
        assert!(!conflicted(number, employer), "{:?} judges their own employer", seat.expert);
        let (SeatState::Cast { .. } | SeatState::Revealed(_)) = &seat.state else { continue };
        let (node, ballot) = &homes[id];
        let sealed = ballot.sealed().unwrap();
        assert_eq!(*node, seat.region);
        assert!(sealed.at <= table.setup.deadline.end());
        match &seat.state {
            SeatState::Revealed(sheet) => assert_eq!(*sheet, sealed.sheet),
            SeatState::Cast { commitment, .. } => assert_eq!(*commitment, sealed.commitment),
            _ => {}
        }
    }
}

/// What crosses the border names no demander; what experts' homes are told names no demand and no
/// region that sent it; what a ballot says is told only once the round is closed.
fn nothing_leaks(world: &World) {
    let draw_kind = DrawProposed::KIND;
    for (origin, message) in &world.told {
        let text = String::from_utf8_lossy(&message.body);
        let crosses = matches!(message.scope, Scope::Share(_));
        let evaluation = message.kind.starts_with("evaluation.");
        if crosses && evaluation && message.kind != draw_kind {
            for unit in [1, 2, 5] {
                assert!(!text.contains(&sample::unit(unit).to_string()), "{}", message.kind);
            }
        }
        if message.kind == draw_kind {
            assert!(origin.is_hub() && message.scope != Scope::Share(Audience::All));
        }
        if message.kind == BallotInvited::KIND {
            for demand in [1, 2] {
                assert!(!text.contains(&sample::demand(demand).to_string()));
            }
        }
        if message.kind == "evaluation.ballot.cast" {
            assert!(!text.contains(sample::REASON));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_nobody_scores_twice_late_or_at_home_and_nothing_leaks(
        seed: [u8; 32], steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = drawn(seed);
        for step in steps {
            take(&mut world, step);
            holds(&world);
        }
        nothing_leaks(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }

    #[test]
    fn an_undisturbed_round_ends_in_a_list(seed: [u8; 32], points in 0_u32..=100) {
        let mut world = drawn(seed);
        world.settle();
        for ballot in 0..6 {
            let points = points.saturating_sub(u32::try_from(ballot).unwrap());
            let sheet = sample::sheet(points);
            world.expert(ballot, BallotCommand::Cast { sheet, salt: [3; 32] });
        }
        world.settle();
        world.secretariat(RoundCommand::Close { withdrawn: BTreeSet::new() }).unwrap();
        world.settle();
        world.secretariat(RoundCommand::Propose { withdrawn: BTreeSet::new() }).unwrap();
        holds(&world);
        let round = world.round();
        let proposal = round.proposal().unwrap();
        prop_assert_eq!(proposal.standings.len(), 2);
        prop_assert!(proposal.standings.values().filter(|s| s.listed).count() <= 1);
        nothing_leaks(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }
}
