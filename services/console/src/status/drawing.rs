//! The regions around this node, each with a line that says how it is heard.

use std::{f64::consts::TAU, time::Duration};

use maud::{Markup, html};
use proto::exchange::v1::RegionState;
use regulation::Region;

use super::{chains::name, health::Health};
use crate::words;

/// The picture, in units of its own.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 300.0;
/// From the middle to the others.
const REACH: (f64, f64) = (172.0, 104.0);
/// Of a region's disc.
const RADIUS: f64 = 34.0;

struct Spot<'a> {
    region: &'a RegionState,
    health: Health,
    x: f64,
    y: f64,
}

/// The drawing; the table beside it says the same in words.
pub(super) fn drawing(here: Region, regions: &[RegionState], late_after: Duration) -> Markup {
    let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
    let spots = spots(regions, late_after);
    html! {
        figure.map {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
                aria-label=(format!("{}节点与其他成员的连接示意图", here.name())) {
                @for spot in &spots {
                    line class={ "wire " (spot.health.class()) }
                        x1=(x) y1=(y) x2=(spot.x) y2=(spot.y) {}
                }
                @for spot in &spots { (label(spot, (x, y))) }
                @for spot in &spots {
                    (disc(spot.health.class(), spot.x, spot.y, &name(&spot.region.region)))
                }
                (disc("own", x, y, here.name()))
            }
            figcaption {
                span.key.good { "同步" }
                span.key.catching { "补齐中" }
                span.key.behind { "落后" }
                span.key.never { "尚未听到" }
            }
        }
    }
}

fn spots(regions: &[RegionState], late_after: Duration) -> Vec<Spot<'_>> {
    let others: Vec<_> = regions.iter().filter(|region| !region.own).collect();
    let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
    let place = |(index, region): (u32, &'_ &'_ RegionState)| {
        let turn = (f64::from(index) + 0.5) / f64::from(count) * TAU - TAU / 4.0;
        (
            (WIDTH / 2.0 + REACH.0 * turn.cos()).round(),
            (HEIGHT / 2.0 + REACH.1 * turn.sin()).round(),
            Health::of(region, late_after),
        )
    };
    (0..)
        .zip(&others)
        .map(|(index, region)| {
            let (x, y, health) = place((index, region));
            Spot {
                region,
                health,
                x,
                y,
            }
        })
        .collect()
}

fn label(spot: &Spot<'_>, (x, y): (f64, f64)) -> Markup {
    let age = words::ago(spot.region.heartbeat_age_seconds);
    html! {
        text.age x=(f64::midpoint(x, spot.x)) y=(f64::midpoint(y, spot.y)) {
            (age.unwrap_or_else(|| "从未".to_owned()))
        }
    }
}

fn disc(class: &str, x: f64, y: f64, name: &str) -> Markup {
    html! {
        g class={ "disc " (class) } {
            circle cx=(x) cy=(y) r=(RADIUS) {}
            text x=(x) y=(y) { (name) }
        }
    }
}
