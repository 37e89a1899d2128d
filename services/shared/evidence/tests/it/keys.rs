//! Keys that follow each other, and what only the right one opens, in its place.

use evidence::{
    Body, ChainCheck, DatedKey, Envelope, EnvelopeFault, Head, KeyRing, OpenFault, Outbound, Place,
    Reader, SealingKey, SigningKey, Verdict, WrapFault, hash, sign_anew, timestamp, verify,
};
use prost::Message as _;
use proto::{exchange::v1::EnvelopeHeader, message::Audience};
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::Region;
use time::Duration;

use crate::{
    envelopes::{chain, draft},
    federation::{START, member, reader, ring, signing_key},
};

#[test]
fn what_an_old_key_signed_stays_valid_and_it_signs_no_more() {
    let old = chain(1).remove(0);
    let change = START + Duration::days(1);
    let new_key = SigningKey::from_random([77; 32]);
    let mut js = member(Region::JS);
    js.signing[0].valid_until = Some(change);
    js.signing.push(DatedKey {
        key: new_key.verifying_key(),
        valid_from: change,
        valid_until: None,
    });
    let ring = KeyRing::new([js]).unwrap();
    assert!(verify(&old, &ring).is_ok());

    let mut random = StdRng::seed_from_u64(1);
    let later = Outbound {
        at: change,
        ..draft(Audience::All, vec![])
    };
    let refused = later
        .clone()
        .wrap(Place::FIRST, &signing_key(Region::JS), &ring, &mut random);
    assert!(matches!(refused, Err(WrapFault::NotOurKey { .. })));
    let place = Place::after(1, hash(&old));
    let new = later.wrap(place, &new_key, &ring, &mut random).unwrap();
    assert!(verify(&new, &ring).is_ok());
}

#[test]
fn a_former_sealing_key_still_opens_what_was_sealed_for_it() {
    let envelope = chain(2).remove(1);
    let ring = ring();
    let verified = verify(&envelope, &ring).unwrap();
    let mut hub = reader(Region::HUB);
    hub.keys.insert(0, SealingKey::from_random(&[42; 32]));
    assert!(verified.open(Some(&hub)).unwrap().is_some());
    hub.keys.truncate(1);
    assert!(matches!(
        verified.open(Some(&hub)),
        Err(OpenFault::NoKey(_))
    ));
    let nobody = Reader {
        region: Region::ZJ,
        keys: vec![],
    };
    assert_eq!(verified.open(Some(&nobody)), Ok(None));
}

/// Has a sealed envelope's header changed and signed by whoever it names, and opened by `reader`.
fn opened_as(
    change: fn(&mut EnvelopeHeader),
    signer: Region,
    reader: &Reader,
) -> Result<Option<Body>, OpenFault> {
    let sealed = chain(2).remove(1);
    let mut header = EnvelopeHeader::decode(sealed.header.as_slice()).unwrap();
    change(&mut header);
    let header = header.encode_to_vec();
    let mut moved = Envelope { header, ..sealed };
    moved.signature = signing_key(signer).sign(&hash(&moved));
    moved.key_id = signing_key(signer).verifying_key().id().to_string();
    verify(&moved, &ring()).unwrap().open(Some(reader))
}

#[test]
fn a_sealed_body_does_not_open_in_another_place() {
    let hub = reader(Region::HUB);
    let mut sh = reader(Region::SH);
    sh.keys.extend(hub.keys.clone());
    let js = Region::JS;
    assert!(opened_as(|_| {}, js, &hub).unwrap().is_some());
    let sealed = Err(OpenFault::Sealed);
    assert_eq!(opened_as(|header| header.number = 3, js, &hub), sealed);
    let previous = |header: &mut EnvelopeHeader| header.previous = vec![1; 32];
    assert_eq!(opened_as(previous, js, &hub), sealed);
    let later = |header: &mut EnvelopeHeader| {
        header.time = Some(timestamp(START + Duration::days(1)));
    };
    assert_eq!(opened_as(later, js, &hub), sealed);
    let audience = |header: &mut EnvelopeHeader| header.audience = "sh".into();
    assert_eq!(opened_as(audience, js, &sh), sealed);
    let origin = |header: &mut EnvelopeHeader| header.origin = "zj".into();
    assert_eq!(opened_as(origin, Region::ZJ, &hub), sealed);
}

#[test]
fn what_was_signed_past_the_end_of_a_key_is_the_same_under_the_key_that_followed() {
    let said = chain(2).remove(1);
    let mut js = member(Region::JS);
    js.signing[0].valid_until = Some(START);
    let next = SigningKey::from_random([77; 32]);
    js.signing.push(DatedKey {
        key: next.verifying_key(),
        valid_from: START - Duration::days(1),
        valid_until: None,
    });
    let ring = KeyRing::new([js, member(Region::HUB)]).unwrap();
    let fault = verify(&said, &ring).unwrap_err();
    assert!(matches!(fault, EnvelopeFault::KeyNotValidThen { .. }));
    let anew = sign_anew(&said, &next);
    assert_eq!(hash(&anew), hash(&said));
    assert_eq!((&anew.header, &anew.body), (&said.header, &said.body));
    let verified = verify(&anew, &ring).unwrap();
    let body = verified.open(Some(&reader(Region::HUB))).unwrap().unwrap();
    assert_eq!(body.data, [1, 2, 3]);
    let mut check = ChainCheck::new(Region::JS, None);
    let Verdict::Gap { .. } = check.judge(&verified, None) else {
        panic!("number 2 comes after number 1")
    };
    let first = chain(1).remove(0);
    check.advance(Head {
        number: 1,
        hash: hash(&first),
        at: START,
    });
    assert!(matches!(check.judge(&verified, None), Verdict::Next(_)));
    // Whoever has only another's key can't do it.
    let stranger = sign_anew(&said, &SigningKey::from_random([78; 32]));
    assert!(verify(&stranger, &ring).is_err());
}
