//! A history: people, messages, cuts, crashes and time, step by step from a seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use coordination::domain::decision::Stage as DecisionStage;
use regulation::{Policy, PolicyBook, Region, YRD_2023_1, YRD_2024_1};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{
    archive::Archive,
    cast::{Cast, Part},
    coverage::{self, Item},
    dice::Dice,
    fault::Fault,
    laws::{Breach, Laws},
    notary::Notary,
    people,
    service::Name,
    stages::{self, Stage},
    temper::Temper,
    words::given,
    world::World,
};

/// When every history begins.
const START: OffsetDateTime = datetime!(2024-05-06 9:00 +8);
/// Steps of a history.
pub const STEPS: u64 = 200;
/// When a region changes what it has said, where one does.
const REWRITTEN: u64 = STEPS / 2;
/// How little there has to be done for people to wait rather than do something.
const PATIENCE: usize = 60;
/// From this step on years may pass: little is left to be done by then.
const LATE: u64 = STEPS * 5 / 6;
/// Steps in which a list is published at the latest, where nothing else is to be done.
const PUBLISHED_BY: u64 = 2_000;
/// How far people look ahead.
const FAR: Duration = Duration::weeks(20);
/// Casts there are; a history's follows from its seed.
pub const CASTS: u64 = 8;

/// What the world looks like when a history begins: units and experts are registered, everybody
/// knows of them.
struct Scene {
    world: World,
    cast: Cast,
}

impl Scene {
    /// The scene of a cast.
    ///
    /// # Errors
    /// A law that is broken before the history has begun.
    fn new(number: u64) -> Result<Self, Breach> {
        let mut dice = Dice::of(u64::MAX - number, 0);
        let policies = given(PolicyBook::new(vec![
            given(Policy::parse(YRD_2023_1)),
            given(Policy::parse(YRD_2024_1)),
        ]));
        let cast = Cast::new(&mut dice);
        let mut world = World::new(START, &Arc::new(policies), dice);
        let mut laws = Laws::default();
        for _ in 0..3 {
            for unit in &cast.units {
                // One demander is left for the history itself to qualify.
                let late = unit.part == Part::Solver && unit.id == cast.units[2].id;
                let wishes: Vec<_> = people::registry::of_unit(&world, unit).collect();
                let calls = wishes.into_iter().filter(|_| !late);
                for (_, wish) in calls.filter(|(_, wish)| !wish.is_toggle()) {
                    if let Some(call) = people::registry::call(&mut world, &cast, wish) {
                        world.ask(&call);
                    }
                }
            }
        }
        for expert in &cast.experts {
            let call = people::registry::expert(expert);
            world.ask(&call);
        }
        world.settle();
        let news = std::mem::take(&mut world.news);
        laws.look(&world, &cast, &news)?;
        Laws::settled(&world, &cast)?;
        Ok(Self { world, cast })
    }

    /// What became of it by the time at which solvers can see something: a list is published.
    ///
    /// # Errors
    /// A law that is broken on the way.
    fn later(&self, number: u64) -> Result<Self, Breach> {
        let mut world = self.world.copy();
        let mut laws = Laws::default();
        for step in 1..PUBLISHED_BY {
            world.dice = Dice::of(u64::MAX - CASTS - number, step);
            take(&mut world, &self.cast, 0);
            let news = std::mem::take(&mut world.news);
            laws.look(&world, &self.cast, &news)?;
            if people::matching::postings(&world).any(|(_, _, posting)| posting.call().is_some()) {
                break;
            }
        }
        world.settle();
        let news = std::mem::take(&mut world.news);
        laws.look(&world, &self.cast, &news)?;
        Laws::settled(&world, &self.cast)?;
        Ok(Self {
            world,
            cast: self.cast.clone(),
        })
    }
}

/// The scenes of all casts: at the beginning, and later.
pub struct Scenes(BTreeMap<u64, [Scene; 2]>);

impl Scenes {
    /// Sets all of them.
    ///
    /// # Errors
    /// A law that is broken before any history has begun.
    pub fn set() -> Result<Self, Breach> {
        let scenes = (0..CASTS).map(|number| {
            let first = Scene::new(number)?;
            let later = first.later(number)?;
            Ok((number, [first, later]))
        });
        scenes.collect::<Result<_, _>>().map(Self)
    }

    /// Where a history begins.
    fn of(&self, seed: u64) -> Option<&Scene> {
        let [first, later] = self.0.get(&(seed % CASTS))?;
        Some(if Temper::of(seed).late() {
            later
        } else {
            first
        })
    }
}

/// Which history it is, and how it is told.
#[derive(Debug, Clone)]
pub struct Plot {
    /// All chance comes from this.
    pub seed: u64,
    /// The steps that happen, of those that the seed has; they do not depend on one another.
    pub steps: Vec<u64>,
    /// What is broken on purpose.
    pub fault: Option<Fault>,
    /// Whether every line is kept.
    pub verbose: bool,
    /// Whether everything is also decided as the journal does it, from and to JSON.
    pub stored: bool,
    /// Whether it is noted what of the services is reached.
    pub covered: bool,
}

impl Plot {
    /// The whole history of a seed.
    pub fn of(seed: u64) -> Self {
        Self {
            seed,
            steps: (1..=STEPS).collect(),
            fault: None,
            verbose: false,
            stored: false,
            covered: false,
        }
    }
}

/// How a history went.
#[derive(Debug)]
pub struct Ending {
    /// The law that did not hold, with the step after which that was seen; none after the last.
    pub breach: Option<(Breach, Option<u64>)>,
    /// The stages that it reached.
    pub stages: Vec<Stage>,
    /// What happened, where the plot asked for it.
    pub lines: Vec<String>,
    /// What of the services was reached, where the plot asked for it.
    pub seen: BTreeSet<Item>,
}

/// Lets a history happen.
pub fn tell(scenes: &Scenes, plot: &Plot) -> Option<Ending> {
    let scene = scenes.of(plot.seed)?;
    let mut world = scene.world.copy();
    world.fault = plot.fault;
    world.temper = Temper::of(plot.seed);
    world.lines = plot.verbose.then(Vec::new);
    world.archive = plot.stored.then(Archive::default);
    let before = scene.world.nodes.iter();
    let before = before.map(|(region, node)| (*region, node.border.chain.len()));
    world.notary = world.temper.proven().then(|| Notary::new(before));
    let mut laws = Laws::default();
    let (mut breach, mut seen) = (None, BTreeSet::new());
    let mut look = |world: &mut World| {
        let news = std::mem::take(&mut world.news);
        if plot.covered {
            coverage::reached(&news, &mut seen);
        }
        laws.look(world, &scene.cast, &news)
    };
    for step in &plot.steps {
        world.dice = Dice::of(plot.seed, *step);
        world.note(|_| format!("── step {step}"));
        if *step == REWRITTEN && world.temper.false_one() {
            rewrite(&mut world);
        }
        take(&mut world, &scene.cast, *step);
        if let Err(broken) = look(&mut world) {
            breach = Some((broken, Some(*step)));
            break;
        }
    }
    if breach.is_none() {
        world.dice = Dice::of(plot.seed, 0);
        world.note(|_| "── everything arrives".to_owned());
        world.settle();
        breach = look(&mut world)
            .and_then(|()| Laws::settled(&world, &scene.cast))
            .err()
            .map(|broken| (broken, None));
    }
    Some(Ending {
        breach,
        stages: stages::reached(&world),
        lines: world.lines.take().unwrap_or_default(),
        seen,
    })
}

/// One step: mostly messages move or somebody does something, sometimes a cut, or time passes.
fn take(world: &mut World, cast: &Cast, step: u64) {
    world.now += world.dice.moment(Duration::minutes(20));
    world.fire();
    match world.dice.below(100) {
        0..30 => world.tick(),
        30..92 => somebody(world, cast),
        92..95 => {
            let regions = world.regions();
            let node = regions[world.dice.below(regions.len())];
            let cut = world.dice.percent(60);
            world.note(|_| format!("{node} is {}", if cut { "cut off" } else { "back" }));
            world.cut(node, cut);
        }
        95 if world.dice.percent(50) => jump(world, step > LATE),
        95..98 => {
            let hours = Duration::hours(30);
            pass(world, hours);
        }
        _ => {
            world.settle();
            world.note(|_| "everything arrives".to_owned());
        }
    }
}

fn somebody(world: &mut World, cast: &Cast) {
    let wishes = people::wishes(world, cast);
    let eager: usize = wishes.iter().map(|(weight, _)| weight).sum();
    // Where little is to be done, people wait for what is under way or for a day to come.
    if world.dice.below(eager + PATIENCE) < PATIENCE {
        if world.dice.percent(40) {
            world.tick();
        } else {
            until_something_is_due(world);
        }
        return;
    }
    let Some(wish) = people::chosen(&mut world.dice, &wishes) else {
        return;
    };
    let Some(mut call) = people::call(world, cast, wish) else {
        return;
    };
    if world.dice.percent(12) {
        call = people::twisted(world, cast, call);
    }
    world.ask(&call);
}

fn pass(world: &mut World, longest: Duration) {
    world.now += world.dice.moment(longest);
    world.fire();
    world.note(|_| "time passes".to_owned());
}

/// A clock is set: back or forth by up to ten minutes; or a credit record runs out, years later.
fn jump(world: &mut World, late: bool) {
    let last_days = people::credit::records(world).filter_map(|(_, _, record)| {
        let effect = record.0.as_ref()?.effect()?;
        Some(effect.until.end())
    });
    let last = last_days.max();
    if let (Some(last), true) = (last, late && world.dice.percent(60)) {
        world.settle();
        world.note(|_| "years pass".to_owned());
        world.now = world.now.max(last) + Duration::HOUR;
        world.settle();
        return;
    }
    let regions = world.regions();
    let region = regions[world.dice.below(regions.len())];
    let skew = Duration::seconds(i64::try_from(world.dice.below(1_200)).unwrap_or_default() - 600);
    world.note(|_| format!("the clock of {region} jumps to {skew}"));
    if let Some(node) = world.nodes.get_mut(&region) {
        node.skew = skew;
    }
}

/// When the version begins that was decided in this history.
fn later_policy(world: &World) -> Option<OffsetDateTime> {
    let hub = world.service(Region::HUB, Name::Intake)?;
    let decided = |policy: &&Arc<Policy>| hub.policies.decided_at(policy).is_some();
    let mut versions = hub.policies.versions().iter().rev();
    Some(versions.find(decided)?.in_force_from.start())
}

/// A region changes what it has said, and hopes that nobody compares.
fn rewrite(world: &mut World) {
    world.note(|_| "a region rewrites its past".to_owned());
    if let Some(notary) = &mut world.notary {
        notary.rewrite(&mut world.dice);
    }
}

/// The next deadline passes that somebody waits for, and everything that was under way arrives.
fn until_something_is_due(world: &mut World) {
    world.settle();
    let now = world.now;
    let rounds = people::evaluation::rounds(world).filter_map(|(_, round)| match round {
        evaluation::domain::EvaluationRound::Drawn(table)
        | evaluation::domain::EvaluationRound::Scoring(table) => Some(table.setup.deadline.end()),
        _ => None,
    });
    let decisions = people::coordination::decisions(world).filter_map(|(_, decision)| {
        match &decision.opened()?.stage {
            DecisionStage::Publicity { period, .. } => Some(period.look_at),
            _ => None,
        }
    });
    let calls = people::matching::postings(world)
        .filter_map(|(_, _, posting)| Some(posting.call()?.listing.terms.call_until.end()));
    let meetings = people::matching::postings(world)
        .filter_map(|(_, _, posting)| posting.call())
        .flat_map(|call| {
            call.meetings
                .values()
                .map(|meeting| meeting.slot.starts_at())
        });
    let timers = world.nodes.values().flat_map(|node| node.services.values());
    let timers = timers
        .flat_map(|process| process.timers.values())
        .filter(|timer| !timer.fired && timer.due < now + FAR)
        .map(|timer| timer.due);
    // The later version's first day comes once it is decided.
    let decided = world
        .temper
        .deciding()
        .then(|| later_policy(world))
        .flatten();
    let due = rounds
        .chain(decisions)
        .chain(calls)
        .chain(meetings)
        .chain(timers)
        .chain(decided)
        .filter(|due| *due > now)
        .min();
    if let Some(due) = due {
        world.now = due + Duration::minutes(5);
        world.fire();
        world.note(|_| "a deadline has passed".to_owned());
    }
}
