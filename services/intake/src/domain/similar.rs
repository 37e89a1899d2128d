//! How much two demands say the same: a warning, never a refusal.

use recommend::similar::Sketch;
use regulation::{BlindId, DemandId, UnitId};
use serde::{Deserialize, Serialize};

use crate::record::Record;

/// Earlier demands that are shown at most.
pub const SHOWN_MAX: usize = 5;

/// An earlier demand that is nearly the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    /// How much of the shorter wording stands in the other, too; 0 to 100.
    pub percent: u32,
    /// Which it is.
    pub earlier: Earlier,
}

/// Where an earlier demand is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Earlier {
    /// A demand of this node.
    Here {
        /// The demand.
        demand: DemandId,
        /// Whose it is; nobody else hears of it but the department.
        demander: UnitId,
    },
    /// A demand that is published.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
}

impl Similar {
    /// Whether a member of the unit may hear of it.
    pub fn may_be_told_to(&self, unit: Option<UnitId>) -> bool {
        match self.earlier {
            Earlier::Here { demander, .. } => unit == Some(demander),
            Earlier::Published { .. } => true,
        }
    }
}

/// The earlier demands that are nearly the same as `record`, the nearest first.
pub fn similar<T>(
    record: &Record,
    earlier: impl IntoIterator<Item = (T, Record)>,
) -> Vec<(u32, T, Record)> {
    let here = wording(record);
    let near = earlier.into_iter().filter_map(|(whose, there)| {
        let likeness = here.likeness(&wording(&there));
        let percent = u32::from(likeness.contained().get() / 10);
        likeness.is_near().then_some((percent, whose, there))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_by_key(|(percent, ..)| std::cmp::Reverse(*percent));
    near.truncate(SHOWN_MAX);
    near
}

fn wording(record: &Record) -> Sketch {
    let tasks = record.tasks.iter();
    let tasks = tasks.flat_map(|task| {
        [
            task.title.as_str(),
            task.content.as_str(),
            task.indicators.as_str(),
        ]
    });
    Sketch::of(
        [record.title.as_str(), record.mission.as_str()]
            .into_iter()
            .chain(tasks),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::demand::tests::record;

    fn with(mission: &str) -> Record {
        let mut record = record();
        record.mission = mission.parse().unwrap();
        record
    }

    #[test]
    fn what_is_reworded_a_little_is_found_and_what_is_about_something_else_is_not() {
        let mission = "突破高端光刻胶用树脂的合成工艺，实现分子量分布的精确控制与批次稳定";
        let reworded = "突破高端光刻胶用树脂合成工艺，实现分子量分布精确控制和批次间稳定";
        let mut other = with("面向急性髓系白血病开展新靶点小分子抑制剂的临床前研究");
        other.title = "小分子抑制剂".parse().unwrap();
        other.tasks[0].title = "毒理评价".parse().unwrap();
        other.tasks[0].content = "安全性评价".parse().unwrap();
        other.tasks[0].indicators = "三批样品".parse().unwrap();
        let earlier = [("other", other), ("reworded", with(reworded))];
        let found = similar(&with(mission), earlier);
        let names: Vec<_> = found.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(names, ["reworded"], "{found:?}");
        // The very same again, in full width.
        let [narrow, wide] =
            ["线宽 14nm", "线宽　１４ｎｍ"].map(|width| with(&format!("{mission}，{width}")));
        assert_eq!(similar(&narrow, [((), wide)])[0].0, 100);
    }

    #[test]
    fn who_else_demands_something_similar_only_the_department_hears() {
        let [mine, other] = [1, 2].map(|n| UnitId(uuid::Uuid::from_u128(n)));
        let of = |demander| Similar {
            percent: 90,
            earlier: Earlier::Here {
                demand: uuid::Uuid::nil().into(),
                demander,
            },
        };
        assert!(of(mine).may_be_told_to(Some(mine)));
        assert!(!of(other).may_be_told_to(Some(mine)));
        assert!(!of(other).may_be_told_to(None));
    }
}
