//! Shares of a seed: enough of them open it, fewer tell nothing.

use std::collections::BTreeSet;

use panel::{Seed, Share, deal, join, shares_needed};
use proptest::prelude::*;
use regulation::Region;

fn holders(number: usize) -> BTreeSet<Region> {
    let name = |n: u8| format!("r{}", char::from(b'a' + n));
    (0..u8::try_from(number).unwrap())
        .map(|n| name(n).parse().unwrap())
        .collect()
}

proptest! {
    #[test]
    fn so_many_shares_as_are_needed_open_the_seed_whichever_they_are(
        seed: [u8; 32], number in 2_usize..12, choice in any::<prop::sample::Index>(),
    ) {
        let seed = Seed::from(seed);
        let shares: Vec<Share> = deal(&seed, &holders(number)).into_values().collect();
        let needed = shares_needed(number).unwrap();
        prop_assert_eq!(shares.len(), number);
        let mut some = shares.clone();
        some.rotate_left(choice.index(number));
        prop_assert!(join(&some[..needed]) == seed);
        prop_assert!(join(&shares) == seed);
        prop_assert!(join(&some[..needed - 1]) != seed);
    }

    #[test]
    fn a_false_share_opens_something_else(seed: [u8; 32], bit in 0_u8..8, at in 0_usize..32) {
        let seed = Seed::from(seed);
        let mut shares: Vec<Share> = deal(&seed, &holders(3)).into_values().collect();
        let mut value = *shares[0].value();
        value[at] ^= 1 << bit;
        shares[0] = Share::new(shares[0].index().into(), value).unwrap();
        prop_assert!(join(&shares[..2]) != seed);
    }
}

#[test]
fn nobody_opens_a_seed_alone() {
    assert_eq!(shares_needed(0), None);
    assert_eq!(shares_needed(1), None);
    assert_eq!(shares_needed(2), Some(2));
    assert_eq!(shares_needed(3), Some(2));
    assert!(deal(&Seed::from([1; 32]), &holders(1)).is_empty());
}

#[test]
fn the_seed_itself_is_nobodys_share() {
    assert!(Share::new(0, [0; 32]).is_err());
    assert!(Share::new(256, [0; 32]).is_err());
}

#[test]
fn a_share_is_bound_to_its_dealer_holder_draw_and_value() {
    let draw = "round-1/1".parse().unwrap();
    let share = Share::new(1, [7; 32]).unwrap();
    let commitment = share.commitment(Region::SH, Region::JS, &draw);
    assert_ne!(commitment, share.commitment(Region::SH, Region::ZJ, &draw));
    assert_ne!(commitment, share.commitment(Region::ZJ, Region::JS, &draw));
    let other = "round-2/1".parse().unwrap();
    assert_ne!(commitment, share.commitment(Region::SH, Region::JS, &other));
    let other = Share::new(2, [7; 32]).unwrap();
    assert_ne!(commitment, other.commitment(Region::SH, Region::JS, &draw));
}
