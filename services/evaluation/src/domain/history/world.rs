//! Five nodes in one process, with what each said on its way to the others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use evidence::Digest;
use journal::{Act, Armed, Stored, Undecided};
use panel::Seed;
use proto::{
    intake::v1::{DemandAccepted, DemandOwnerRecorded},
    message::{Audience, Incoming, Message},
    registry::v1::{ExpertOrigin, ExpertPooled, PooledExpert},
};
use regulation::{Actor, Context, ExpertId, Refusal, Region, Role, UnitId};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    domain::{
        Ballot, BallotCommand, Chase, Entry, EvaluationRound, Opening, Profile, Quota,
        RoundCommand, SeedKeeping, sample,
    },
    react,
};

pub(super) const HOMES: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const EXPERTS: u8 = 10;

/// Whether the employer is the demander or its affiliate. Demand 1 comes from Shanghai and its demander is unit 1 with affiliate 2; demand 2 comes from
/// Jiangsu and its demander is unit 5. Expert n works for unit n.
pub(super) fn conflicted(demand: u128, employer: UnitId) -> bool {
    let units: &[u128] = if demand == 1 { &[1, 2] } else { &[5] };
    units.iter().any(|unit| sample::unit(*unit) == employer)
}

fn home_of(expert: u8) -> Region {
    HOMES[usize::from(expert) % HOMES.len()]
}

pub(super) struct World {
    pub(super) now: OffsetDateTime,
    pub(super) states: BTreeMap<(Region, &'static str, String), Stored>,
    /// What each node said and the others have not heard yet.
    pub(super) said: BTreeMap<Region, VecDeque<Incoming>>,
    pub(super) told: Vec<(Region, Message)>,
    pub(super) dead: Vec<Refusal>,
    pub(super) next: u128,
    alarms: BTreeMap<(Region, &'static str, String), Vec<Armed>>,
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
            alarms: BTreeMap::new(),
        }
    }

    pub(super) fn context(&self, node: Region, actor: Actor) -> Context {
        let until = |region: &Region| match self.said.get(region).and_then(VecDeque::front) {
            Some(unheard) => unheard.at - Duration::microseconds(1),
            None => self.now,
        };
        let heard = HOMES
            .iter()
            .map(|region| (*region, until(region)))
            .collect();
        Context {
            now: self.now,
            actor,
            heard,
            ..sample::context(node)
        }
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
            self.states.insert(key.clone(), decided.stored());
            self.alarms.insert(key, decided.alarms);
        }
        for message in decided.messages {
            self.say(node, message);
        }
        Ok(())
    }

    /// Time goes by, and what falls due happens.
    pub(super) fn wait(&mut self, hours: i64) {
        self.now += Duration::hours(hours);
        for _ in 0..20 {
            let due = self.alarms.iter().find_map(|((node, ..), alarms)| {
                let alarm = alarms.iter().find(|alarm| alarm.due <= self.now)?;
                Some((*node, alarm.act.clone()))
            });
            let Some((node, act)) = due else { return };
            self.act(node, Actor::system(node), &act).unwrap();
        }
        panic!("an alarm goes off for ever");
    }

    /// Every member's seed, where there is one.
    pub(super) fn seeds(&self) -> Vec<[u8; 32]> {
        let keepings = self
            .states
            .iter()
            .filter(|((_, kind, _), _)| *kind == "seed_keeping");
        let keepings = keepings.filter_map(|(_, stored)| {
            let keeping: SeedKeeping = serde_json::from_str(&stored.state).unwrap();
            keeping.seed().map(|seed| *seed.bytes())
        });
        keepings.collect()
    }

    /// Delivers the next message of a node to whom it is for; sometimes twice.
    pub(super) fn deliver(&mut self, origin: Region, twice: bool) {
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

    pub(super) fn settle(&mut self) {
        while self.said.values().any(|queue| !queue.is_empty()) {
            for origin in HOMES.into_iter().chain([Region::HUB]) {
                self.deliver(origin, false);
            }
        }
    }

    pub(super) fn round(&self) -> EvaluationRound {
        let key = (Region::HUB, "evaluation_round", sample::round().to_string());
        serde_json::from_str(&self.states[&key].state).unwrap()
    }

    pub(super) fn ballots(&self) -> Vec<(Region, Ballot)> {
        let ballots = self
            .states
            .iter()
            .filter(|((_, kind, _), _)| *kind == "ballot");
        ballots
            .map(|((node, ..), stored)| (*node, serde_json::from_str(&stored.state).unwrap()))
            .collect()
    }

    pub(super) fn secretariat(&mut self, command: RoundCommand) -> Result<(), Refusal> {
        let actor = Actor::person("wang", Role::Secretariat, Region::HUB);
        self.act(
            Region::HUB,
            actor,
            &Act::new::<EvaluationRound>(sample::round(), command),
        )
    }

    pub(super) fn expert(&mut self, number: usize, command: BallotCommand) {
        let ballots = self.ballots();
        let Some((node, ballot)) = ballots.get(number % ballots.len().max(1)) else {
            return;
        };
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
        .map(|n| {
            (
                sample::expert(n.into()),
                sample::profile(n, home_of(n), n.into()),
            )
        })
        .collect()
}

/// What intake and registry say before a round is opened.
fn prologue(world: &mut World) {
    for (number, entry) in (1_u128..).zip(entries()) {
        let demand_id = entry.demand.to_string();
        let record = Some(entry.record.to_wire());
        let (demander, affiliates) = if number == 1 {
            (1, vec![2])
        } else {
            (5, vec![])
        };
        let owner = DemandOwnerRecorded {
            demand_id: demand_id.clone(),
            demander_unit_id: sample::unit(demander).to_string(),
            affiliate_unit_ids: affiliates
                .iter()
                .map(|u| sample::unit(*u).to_string())
                .collect(),
            record: record.clone(),
            ..Default::default()
        };
        world.say(entry.region, Message::node(&demand_id, &owner));
        let accepted = DemandAccepted {
            demand_id: demand_id.clone(),
            record,
            policy_version: "yrd-2023-1".to_owned(),
            accepted_at: draws::timestamp(world.now),
        };
        world.say(
            entry.region,
            Message::share(Audience::HUB, &demand_id, &accepted),
        );
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
        world.say(
            profile.region,
            Message::share(Audience::HUB, expert, &pooled),
        );
    }
}

/// A round is open, and no member has heard of it.
pub(super) fn opened(seed: [u8; 32]) -> World {
    let mut world = World::new();
    prologue(&mut world);
    let quota = Quota {
        places: 1,
        reason: "年度安排".parse().unwrap(),
    };
    let opening = Opening {
        round: sample::round(),
        year: 2024,
        quotas: BTreeMap::from([("集成电路".parse().unwrap(), quota)]),
        panel_size: Some(3),
        alternates: Some(2),
        deadline: sample::deadline(),
        batch: entries()
            .into_iter()
            .map(|entry| (entry.demand, entry))
            .collect(),
        cut_off: None,
        without: BTreeMap::new(),
        chase: Some(Chase {
            reminder_days: 3,
            reply_days: 6,
        }),
        mask: Digest([6; 32]),
        seed: Seed::from(seed),
    };
    world
        .secretariat(RoundCommand::Open(Box::new(opening)))
        .unwrap();
    world
}

/// The pool is frozen.
pub(super) fn draw() -> RoundCommand {
    RoundCommand::Draw {
        pool: profiles(),
        barred: BTreeSet::new(),
    }
}

/// A round is drawn, and no home has heard of it.
pub(super) fn drawn(seed: [u8; 32]) -> World {
    let mut world = opened(seed);
    world.settle();
    world.secretariat(draw()).unwrap();
    while !world.said[&Region::HUB].is_empty() {
        world.deliver(Region::HUB, false);
    }
    for home in HOMES {
        while !world.said[&home].is_empty() {
            world.deliver(home, false);
        }
    }
    world
}
