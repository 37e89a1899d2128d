//! The envelope: nothing gets altered, reordered, dropped, doubled or read by others unnoticed.

use evidence::{
    BODY_BYTES_MAX, Body, ChainCheck, Envelope, EnvelopeFault, KeyRing, OpenFault, Outbound, Place,
    Verdict, WrapFault, hash, timestamp, verify,
};
use proptest::prelude::*;
use prost::Message as _;
use proto::{exchange::v1::EnvelopeHeader, message::Audience};
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::Region;
use time::Duration;
use uuid::Uuid;

use crate::federation::{MEMBERS, START, Voice, member, reader, ring, signing_key};

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        Just(Audience::All),
        prop::sample::select(MEMBERS.to_vec()).prop_map(Audience::One)
    ]
}

pub(crate) fn draft(audience: Audience, data: Vec<u8>) -> Outbound {
    Outbound {
        origin: Region::JS,
        audience,
        at: START,
        body: Body {
            id: Uuid::from_u128(1),
            kind: "intake.demand.accepted".into(),
            subject: "share.js.intake.demand.accepted".into(),
            aggregate: "a-1".into(),
            schema: "test".into(),
            traceparent: Some("00-1-1-01".into()),
            at: START,
            data,
        },
    }
}

/// A chain of `js` for changing audiences.
pub(crate) fn chain(length: usize) -> Vec<Envelope> {
    let mut voice = Voice::new(Region::JS);
    let audiences = [Audience::All, Audience::HUB, Audience::One(Region::SH)];
    (0..length)
        .map(|i| voice.say(audiences[i % 3], "intake.demand.accepted", vec![1, 2, 3]))
        .collect()
}

/// Takes envelopes in as an exchange does, and stops at the first that is not the next.
fn take_in(envelopes: &[Envelope]) -> Option<Verdict> {
    let mut check = ChainCheck::new(Region::JS, None);
    for envelope in envelopes {
        match check.judge(&verify(envelope, &ring()).unwrap(), None) {
            Verdict::Next(head) => check.advance(head),
            other => return Some(other),
        }
    }
    None
}

/// Signs a header as `js` would, had it a mind to.
fn sign(change: impl FnOnce(&mut EnvelopeHeader)) -> Envelope {
    let mut envelope = chain(1).remove(0);
    let mut header = EnvelopeHeader::decode(envelope.header.as_slice()).unwrap();
    change(&mut header);
    envelope.header = header.encode_to_vec();
    envelope.signature = signing_key(Region::JS).sign(&hash(&envelope));
    envelope
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn only_the_audience_opens_it_and_gets_what_was_said(
        audience in audience(), data in prop::collection::vec(any::<u8>(), 0..100), seed: u64,
    ) {
        let said = draft(audience, data);
        let key = signing_key(Region::JS);
        let mut random = StdRng::seed_from_u64(seed);
        let envelope = said.clone().wrap(Place::FIRST, &key, &ring(), &mut random).unwrap();
        let ring = ring();
        let verified = verify(&envelope, &ring).unwrap();
        for region in MEMBERS {
            let addressed = audience == Audience::All || audience == Audience::One(region);
            let opened = verified.open(Some(&reader(region))).unwrap();
            prop_assert_eq!(opened, addressed.then(|| said.body.clone()));
        }
        let public = (audience == Audience::All).then(|| said.body.clone());
        prop_assert_eq!(verified.open(None).unwrap(), public);
    }

    #[test]
    fn a_swapped_missing_or_doubled_envelope_is_noticed(
        length in 3..8_usize, at: prop::sample::Index,
    ) {
        let whole = chain(length);
        prop_assert_eq!(take_in(&whole), None);
        let at = at.index(length - 1);
        let number = at as u64 + 1;
        let mut missing = whole.clone();
        missing.remove(at);
        let gap = Verdict::Gap { from: number, to: number };
        prop_assert_eq!(take_in(&missing), Some(gap.clone()));
        let mut swapped = whole.clone();
        swapped.swap(at, at + 1);
        prop_assert_eq!(take_in(&swapped), Some(gap));
        let mut doubled = whole.clone();
        doubled.insert(at + 1, whole[at].clone());
        prop_assert_eq!(take_in(&doubled), Some(Verdict::AlreadySeen));
    }
}

#[test]
fn every_single_flipped_bit_is_noticed() {
    let ring = ring();
    for envelope in chain(2) {
        let bytes = envelope.encode_to_vec();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(envelope) = Envelope::decode(flipped.as_slice()) {
                assert!(verify(&envelope, &ring).is_err(), "bit {bit}");
            }
        }
    }
}

#[test]
fn a_second_history_is_told_from_a_repeat() {
    let mut voice = Voice::new(Region::JS);
    let first = voice.say(Audience::All, "a.b.c", vec![1]);
    let second = voice.say(Audience::All, "a.b.c", vec![2]);
    let mut liar = Voice::new(Region::JS);
    let other_first = liar.say(Audience::All, "a.b.c", vec![3]);
    let other_second = liar.say(Audience::All, "a.b.c", vec![2]);

    let ring = ring();
    let mut check = ChainCheck::new(Region::JS, None);
    let seen = verify(&first, &ring).unwrap();
    let Verdict::Next(head) = check.judge(&seen, None) else {
        panic!("the first is the next")
    };
    check.advance(head);
    let fork = |number| Verdict::Fork {
        number,
        known: hash(&first),
        claimed: hash(&other_first),
    };
    assert_eq!(
        check.judge(&verify(&other_first, &ring).unwrap(), None),
        fork(1)
    );
    assert_eq!(
        check.judge(&verify(&other_second, &ring).unwrap(), None),
        fork(1)
    );

    let Verdict::Next(head) = check.judge(&verify(&second, &ring).unwrap(), None) else {
        panic!("the second is the next")
    };
    check.advance(head);
    // Now only the file knows number 1.
    assert_eq!(check.judge(&seen, Some(hash(&first))), Verdict::AlreadySeen);
    let claim = verify(&other_first, &ring).unwrap();
    assert_eq!(check.judge(&claim, Some(hash(&first))), fork(1));
    assert_eq!(check.judge(&seen, None), Verdict::Gap { from: 1, to: 1 });
}

#[test]
fn nobody_speaks_earlier_than_he_last_spoke() {
    let mut voice = Voice::new(Region::JS);
    let first = voice.say(Audience::All, "a.b.c", vec![]);
    voice.at = START - Duration::seconds(1);
    let second = voice.say(Audience::All, "a.b.c", vec![]);
    let backdated = Verdict::Backdated {
        last: START,
        claimed: START - Duration::seconds(1),
    };
    assert_eq!(take_in(&[first, second]), Some(backdated));
}

#[test]
fn an_envelope_of_another_region_is_foreign_to_the_chain() {
    let envelope = Voice::new(Region::SH).say(Audience::All, "a.b.c", vec![]);
    assert_eq!(take_in(&[envelope]), Some(Verdict::Foreign));
}

#[test]
fn each_fault_has_its_name() {
    let ring = ring();
    let fault = |envelope: &Envelope| verify(envelope, &ring).unwrap_err();
    let good = chain(2);

    let body = Envelope {
        body: b"other".to_vec(),
        ..good[0].clone()
    };
    assert_eq!(fault(&body), EnvelopeFault::DigestMismatch);
    let key = signing_key(Region::SH).verifying_key().id().to_string();
    let other_key = Envelope {
        key_id: key.clone(),
        ..good[0].clone()
    };
    assert_eq!(
        fault(&other_key),
        EnvelopeFault::UnknownKey {
            origin: Region::JS,
            key
        }
    );
    let signature = Envelope {
        signature: good[1].signature.clone(),
        ..good[0].clone()
    };
    assert_eq!(
        fault(&signature),
        EnvelopeFault::BadSignature { origin: Region::JS }
    );
    let algorithm = Envelope {
        algorithm: 0,
        ..good[0].clone()
    };
    assert_eq!(
        fault(&algorithm),
        EnvelopeFault::Malformed("signature algorithm")
    );
    let long = Envelope {
        body: vec![0; BODY_BYTES_MAX + 1],
        ..good[0].clone()
    };
    assert_eq!(
        fault(&long),
        EnvelopeFault::TooLong {
            bytes: BODY_BYTES_MAX + 1
        }
    );

    let stranger = KeyRing::new([member(Region::SH)]).unwrap();
    let unknown = EnvelopeFault::UnknownMember(Region::JS);
    assert_eq!(verify(&good[0], &stranger).unwrap_err(), unknown);
}

#[test]
fn a_signed_header_that_makes_no_sense_is_a_fault_of_its_own() {
    let ring = ring();
    let fault = |envelope: &Envelope| verify(envelope, &ring).unwrap_err();
    assert_eq!(
        fault(&sign(|header| header.number = 0)),
        EnvelopeFault::WrongNumber
    );
    let pointing = sign(|header| header.previous = vec![1; 32]);
    assert_eq!(fault(&pointing), EnvelopeFault::WrongPrevious { number: 1 });
    let pointless = sign(|header| header.number = 2);
    assert_eq!(
        fault(&pointless),
        EnvelopeFault::WrongPrevious { number: 2 }
    );
    assert_eq!(
        fault(&sign(|header| header.time = None)),
        EnvelopeFault::Malformed("time")
    );
    let nowhere = sign(|header| header.audience = "Everyone".into());
    assert_eq!(fault(&nowhere), EnvelopeFault::Malformed("audience"));
    let early = sign(|header| {
        header.time = Some(evidence::timestamp(START - Duration::days(31)));
    });
    assert!(matches!(
        fault(&early),
        EnvelopeFault::KeyNotValidThen { .. }
    ));
}

#[test]
fn a_member_does_not_speak_for_another() {
    let mut envelope = sign(|header| header.origin = "sh".into());
    let fault = verify(&envelope, &ring()).unwrap_err();
    assert!(matches!(
        fault,
        EnvelopeFault::UnknownKey {
            origin: Region::SH,
            ..
        }
    ));
    envelope.key_id = signing_key(Region::SH).verifying_key().id().to_string();
    let fault = verify(&envelope, &ring()).unwrap_err();
    assert_eq!(fault, EnvelopeFault::BadSignature { origin: Region::SH });
}

#[test]
fn times_cross_to_the_microsecond() {
    let mut said = draft(Audience::All, vec![]);
    (said.at, said.body.at) = (START + Duration::nanoseconds(1_999), START);
    let mut random = StdRng::seed_from_u64(1);
    let envelope = said
        .wrap(Place::FIRST, &signing_key(Region::JS), &ring(), &mut random)
        .unwrap();
    let at = verify(&envelope, &ring()).unwrap().header.at;
    assert_eq!(at, START + Duration::microseconds(1));
}

#[test]
fn what_nobody_could_take_in_is_not_wrapped() {
    let mut random = StdRng::seed_from_u64(1);
    let key = signing_key(Region::JS);
    let guangdong: Region = "gd".parse().unwrap();
    let unknown = draft(Audience::One(guangdong), vec![]);
    assert_eq!(
        unknown.wrap(Place::FIRST, &key, &ring(), &mut random),
        Err(WrapFault::UnknownAudience(guangdong))
    );
    let long = draft(Audience::All, vec![0; BODY_BYTES_MAX]);
    let refused = long.wrap(Place::FIRST, &key, &ring(), &mut random);
    assert!(matches!(refused, Err(WrapFault::TooLong { .. })));
}

#[test]
fn a_message_keeps_its_own_time_and_that_is_never_after_its_envelopes() {
    let mut random = StdRng::seed_from_u64(1);
    for minutes in [-1, 0, 1] {
        let mut said = draft(Audience::All, vec![1]);
        said.at = START + Duration::minutes(minutes);
        let key = signing_key(Region::JS);
        let envelope = said.wrap(Place::FIRST, &key, &ring(), &mut random).unwrap();
        let ring = ring();
        let verified = verify(&envelope, &ring).unwrap();
        assert_eq!(
            verified.header.at,
            START + Duration::minutes(minutes.max(0))
        );
        assert_eq!(verified.open(None).unwrap().unwrap().at, START);
    }
    let ahead = sign(|header| header.time = Some(timestamp(START - Duration::HOUR)));
    let opened = verify(&ahead, &ring()).unwrap().open(None);
    assert_eq!(opened, Err(OpenFault::Malformed("time")));
}
