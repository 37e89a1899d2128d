//! Who speaks for an expert, and how well their work fits.

use std::collections::BTreeMap;

use proto::{message::Scope, registry::v1::PooledExpert};
use regulation::{Actor, Role};
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;

fn context() -> Context {
    Context {
        now: OffsetDateTime::UNIX_EPOCH,
        actor: Actor::person("wang", Role::Secretariat, Region::HUB),
        node: Region::HUB,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn profile() -> Profile {
    Profile {
        person: PersonKey::from_bytes([1; 32]),
        region: Region::SH,
        employer: UnitId(Uuid::from_u128(1)),
        origin: Origin::Invited,
        fields: ["集成电路".parse().unwrap()].into(),
        keywords: [].into(),
        active: true,
    }
}

#[test]
fn an_expert_stays_with_the_node_that_imported_them() {
    let mut expert = Expert::default();
    let pool = |profile: &Profile| ExpertCommand::Pool(profile.clone());
    for event in expert.decide(pool(&profile()), &context()).unwrap() {
        expert.evolve(&event);
    }
    assert_eq!(expert.decide(pool(&profile()), &context()), Ok(vec![]));
    let moved = Profile {
        region: Region::JS,
        ..profile()
    };
    let refused = expert.decide(pool(&moved), &context()).unwrap_err();
    assert_eq!(
        refused,
        ExpertRejection::HostedElsewhere {
            home: Region::SH,
            origin: Region::JS
        }
    );
    assert_eq!(Refusal::from(refused).rule, rules::EXPERT_HOME);
}

#[test]
fn an_expert_fits_only_within_their_field_and_better_with_every_keyword() {
    let field = "集成电路".parse().unwrap();
    let speaks = |keyword: &str| "高端光刻胶".contains(keyword);
    let closer = Profile {
        keywords: ["光刻胶".to_owned()].into(),
        ..profile()
    };
    assert!(fit(&closer, &field, speaks) > fit(&profile(), &field, speaks));
    let many = ["光", "刻", "胶", "高", "端"].map(str::to_owned);
    let many = Profile {
        keywords: many.into(),
        ..profile()
    };
    assert_eq!(fit(&many, &field, speaks), Some(Affinity::MAX));
    let stranger = Profile {
        fields: ["生物医药".parse().unwrap()].into(),
        ..closer
    };
    assert_eq!(fit(&stranger, &field, speaks), None);
}

#[test]
fn only_their_own_node_speaks_for_an_expert() {
    let event = ExpertPooled {
        expert: Some(PooledExpert {
            expert_id: Uuid::from_u128(2).to_string(),
            person_key: PersonKey::from_bytes([1; 32]).to_string(),
            region: "sh".to_owned(),
            employer_unit_id: Uuid::from_u128(1).to_string(),
            origin: ExpertOrigin::Invited.into(),
            fields: vec!["集成电路".to_owned()],
            keywords: vec![String::new()],
            active: true,
        }),
    };
    let said = |origin| {
        let message = Message::share(proto::message::Audience::HUB, "x", &event);
        Incoming {
            id: Uuid::from_u128(3),
            origin,
            scope: Scope::Share(proto::message::Audience::HUB),
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: OffsetDateTime::UNIX_EPOCH,
            body: message.body,
            traceparent: None,
        }
    };
    assert!(pooled(&said(Region::JS)).is_err());
    let acts = pooled(&said(Region::SH)).unwrap();
    assert_eq!((acts.len(), acts[0].kind()), (1, "expert"));
}
