//! Members and keys over time: what a decision on them changes, and what stays as it was.

use evidence::{
    Conclusion, DecisionFile, Digest, Envelope, EnvelopeFault, KeyRing, MembershipDocument,
    MembershipFault, MembershipFile, SealingKey, SigningKey, Standing, verify, verify_membership,
};
use proto::{
    coordination::v1::{
        AssentGiven, DecisionChanged, DecisionInForce, DecisionKind, DecisionOpened, DecisionState,
        Party,
    },
    message::{Audience, PublicEvent},
};
use regulation::Region;
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::federation::{START, Voice, ring, signing_key};

const FULL: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const FORCE: OffsetDateTime = datetime!(2024-06-07 0:00:01 +8);

fn gd() -> Region {
    "gd".parse().unwrap()
}

fn next_key(region: Region) -> SigningKey {
    let mut seed = [9; 32];
    seed[..2].copy_from_slice(&region.as_str().as_bytes()[..2]);
    SigningKey::from_random(seed)
}

fn document(region: Region, standing: Standing) -> MembershipDocument {
    MembershipDocument {
        region,
        standing,
        signing: next_key(region).verifying_key(),
        valid_from: START,
        former_until: (standing != Standing::Linked).then_some(START + Duration::days(10)),
        sealing: SealingKey::from_random(&[8; 32]).public().clone(),
        nkey: format!("U{}", "A".repeat(55)),
        address: format!("https://{region}.example:7443"),
    }
}

/// A decision on the document, from its opening to its force.
fn decided(document: &MembershipDocument, assenting: &[Region]) -> DecisionFile {
    let subject = document.region.as_str();
    decided_as(document, assenting, DecisionKind::Admission, subject)
}

fn decided_as(
    document: &MembershipDocument,
    assenting: &[Region],
    kind: DecisionKind,
    subject: &str,
) -> DecisionFile {
    let bytes = toml::to_string(document).unwrap().into_bytes();
    let digest = Digest::of_document(&bytes).to_string();
    let decision_id = format!("on-{}", document.region);
    let (kind, subject_id) = (kind.into(), subject.to_owned());
    let members = FULL.map(|region| region.to_string()).to_vec();
    let (until, number) = ("2024-06-06".to_owned(), "1号".to_owned());
    let opened = DecisionOpened {
        decision_id: decision_id.clone(),
        kind,
        document: bytes.clone(),
        digest: digest.clone(),
        members: members.clone(),
        subject_id: subject_id.clone(),
        ..Default::default()
    };
    let shown = DecisionChanged {
        decision_id: decision_id.clone(),
        digest: digest.clone(),
        state: DecisionState::Publicity.into(),
        document_number: number.clone(),
        publicity_until: until.clone(),
        ..Default::default()
    };
    let in_force = DecisionInForce {
        decision_id: decision_id.clone(),
        kind,
        subject_id,
        document: bytes,
        digest: digest.clone(),
        document_number: number,
        assented: members,
        in_force_at: "2024-06-06T16:00:01Z".to_owned(),
        publicity_until: until,
        ..Default::default()
    };
    let mut hub = Voice::new(Region::HUB);
    let mut envelopes = vec![say(&mut hub, &opened), say(&mut hub, &shown)];
    hub.at = FORCE;
    envelopes.push(say(&mut hub, &in_force));
    envelopes.extend(assenting.iter().map(|region| {
        let party = Party {
            region: region.to_string(),
            unit_id: String::new(),
        };
        let assent = AssentGiven {
            document_kind: "decision".to_owned(),
            subject_id: decision_id.clone(),
            digest: digest.clone(),
            party: Some(party),
            role: "director".to_owned(),
            ..Default::default()
        };
        say(&mut Voice::new(*region), &assent)
    }));
    DecisionFile {
        decision_id,
        envelopes,
    }
}

fn say<E: PublicEvent>(voice: &mut Voice, event: &E) -> Envelope {
    voice.say(Audience::All, E::KIND, event.encode_to_vec())
}

/// What the region says at `at` with that key, as who believes in `ring` would have it.
fn said(region: Region, key: SigningKey, ring: &KeyRing, at: OffsetDateTime) -> Envelope {
    let mut voice = Voice::new(region);
    (voice.key, voice.ring, voice.at) = (key, ring.clone(), at);
    voice.say(Audience::All, "a.b.c", Vec::new())
}

#[test]
fn a_linked_region_is_believed_from_the_force_of_the_decision_that_admits_it() {
    let first = ring();
    let file = MembershipFile {
        decisions: vec![decided(&document(gd(), Standing::Linked), &FULL)],
    };
    let (report, ring) = verify_membership(&file, &first);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    assert_eq!(ring.member(gd()).unwrap().standing, Standing::Linked);
    let word = said(gd(), next_key(gd()), &ring, FORCE);
    assert!(verify(&word, &ring).is_ok());
    assert_eq!(
        verify(&word, &first).unwrap_err(),
        EnvelopeFault::UnknownMember(gd())
    );
    // Its own document names an earlier day: nobody speaks before the decision.
    assert!(
        !ring
            .member(gd())
            .unwrap()
            .active_at(FORCE - Duration::SECOND)
    );
    let text = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<MembershipFile>(&text).unwrap(), file);
}

#[test]
fn an_old_key_signs_to_its_end_and_what_it_signed_stays_valid() {
    let first = ring();
    let (report, ring) = verify_membership(
        &MembershipFile {
            decisions: vec![decided(&document(Region::ZJ, Standing::Full), &FULL)],
        },
        &first,
    );
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    let end = START + Duration::days(10);
    let old = |at| said(Region::ZJ, signing_key(Region::ZJ), &first, at);
    for at in [START, FORCE, end - Duration::SECOND] {
        assert!(verify(&old(at), &ring).is_ok(), "{at}");
    }
    let late = verify(&old(end), &ring).unwrap_err();
    assert!(
        matches!(late, EnvelopeFault::KeyNotValidThen { .. }),
        "{late}"
    );
    let new = said(
        Region::ZJ,
        next_key(Region::ZJ),
        &ring,
        end + Duration::days(400),
    );
    assert!(verify(&new, &ring).is_ok());
}

#[test]
fn both_keys_sign_for_a_day_at_least_however_late_the_decision_takes_force() {
    let mut document = document(Region::ZJ, Standing::Full);
    document.former_until = Some(START + Duration::days(1));
    let ring = ring().with(&document, FORCE).unwrap();
    let keys = &ring.member(Region::ZJ).unwrap().signing;
    assert_eq!(keys[0].valid_until, Some(FORCE + Duration::days(1)));
    assert_eq!(keys[1].valid_from, FORCE);
}

#[test]
fn keys_change_only_so_that_nobody_speaks_for_another_and_no_end_is_undone() {
    let first = ring();
    let refused = |document: &MembershipDocument| first.with(document, FORCE).unwrap_err();
    let full = document(gd(), Standing::Full);
    assert_eq!(refused(&full), MembershipFault::NotLinked(gd()));
    let other = document(Region::ZJ, Standing::Linked);
    assert_eq!(
        refused(&other),
        MembershipFault::AnotherStanding(Region::ZJ)
    );
    let taken = MembershipDocument {
        signing: signing_key(Region::SH).verifying_key(),
        ..document(gd(), Standing::Linked)
    };
    assert_eq!(refused(&taken), MembershipFault::KeyTaken(Region::SH));
    let right = document(Region::ZJ, Standing::Full);
    for former_until in [None, Some(START + Duration::hours(23))] {
        let short = MembershipDocument {
            former_until,
            ..right.clone()
        };
        assert_eq!(refused(&short), MembershipFault::NoOverlap);
    }
    let back = MembershipDocument {
        signing: signing_key(Region::ZJ).verifying_key(),
        ..right.clone()
    };
    let changed = first.with(&right, FORCE).unwrap();
    let fault = changed.with(&back, FORCE).unwrap_err();
    assert_eq!(fault, MembershipFault::KeyTaken(Region::ZJ));
    // The same key with another address is no change of keys.
    assert_eq!(
        first
            .with(&back, FORCE)
            .unwrap()
            .member(Region::ZJ)
            .unwrap()
            .signing
            .len(),
        1
    );
}

#[test]
fn each_change_follows_upon_the_one_before_and_undoes_no_end() {
    let mut second = document(Region::ZJ, Standing::Full);
    second.signing = SigningKey::from_random([10; 32]).verifying_key();
    second.valid_from = START + Duration::days(20);
    second.former_until = Some(START + Duration::days(40));
    let first = document(Region::ZJ, Standing::Full);
    let ring = ring()
        .with(&first, FORCE)
        .unwrap()
        .with(&second, FORCE)
        .unwrap();
    let zj = ring.member(Region::ZJ).unwrap();
    let ends = zj.signing.iter().map(|key| key.valid_until);
    let expected = [
        Some(START + Duration::days(10)),
        Some(START + Duration::days(40)),
        None,
    ];
    assert!(ends.eq(expected), "{zj:?}");
    assert_eq!(zj.sealing, second.sealing, "sealed for it from now on");
}

#[test]
fn only_a_decision_on_that_very_member_changes_its_keys() {
    let right = document(gd(), Standing::Linked);
    let told = |kind, subject: &str| {
        let decided = decided_as(&right, &FULL, kind, subject);
        let file = MembershipFile {
            decisions: vec![decided],
        };
        verify_membership(&file, &ring())
    };
    let (report, _) = told(DecisionKind::Admission, "gd");
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    for (kind, subject, text) in [
        (DecisionKind::List, "gd", "不是关于成员的决策"),
        (DecisionKind::Admission, "hb", "与文件中的地区不一致"),
    ] {
        let (report, ring) = told(kind, subject);
        assert_eq!(report.conclusion(), Conclusion::Broken);
        assert!(report.to_string().contains(text), "{report}");
        assert!(ring.member(gd()).is_none());
    }
}

#[test]
fn without_every_members_word_nobody_comes_in() {
    let file = MembershipFile {
        decisions: vec![decided(&document(gd(), Standing::Linked), &FULL[..3])],
    };
    let (report, ring) = verify_membership(&file, &ring());
    assert_eq!(report.conclusion(), Conclusion::Broken);
    assert!(report.to_string().contains("安徽的同意：缺少"), "{report}");
    assert!(ring.member(gd()).is_none());
}

#[test]
fn what_is_no_membership_document_is_refused() {
    let right = document(gd(), Standing::Linked);
    let text = |document: &MembershipDocument| toml::to_string(document).unwrap();
    assert_eq!(
        MembershipDocument::read(text(&right).as_bytes()),
        Ok(right.clone())
    );
    let lower = format!("U{}", "a".repeat(55));
    for nkey in [
        "",
        "SUAAAA",
        &"A".repeat(56),
        &format!("U{}", "A".repeat(56)),
        &lower,
    ] {
        let bad = MembershipDocument {
            nkey: nkey.to_owned(),
            ..right.clone()
        };
        assert!(
            MembershipDocument::read(text(&bad).as_bytes()).is_err(),
            "{nkey}"
        );
    }
    for address in [
        "http://gd:1",
        "https://gd",
        "https://:7443",
        "https://a b:7443",
        "https://gd:99999",
    ] {
        let bad = MembershipDocument {
            address: address.to_owned(),
            ..right.clone()
        };
        assert!(
            MembershipDocument::read(text(&bad).as_bytes()).is_err(),
            "{address}"
        );
    }
    assert!(MembershipDocument::read(&[0xff]).is_err());
    let long = format!(
        "# {}\n{}",
        "x".repeat(MembershipDocument::BYTES_MAX),
        text(&right)
    );
    assert!(MembershipDocument::read(long.as_bytes()).is_err());
}
