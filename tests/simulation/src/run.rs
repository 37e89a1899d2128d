//! Many histories, on all cores; what they reached; and the shortest form of one that fails.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    Breach, Stage,
    coverage::Item,
    fault::Fault,
    story::{Ending, Plot, Scenes, tell},
};

/// A history in which a law was broken.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// The law.
    pub breach: Breach,
}

/// What became of many histories.
#[derive(Debug, Default)]
pub struct Report {
    /// How many there were.
    pub histories: u64,
    /// How many reached each stage.
    pub reached: BTreeMap<Stage, u64>,
    /// Those in which a law was broken, by seed.
    pub failures: Vec<Failure>,
    /// How many reached what of the services, where that was asked for.
    pub seen: BTreeMap<Item, u64>,
}

impl Report {
    /// Percent of the histories that reached the stage.
    pub fn share(&self, stage: Stage) -> u64 {
        let reached = self.reached.get(&stage).copied().unwrap_or_default();
        reached * 100 / self.histories.max(1)
    }
}

/// Which histories are told, and how.
#[derive(Debug, Clone, Copy)]
pub struct Series {
    /// The first seed.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// What is broken on purpose.
    pub fault: Option<Fault>,
    /// Whether it is noted what of the services is reached.
    pub covered: bool,
}

impl Series {
    /// The first so many.
    pub fn first(count: u64) -> Self {
        Self {
            first: 0,
            count,
            fault: None,
            covered: false,
        }
    }
}

/// Tells many histories, and `after` each.
///
/// # Errors
/// A law that is broken before any history has begun.
pub fn many(series: Series, after: impl Fn() + Sync) -> Result<Report, Breach> {
    let Series {
        first,
        count,
        fault,
        covered,
    } = series;
    let scenes = Scenes::set()?;
    let next = AtomicU64::new(first);
    let report = Mutex::new(Report::default());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    let plot = Plot {
                        fault,
                        covered,
                        ..Plot::of(seed)
                    };
                    if let Some(ending) = tell(&scenes, &plot) {
                        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                        note(&mut report, seed, ending);
                    }
                    after();
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.failures.sort_by_key(|failure| failure.seed);
    Ok(report)
}

fn note(report: &mut Report, seed: u64, ending: Ending) {
    report.histories += 1;
    for stage in ending.stages {
        *report.reached.entry(stage).or_default() += 1;
    }
    for item in ending.seen {
        *report.seen.entry(item).or_default() += 1;
    }
    if let Some((breach, _)) = ending.breach {
        report.failures.push(Failure { seed, breach });
    }
}

/// The fewest steps of a history that were found in which the same law is still broken: whole
/// stretches are left out as long as that is so.
pub fn shortest(scenes: &Scenes, plot: &Plot) -> Plot {
    let law = |plot: &Plot| {
        let (breach, after) = tell(scenes, plot)?.breach?;
        Some((breach.law, after))
    };
    let Some((broken, after)) = law(plot) else {
        return plot.clone();
    };
    let mut best = plot.clone();
    best.steps
        .retain(|step| after.is_none_or(|after| *step <= after));
    let mut stretch = best.steps.len() / 2;
    while stretch > 0 {
        let mut start = 0;
        while start < best.steps.len() {
            let end = (start + stretch).min(best.steps.len());
            let mut shorter = best.clone();
            shorter.steps.drain(start..end);
            if law(&shorter).is_some_and(|(law, _)| law == broken) {
                best = shorter;
            } else {
                start = end;
            }
        }
        stretch /= 2;
    }
    best
}
