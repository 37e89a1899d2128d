//! A member that runs a program of its own making, with its real keys.

use async_nats::{Client, ConnectOptions};
use chassis::clock::{Ids, wall_now};
use evidence::{Body, Envelope, Outbound, Place, SigningKey};
use prost::Message as _;
use proto::message::Audience;
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::Region;
use time::OffsetDateTime;

use crate::{
    node::KIND,
    world::{World, until},
};

pub(crate) struct Rogue {
    pub(crate) region: Region,
    client: Client,
}

impl Rogue {
    pub(crate) async fn connect(world: &World, region: Region) -> Self {
        let keys = world.keys(region);
        let client = ConnectOptions::with_nkey(keys.hub_user.seed().unwrap())
            .custom_inbox_prefix(format!("_INBOX_{region}"))
            .require_tls(true)
            .add_root_certificates(keys.tls.ca.clone())
            .add_client_certificate(keys.tls.cert.clone(), keys.tls.key.clone())
            .connect(format!("tls://127.0.0.1:{}", world.hub.site().port))
            .await
            .unwrap();
        Self { region, client }
    }

    /// Says these bytes under its own name, and waits until the hub has stored them.
    pub(crate) async fn say(&self, bytes: Vec<u8>) {
        let stream = async_nats::jetstream::new(self.client.clone());
        let subject = format!("share.{}.envelope", self.region);
        until("the hub to store it", async || {
            stream
                .publish(subject.clone(), bytes.clone().into())
                .await
                .ok()?
                .await
                .ok()
        })
        .await;
    }

    /// Says an envelope.
    pub(crate) async fn send(&self, envelope: &Envelope) {
        self.say(envelope.encode_to_vec()).await;
    }

    /// An envelope with the number, signed by the member's own key.
    pub(crate) fn envelope(&self, world: &World, place: Place, number: u32) -> Envelope {
        let draft = Draft {
            number,
            at: wall_now(),
            audience: Audience::All,
        };
        self.wrap(
            world,
            &world.keys(self.region).signing,
            place,
            draft.body(),
            draft,
        )
    }

    pub(crate) fn wrap(
        &self,
        world: &World,
        key: &SigningKey,
        place: Place,
        body: Body,
        draft: Draft,
    ) -> Envelope {
        let mut random = StdRng::from_seed(Ids.bytes());
        let outbound = Outbound {
            origin: self.region,
            audience: draft.audience,
            at: draft.at,
            body,
        };
        outbound.wrap(place, key, &world.ring, &mut random).unwrap()
    }
}

/// What a member is about to say.
pub(crate) struct Draft {
    pub(crate) number: u32,
    pub(crate) at: OffsetDateTime,
    pub(crate) audience: Audience,
}

impl Draft {
    pub(crate) fn body(&self) -> Body {
        Body {
            id: Ids.random(),
            kind: KIND.to_owned(),
            subject: format!("share.zj.{KIND}"),
            aggregate: "demand-1".to_owned(),
            schema: "jiebang.intake.v1.DemandAccepted".to_owned(),
            traceparent: None,
            at: self.at,
            data: format!("secret {}", self.number).into_bytes(),
        }
    }
}

/// Right after an envelope.
pub(crate) fn after(number: u64, envelope: &Envelope) -> Place {
    Place::after(number, evidence::hash(envelope))
}
