//! A small federation with fixed keys, whose regions speak.

use evidence::{
    Body, DatedKey, Envelope, KeyRing, MemberKeys, Outbound, Place, Reader, SealingKey, SigningKey,
    Standing, hash,
};
use proto::message::Audience;
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::Region;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-06-01 9:00 +8);
pub(crate) const MEMBERS: [Region; 5] =
    [Region::SH, Region::JS, Region::ZJ, Region::AH, Region::HUB];

fn seed(region: Region) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..region.as_str().len()].copy_from_slice(region.as_str().as_bytes());
    seed
}

pub(crate) fn signing_key(region: Region) -> SigningKey {
    SigningKey::from_random(seed(region))
}

pub(crate) fn reader(region: Region) -> Reader {
    Reader {
        region,
        keys: vec![SealingKey::from_random(&seed(region))],
    }
}

pub(crate) fn member(region: Region) -> MemberKeys {
    MemberKeys {
        region,
        standing: if region.is_hub() {
            Standing::Hub
        } else {
            Standing::Full
        },
        sealing: SealingKey::from_random(&seed(region)).public().clone(),
        signing: vec![DatedKey {
            key: signing_key(region).verifying_key(),
            valid_from: START - Duration::days(30),
            valid_until: None,
        }],
    }
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(MEMBERS.map(member)).unwrap()
}

/// A region that says one thing after another, a minute apart.
pub(crate) struct Voice {
    pub(crate) region: Region,
    pub(crate) place: Place,
    pub(crate) at: OffsetDateTime,
    pub(crate) key: SigningKey,
    pub(crate) ring: KeyRing,
    rng: StdRng,
}

impl Voice {
    pub(crate) fn new(region: Region) -> Self {
        Self {
            region,
            place: Place::FIRST,
            at: START,
            key: signing_key(region),
            ring: ring(),
            rng: StdRng::seed_from_u64(7),
        }
    }

    pub(crate) fn say(&mut self, audience: Audience, kind: &str, data: Vec<u8>) -> Envelope {
        let number = self.place.number();
        let draft = Outbound {
            origin: self.region,
            audience,
            at: self.at,
            body: Body {
                id: Uuid::from_u128(number.into()),
                kind: kind.into(),
                subject: format!("share.{}.{kind}", self.region),
                aggregate: "a-1".into(),
                schema: "test".into(),
                traceparent: None,
                at: self.at,
                data,
            },
        };
        let key = self.key.clone();
        let envelope = draft
            .wrap(self.place, &key, &self.ring, &mut self.rng)
            .unwrap();
        self.place = Place::after(number, hash(&envelope));
        self.at += Duration::minutes(1);
        envelope
    }
}
