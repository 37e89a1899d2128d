//! Exported cases and chains: what was altered after the fact shows, without any node.

use evidence::{
    CaseFact, CaseFile, ChainFile, Conclusion, Digest, Envelope, FactView, Report, SealedStretch,
    link, seal, timestamp, verify_case, verify_chain,
};
use proptest::prelude::*;
use prost::Message as _;
use proto::{
    exchange::v1::{JournalHead, RegionHeartbeat},
    message::{Audience, PublicEvent as _},
};
use regulation::{Actor, Region, Role};
use time::Duration;

use crate::federation::{START, Voice, ring};

fn view<'a>(case: &'a CaseFile, fact: &'a CaseFact) -> FactView<'a> {
    FactView {
        kind: &case.kind,
        aggregate: &case.aggregate,
        version: fact.version,
        name: &fact.name,
        payload: fact.payload.as_bytes(),
        at: fact.at,
        actor: &fact.actor,
        policy: fact.policy.as_deref(),
    }
}

/// Digests the facts anew, as a forger at home can.
fn rehash(case: &mut CaseFile) {
    let mut previous = None;
    for index in 0..case.facts.len() {
        let hash = link(previous, &view(case, &case.facts[index]));
        case.facts[index].hash = hash;
        previous = Some(hash);
    }
}

/// What a heartbeat says of the last seal of `sealed`.
fn vouch(sealed: &SealedStretch) -> RegionHeartbeat {
    let mut head = sealed.previous;
    for batch in &sealed.batches {
        head = Some(seal(head, batch.iter().copied()));
    }
    RegionHeartbeat {
        time: Some(timestamp(START)),
        journals: vec![JournalHead {
            service: sealed.service.clone(),
            seals: sealed.first - 1 + sealed.batches.len() as u64,
            head: head.unwrap().0.to_vec(),
        }],
    }
}

/// Seals the facts between those of others, and lets a heartbeat vouch for it.
fn heartbeat(case: &CaseFile) -> (SealedStretch, Vec<Envelope>) {
    let other = |byte| Digest([byte; 32]);
    let mut batches = vec![vec![other(1)]];
    batches.extend(case.facts.iter().map(|fact| vec![other(2), fact.hash]));
    let before = other(3);
    let sealed = SealedStretch {
        service: "intake".into(),
        first: 9,
        previous: Some(before),
        batches,
    };
    let told = vouch(&sealed);
    let mut voice = Voice::new(Region::JS);
    let mut envelopes = vec![voice.say(Audience::HUB, "intake.demand.accepted", vec![1])];
    envelopes.push(voice.say(Audience::All, RegionHeartbeat::KIND, told.encode_to_vec()));
    (sealed, envelopes)
}

fn case(facts: u64) -> CaseFile {
    let facts = (1..=facts).map(|version| CaseFact {
        version,
        name: "Submitted".into(),
        payload: format!(r#"{{"Submitted":{{"title":"第{version}版"}}}}"#),
        at: START + Duration::days(i64::try_from(version).unwrap()),
        actor: Actor::person("li", Role::Officer, Region::JS),
        policy: Some("yrd-2023-1".into()),
        hash: Digest([0; 32]),
    });
    let mut case = CaseFile {
        region: Region::JS,
        exported_at: START + Duration::days(100),
        kind: "demand".into(),
        aggregate: "d-1".into(),
        facts: facts.collect(),
        sealed: None,
        envelopes: Vec::new(),
    };
    rehash(&mut case);
    let (sealed, envelopes) = heartbeat(&case);
    case.sealed = Some(sealed);
    case.envelopes = envelopes;
    case
}

fn conclusion(case: &CaseFile) -> Conclusion {
    verify_case(case, &ring()).conclusion()
}

fn chain(length: usize) -> Vec<Envelope> {
    let mut voice = Voice::new(Region::JS);
    (0..length)
        .map(|_| voice.say(Audience::All, "a.b.c", vec![1, 2, 3]))
        .collect()
}

fn holds(report: &Report) -> bool {
    report.conclusion() == Conclusion::Holds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_untouched_case_holds_and_survives_its_file(facts in 1..6_u64) {
        let case = case(facts);
        let file = serde_json::to_string_pretty(&case).unwrap();
        let read: CaseFile = serde_json::from_str(&file).unwrap();
        prop_assert_eq!(&read, &case);
        let report = verify_case(&read, &ring());
        prop_assert!(holds(&report), "{}", report);
    }

    #[test]
    fn a_case_with_any_altered_swapped_missing_or_doubled_fact_does_not_hold(
        facts in 2..6_u64, at: prop::sample::Index, byte: prop::sample::Index,
    ) {
        let whole = case(facts);
        let at = at.index(whole.facts.len() - 1);
        let mut altered = whole.clone();
        let payload = altered.facts[at].payload.as_bytes();
        let letter = byte.index(payload.len());
        let mut payload = payload.to_vec();
        payload[letter] = payload[letter].wrapping_add(1) & 0x7f;
        altered.facts[at].payload = String::from_utf8_lossy(&payload).into_owned();
        prop_assert_eq!(conclusion(&altered), Conclusion::Broken);
        let mut swapped = whole.clone();
        swapped.facts.swap(at, at + 1);
        prop_assert_eq!(conclusion(&swapped), Conclusion::Broken);
        let mut missing = whole.clone();
        missing.facts.remove(at);
        prop_assert_eq!(conclusion(&missing), Conclusion::Broken);
        let mut doubled = whole.clone();
        doubled.facts.insert(at, whole.facts[at].clone());
        prop_assert_eq!(conclusion(&doubled), Conclusion::Broken);
    }

    #[test]
    fn a_chain_with_any_flipped_bit_does_not_hold(
        length in 1..5_usize, at: prop::sample::Index, byte: prop::sample::Index, bit in 0..8_u8,
    ) {
        let mut envelopes = chain(length);
        prop_assert!(holds(&verify_chain(&envelopes, &ring())));
        let at = at.index(length);
        let mut bytes = envelopes[at].encode_to_vec();
        let byte = byte.index(bytes.len());
        bytes[byte] ^= 1 << bit;
        if let Ok(envelope) = Envelope::decode(bytes.as_slice()) {
            envelopes[at] = envelope;
            prop_assert_eq!(
                verify_chain(&envelopes, &ring()).conclusion(), Conclusion::Broken
            );
        }
    }

    #[test]
    fn a_chain_holds_from_any_number_on_but_not_with_one_swapped_missing_or_doubled(
        length in 3..7_usize, at: prop::sample::Index, skip in 0..3_usize,
    ) {
        let whole = chain(length);
        prop_assert!(holds(&verify_chain(&whole[skip..], &ring())));
        let at = at.index(length - 2) + 1;
        let broken = |envelopes: &[Envelope]| {
            verify_chain(envelopes, &ring()).conclusion() == Conclusion::Broken
        };
        let mut swapped = whole.clone();
        swapped.swap(at, at - 1);
        prop_assert!(broken(&swapped));
        let mut missing = whole.clone();
        missing.remove(at);
        prop_assert!(broken(&missing));
        let mut doubled = whole.clone();
        doubled.insert(at, whole[at].clone());
        prop_assert!(broken(&doubled));
    }
}

#[test]
fn a_past_rewritten_at_home_shows_against_the_heartbeat() {
    let mut rewritten = case(3);
    rewritten.facts[1].payload = r#"{"Submitted":{"title":"改"}}"#.into();
    rehash(&mut rewritten);
    assert_eq!(
        conclusion(&rewritten),
        Conclusion::Unproven,
        "no seal covers the new facts"
    );
    let (sealed, _) = heartbeat(&rewritten);
    rewritten.sealed = Some(sealed);
    let report = verify_case(&rewritten, &ring());
    assert_eq!(report.conclusion(), Conclusion::Broken, "{report}");
    assert!(report.to_string().contains("不符"), "{report}");
}

#[test]
fn facts_that_nobody_vouches_for_are_unproven() {
    let mut unsealed = case(2);
    unsealed.sealed = None;
    assert_eq!(conclusion(&unsealed), Conclusion::Unproven);
    let mut silent = case(2);
    silent.envelopes.pop();
    assert_eq!(conclusion(&silent), Conclusion::Unproven);
    let mut empty = case(2);
    empty.facts.clear();
    assert_eq!(conclusion(&empty), Conclusion::Broken);
}

#[test]
fn another_regions_heartbeat_vouches_for_nothing() {
    let mut case = case(2);
    let told = vouch(case.sealed.as_ref().unwrap());
    let mut sh = Voice::new(Region::SH);
    case.envelopes = vec![sh.say(Audience::All, RegionHeartbeat::KIND, told.encode_to_vec())];
    assert_eq!(conclusion(&case), Conclusion::Unproven);
}

/// The case with these in the place of its envelopes.
fn with(envelopes: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Report {
    let mut voice = Voice::new(Region::JS);
    let mut case = case(2);
    let said = envelopes.into_iter();
    case.envelopes = said
        .map(|(kind, data)| voice.say(Audience::All, kind, data))
        .collect();
    verify_case(&case, &ring())
}

#[test]
fn only_a_heartbeat_vouches_and_only_for_its_own_journals_seal_of_that_number() {
    let right = vouch(case(2).sealed.as_ref().unwrap());
    let beat = |told: &RegionHeartbeat| (RegionHeartbeat::KIND, told.encode_to_vec());
    assert!(holds(&with([beat(&right)])));
    let changed = |change: fn(&mut JournalHead)| {
        let mut told = right.clone();
        change(&mut told.journals[0]);
        told
    };
    let service = changed(|journal| journal.service = "registry".into());
    assert_eq!(with([beat(&service)]).conclusion(), Conclusion::Unproven);
    let number = changed(|journal| journal.seals += 1);
    assert_eq!(with([beat(&number)]).conclusion(), Conclusion::Unproven);
    let other = ("intake.demand.accepted", right.encode_to_vec());
    assert_eq!(with([other]).conclusion(), Conclusion::Unproven);
    let short = changed(|journal| journal.head.truncate(31));
    for unreadable in [beat(&short), (RegionHeartbeat::KIND, vec![0xff])] {
        let report = with([beat(&right), unreadable]);
        assert_eq!(report.conclusion(), Conclusion::Broken, "{report}");
        assert!(report.to_string().contains("心跳内容无法读取"), "{report}");
    }
}

#[test]
fn a_stretch_without_seals_and_an_envelope_that_nobody_signed_break_a_case() {
    let mut empty = case(2);
    empty.sealed.as_mut().unwrap().batches.clear();
    assert_eq!(conclusion(&empty), Conclusion::Broken);
    let mut forged = case(2);
    forged.envelopes[0].signature[0] ^= 1;
    assert_eq!(conclusion(&forged), Conclusion::Broken);
}

#[test]
fn an_envelope_that_is_twice_in_a_case_is_shown() {
    let mut case = case(2);
    case.envelopes.push(case.envelopes[0].clone());
    assert_eq!(conclusion(&case), Conclusion::Broken);
}

#[test]
fn two_regions_are_no_chain_and_no_envelope_proves_nothing() {
    let mut mixed = chain(1);
    mixed.push(Voice::new(Region::SH).say(Audience::All, "a.b.c", vec![]));
    assert_eq!(
        verify_chain(&mixed, &ring()).conclusion(),
        Conclusion::Broken
    );
    assert_eq!(
        verify_chain(&[], &ring()).conclusion(),
        Conclusion::Unproven
    );
}

#[test]
fn a_chain_survives_its_file() {
    let file = ChainFile {
        envelopes: chain(3),
    };
    let text = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<ChainFile>(&text).unwrap(), file);
}
