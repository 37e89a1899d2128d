//! A real draw, done again by the page.

use std::collections::{BTreeMap, BTreeSet};

use console::draws::{again, show_page};
use panel::{
    Affinity, Candidate, Committing, DrawId, DrawInput, DrawRecord, Limits, Proposal, ProposalKey,
    RegionsMin, Seed, SeedCommitment, draw,
};
use regulation::Region;
use uuid::Uuid;

use crate::{HERE, count};

const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

fn input() -> DrawInput {
    let proposal: ProposalKey = "p-0a1b2c3d4e5f".parse().unwrap();
    let limits = Limits {
        panel_size: 3,
        alternates: 1,
        max_load: 5,
        affinity_floor: Affinity::try_from(0).unwrap(),
        regions_min: RegionsMin::Two,
        max_per_employer: 1,
        own_region_cap: 3,
    };
    let candidates = (0..12_usize).map(|number| Candidate {
        key: format!("e-{number:08}-pseudonym").parse().unwrap(),
        region: MEMBERS[number % 4],
        employer: format!("employer-{number}").parse().unwrap(),
        load: 0,
        affinity: BTreeMap::from([(proposal.clone(), Affinity::MAX)]),
    });
    let proposals = vec![Proposal {
        key: proposal.clone(),
        lead_region: Region::HUB,
    }];
    let id: DrawId = "round-1".parse().unwrap();
    DrawInput::new(id, limits, proposals, candidates.collect(), BTreeSet::new()).unwrap()
}

pub(crate) fn record() -> DrawRecord {
    let input = input();
    let mut committing =
        Committing::open(input.draw_id().clone(), MEMBERS.into_iter().collect()).unwrap();
    let seed = |index: u8| Seed::from([index; 32]);
    for (index, region) in (1..).zip(MEMBERS) {
        let commitment = SeedCommitment::to(&seed(index), region, input.draw_id());
        committing.commit(region, commitment).unwrap();
    }
    let mut randomness = committing.freeze(input.digest()).unwrap();
    for (index, region) in (1..).zip(MEMBERS) {
        randomness.reveal(region, seed(index)).unwrap();
    }
    let combined = randomness.combine().unwrap();
    DrawRecord {
        draw: draw(&input, &combined).unwrap(),
        input,
        randomness,
        followed: Vec::new(),
    }
}

fn page(record: &str) -> String {
    let again = again(record).unwrap();
    show_page(HERE, Uuid::nil(), &again).into_string()
}

#[test]
fn a_record_is_drawn_again_and_comes_out_the_same() {
    let record = record();
    let page = page(&serde_json::to_string(&record).unwrap());
    assert!(page.contains("结果一致"), "{page}");
    for region in MEMBERS {
        assert!(page.contains(region.name()), "{page}");
        let seed = record.randomness.seeds()[&region].to_hex();
        assert!(page.contains(&seed), "{page}");
    }
    for text in [
        "12 名",
        "3 名，另候补 1 名",
        "jiebang verify draw",
        &format!("/draws/{}/record", Uuid::nil()),
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    assert!(!page.contains("employer-"), "{page}");
}

#[test]
fn a_record_that_was_changed_is_shown_as_such() {
    let mut changed = record();
    let panel = changed.draw.panels.0.values_mut().next().unwrap();
    let out = panel.experts.pop_first().unwrap();
    let other = changed
        .input
        .candidates()
        .keys()
        .find(|key| {
            **key != out && !panel.experts.contains(*key) && !panel.alternates.contains(*key)
        })
        .unwrap();
    panel.experts.insert(other.clone());
    let page = page(&serde_json::to_string(&changed).unwrap());
    assert!(page.contains("重新抽取的结果不一致"), "{page}");
    assert_eq!(count(&page, "结果一致"), 0, "{page}");
}

#[test]
fn what_is_no_record_is_no_page() {
    for text in ["", "{}", "null", "<script>"] {
        assert_eq!(again(text), None, "{text}");
    }
}
