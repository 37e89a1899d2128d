//! Which regions work together in how many projects, drawn.

use std::f64::consts::TAU;

use maud::{Markup, html};
use proto::coordination::v1::RegionTie;

use crate::regions::{in_order, name};

/// The middle of the picture, and from there to the regions.
const MIDDLE: (f64, f64) = (180.0, 130.0);
const REACH: (f64, f64) = (130.0, 92.0);
/// Of a region's disc.
const RADIUS: f64 = 30.0;
/// The widest line.
const WIDEST: i64 = 14;
/// The thinnest line.
const THINNEST: i64 = 2;

/// The drawing, and the same as a list for who can't see it.
pub(super) fn drawing(ties: &[RegionTie]) -> Markup {
    let ties: Vec<_> = ties.iter().filter(|tie| tie.projects > 0).collect();
    let regions = in_order(ties.iter().flat_map(|tie| [&tie.region_a, &tie.region_b]));
    let most = ties.iter().map(|tie| tie.projects).max().unwrap_or(1);
    let spot = |region: &str| {
        let index = regions
            .iter()
            .position(|other| *other == region)
            .unwrap_or(0);
        spot(index, regions.len())
    };
    html! {
        @if !ties.is_empty() {
            figure.ties {
                figcaption { "共同承担项目的地区" }
                svg viewBox="0 0 360 260" aria-hidden="true" {
                    @for tie in &ties {
                        @let ((x1, y1), (x2, y2)) = (spot(&tie.region_a), spot(&tie.region_b));
                        line x1=(x1) y1=(y1) x2=(x2) y2=(y2) stroke-width=(width(tie.projects, most)) {}
                    }
                    @for region in &regions {
                        @let (x, y) = spot(region);
                        circle cx=(x) cy=(y) r=(RADIUS) {}
                        text x=(x) y=(y) { (name(region)) }
                    }
                }
                ul.pairs {
                    @for tie in &ties {
                        li { (name(&tie.region_a)) "与" (name(&tie.region_b)) " " (tie.projects) " 项" }
                    }
                }
            }
        }
    }
}

fn width(projects: i64, most: i64) -> i64 {
    let share = i128::from(projects) * i128::from(WIDEST) / i128::from(most.max(1));
    i64::try_from(share)
        .unwrap_or(WIDEST)
        .clamp(THINNEST, WIDEST)
}

/// Around the middle, the first at the upper left.
fn spot(index: usize, count: usize) -> (f64, f64) {
    let of = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let turn = (of(index) + 0.5) / of(count.max(1)) * TAU - TAU / 2.0;
    let (x, y) = (
        MIDDLE.0 + REACH.0 * turn.cos(),
        MIDDLE.1 + REACH.1 * turn.sin(),
    );
    (x.round(), y.round())
}
