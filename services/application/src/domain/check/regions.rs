//! From how many member regions a consortium comes. [Art. 13]

use std::collections::{BTreeMap, BTreeSet};

use regulation::{Region, UnitId};

use super::sits;
use crate::domain::{Package, Terms};

/// The member regions that the consortium comes from: each legal entity counts for one region,
/// branches 分支机构 are part of theirs. Where an entity has units in several, those are counted
/// that make the most of all together; its own seat alone, where it is a unit itself.
pub(crate) fn regions(package: &Package, terms: &Terms) -> BTreeSet<Region> {
    let mut entities: BTreeMap<UnitId, BTreeSet<Region>> = BTreeMap::new();
    for (unit, member) in package.units.iter().filter(|(_, unit)| sits(unit, terms)) {
        let entity = member.branch_of.unwrap_or(*unit);
        let own = package.units.get(&entity).filter(|own| sits(own, terms));
        let region = own.map_or(member.region, |own| own.region);
        entities.entry(entity).or_default().insert(region);
    }
    let mut taken = BTreeMap::new();
    for entity in entities.keys() {
        find(*entity, &entities, &mut taken, &mut BTreeSet::new());
    }
    taken.into_keys().collect()
}

/// Finds a region that an entity counts for, if need be by moving another entity to another of its
/// own; `tried` are the regions that led nowhere.
fn find(
    entity: UnitId,
    entities: &BTreeMap<UnitId, BTreeSet<Region>>,
    taken: &mut BTreeMap<Region, UnitId>,
    tried: &mut BTreeSet<Region>,
) -> bool {
    for region in entities.get(&entity).into_iter().flatten() {
        if !tried.insert(*region) {
            continue;
        }
        let other = taken.get(region).copied();
        if other.is_none_or(|other| find(other, entities, taken, tried)) {
            taken.insert(*region, entity);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{check::sample, package::Member};

    const BEIJING: u128 = 90;

    /// A consortium of units by number, each in a region, perhaps a branch of another.
    fn count(units: &[(u128, Region, Option<u128>)]) -> usize {
        let mut package = sample::package();
        let like = package.units[&sample::TEAM].clone();
        let units = units.iter().map(|(unit, region, of)| {
            let member = Member {
                region: *region,
                guest: *unit == BEIJING,
                branch_of: of.map(|of| UnitId(Uuid::from_u128(of))),
                ..like.clone()
            };
            (UnitId(Uuid::from_u128(*unit)), member)
        });
        package.units = units.collect();
        regions(&package, &sample::terms()).len()
    }

    #[test]
    fn a_unit_and_its_branch_elsewhere_are_of_one_region() {
        let (sh, js, zj) = (Region::SH, Region::JS, Region::ZJ);
        assert_eq!(count(&[(1, sh, None), (2, js, None)]), 2);
        assert_eq!(count(&[(1, sh, None), (2, js, Some(1))]), 1);
        assert_eq!(
            count(&[(1, sh, None), (2, js, Some(1)), (3, zj, Some(1))]),
            1
        );
        assert_eq!(count(&[(1, sh, None), (2, js, Some(1)), (3, sh, None)]), 1);
        assert_eq!(count(&[(1, sh, None), (2, js, Some(1)), (3, zj, None)]), 2);
    }

    #[test]
    fn branches_of_one_unit_count_once_also_where_it_takes_no_part_itself() {
        let (sh, js, zj) = (Region::SH, Region::JS, Region::ZJ);
        assert_eq!(count(&[(2, sh, Some(1)), (3, js, Some(1))]), 1);
        assert_eq!(count(&[(2, sh, None), (3, js, Some(1))]), 2);
        // Which of its regions counts is whichever serves: here Jiangsu, as Shanghai has another.
        assert_eq!(
            count(&[(2, sh, Some(1)), (3, js, Some(1)), (4, sh, None)]),
            2
        );
        assert_eq!(
            count(&[
                (2, js, Some(1)),
                (3, sh, Some(1)),
                (4, js, Some(9)),
                (5, zj, Some(9))
            ]),
            2
        );
    }

    #[test]
    fn a_guest_counts_for_no_region_and_its_branches_here_for_one() {
        let (sh, js) = (Region::SH, Region::JS);
        assert_eq!(count(&[(BEIJING, sh, None)]), 0);
        let branches = [
            (BEIJING, sh, None),
            (2, sh, Some(BEIJING)),
            (3, js, Some(BEIJING)),
        ];
        assert_eq!(count(&branches), 1);
    }
}
