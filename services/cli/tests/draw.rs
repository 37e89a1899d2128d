//! A draw's public record checked by whoever has it, with nothing else at hand.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{Command, Output},
};

use panel::{
    Affinity, Candidate, Committing, DrawInput, DrawRecord, Limits, Proposal, RegionsMin, Seed,
    SeedCommitment, draw,
};
use regulation::Region;

const MEMBERS: [Region; 2] = [Region::SH, Region::JS];

fn record() -> DrawRecord {
    let proposal = Proposal {
        key: "p-1".parse().unwrap(),
        lead_region: Region::HUB,
    };
    let limits = Limits {
        panel_size: 2,
        alternates: 1,
        max_load: 5,
        affinity_floor: Affinity::try_from(0).unwrap(),
        regions_min: RegionsMin::Two,
        max_per_employer: 1,
        own_region_cap: 2,
    };
    let candidates = (0..6_usize).map(|number| Candidate {
        key: format!("e-{number}").parse().unwrap(),
        region: MEMBERS[number % 2],
        employer: format!("w-{number}").parse().unwrap(),
        load: 0,
        affinity: BTreeMap::from([(proposal.key.clone(), Affinity::MAX)]),
    });
    let (id, candidates) = ("round-1".parse().unwrap(), candidates.collect());
    let input = DrawInput::new(id, limits, vec![proposal], candidates, BTreeSet::new()).unwrap();
    let seed = |region: Region| Seed::from([region.as_str().as_bytes()[0]; 32]);
    let members = MEMBERS.into_iter().collect();
    let mut committing = Committing::open(input.draw_id().clone(), members).unwrap();
    for region in MEMBERS {
        let commitment = SeedCommitment::to(&seed(region), region, input.draw_id());
        committing.commit(region, commitment).unwrap();
    }
    let mut randomness = committing.freeze(input.digest()).unwrap();
    for region in MEMBERS {
        randomness.reveal(region, seed(region)).unwrap();
    }
    let drawn = draw(&input, &randomness.combine().unwrap()).unwrap();
    DrawRecord {
        input,
        randomness,
        draw: drawn,
        followed: Vec::new(),
    }
}

fn verify(record: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("draw.json"), record).unwrap();
    Command::new(env!("CARGO_BIN_EXE_jiebang"))
        .current_dir(folder.path())
        .args(["verify", "draw", "draw.json"])
        .output()
        .unwrap()
}

#[test]
fn a_draw_is_made_again_from_its_record_without_any_keys() {
    let output = verify(&serde_json::to_string(&record()).unwrap());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("重新抽取的结果一致"), "{text}");
}

#[test]
fn a_draw_that_was_steered_exits_with_1() {
    let mut steered = record();
    let panel = steered.draw.panels.0.values_mut().next().unwrap();
    let out = panel.experts.pop_first().unwrap();
    let free = steered.input.candidates().keys().find(|key| {
        **key != out && !panel.experts.contains(*key) && !panel.alternates.contains(*key)
    });
    panel.experts.insert(free.unwrap().clone());
    let output = verify(&serde_json::to_string(&steered).unwrap());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("不一致"), "{text}");
}

#[test]
fn what_is_no_record_exits_with_2() {
    assert_eq!(verify("{}").status.code(), Some(2));
}
