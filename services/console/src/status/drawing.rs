//! The regions around this node, each with a line that says how it is heard.

use std::{f64::consts::TAU, time::Duration};

use maud::{Markup, html};
use proto::exchange::v1::RegionState;
use regulation::Region;

use super::health::Health;
use crate::{regions::name, words};

/// This node, in the middle.
const MIDDLE: (f64, f64) = (260.0, 0.0);
/// From there to the others.
const REACH: (f64, f64) = (218.0, 108.0);
/// Of a region's disc.
const RADIUS: f64 = 34.0;
/// Between a disc and the edge of the picture.
const MARGIN: f64 = 6.0;

struct Spot<'a> {
    region: &'a RegionState,
    health: Health,
    x: f64,
    y: f64,
}

/// The drawing; the table beside it says the same in words.
pub(super) fn drawing(here: Region, regions: &[&RegionState], late_after: Duration) -> Markup {
    let spots = spots(regions, late_after);
    let (x, y) = MIDDLE;
    html! {
        figure.map {
            svg viewBox=(frame(&spots)) role="img"
                aria-label=(format!("{}节点与其他成员的连接示意图", here.name())) {
                @for spot in &spots {
                    line class={ "wire " (spot.health.class()) }
                        x1=(x) y1=(y) x2=(spot.x) y2=(spot.y) {}
                }
                @for spot in &spots { (label(spot)) }
                @for spot in &spots {
                    (disc(spot.health.class(), (spot.x, spot.y), &name(&spot.region.region)))
                }
                (disc("own", MIDDLE, here.name()))
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

/// What of the plane is shown: just all discs.
fn frame(spots: &[Spot<'_>]) -> String {
    let edge = RADIUS + MARGIN;
    let top = spots.iter().map(|spot| spot.y).fold(MIDDLE.1, f64::min) - edge;
    let bottom = spots.iter().map(|spot| spot.y).fold(MIDDLE.1, f64::max) + edge;
    format!("0 {top} {} {}", 2.0 * MIDDLE.0, bottom - top)
}

fn spots<'a>(regions: &[&'a RegionState], late_after: Duration) -> Vec<Spot<'a>> {
    let others: Vec<_> = regions.iter().filter(|region| !region.own).collect();
    let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
    let spot = |(index, region): (u32, &&&'a RegionState)| {
        let turn = (f64::from(index) + 0.5) / f64::from(count) * TAU - TAU / 4.0;
        Spot {
            region,
            health: Health::of(region, late_after),
            x: (MIDDLE.0 + REACH.0 * turn.cos()).round(),
            y: (MIDDLE.1 + REACH.1 * turn.sin()).round(),
        }
    };
    (0..).zip(&others).map(spot).collect()
}

fn label(spot: &Spot<'_>) -> Markup {
    let age = words::ago(spot.region.heartbeat_age_seconds);
    let x = f64::midpoint(MIDDLE.0, spot.x);
    let y = f64::midpoint(MIDDLE.1, spot.y);
    html! {
        text.age x=(x) y=(y) { (age.unwrap_or_else(|| "从未".to_owned())) }
    }
}

fn disc(class: &str, (x, y): (f64, f64), name: &str) -> Markup {
    html! {
        g class={ "disc " (class) } {
            circle cx=(x) cy=(y) r=(RADIUS) {}
            text x=(x) y=(y) { (name) }
        }
    }
}
