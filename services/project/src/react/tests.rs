//! Who may say what: forged and misaddressed messages are refused, the others become commands.

use std::{collections::BTreeMap, sync::Arc};

use proto::message::{Audience, Message, PublicEvent, Scope};
use regulation::{Actor, Policy, Region, YRD_2023_1};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::sample::{PROJECT, SOLVER, told};

fn context(node: Region) -> Context {
    Context {
        now: datetime!(2024-12-02 10:00 +8),
        actor: Actor::system(node),
        node,
        policy: Some(Arc::new(Policy::parse(YRD_2023_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

fn said<E: PublicEvent>(origin: Region, event: &E) -> Incoming {
    let message = Message::share(Audience::All, "project", event);
    Incoming {
        id: Uuid::from_u128(99),
        origin,
        scope: Scope::Share(Audience::All),
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at: datetime!(2024-12-02 10:00 +8),
        body: message.body,
        traceparent: None,
    }
}

fn acts(origin: Region, event: &impl PublicEvent, node: Region) -> Result<usize, Unreadable> {
    react(&said(origin, event), &context(node)).map(|acts| acts.len())
}

fn given() -> AssentGiven {
    AssentGiven {
        assent_id: Uuid::from_u128(5).to_string(),
        document_kind: CONTRACT.to_owned(),
        subject_id: PROJECT.to_string(),
        digest: "ab".repeat(32),
        party: Some(WireParty {
            region: "sh".into(),
            unit_id: SOLVER.to_string(),
        }),
        person: "member".into(),
        role: "unit_member".into(),
        given_at: String::new(),
    }
}

#[test]
fn a_project_begins_at_the_leads_home_and_nowhere_else() {
    let acts = react(&said(Region::HUB, &told()), &context(Region::JS)).unwrap();
    assert_eq!(acts[0].kind(), "project");
    assert_eq!(acts[0].id(), PROJECT.to_string());
    for node in [Region::SH, Region::HUB] {
        assert_eq!(self::acts(Region::HUB, &told(), node), Ok(0));
    }
}

#[test]
fn only_the_hub_establishes() {
    assert!(acts(Region::JS, &told(), Region::JS).is_err());
}

#[test]
fn what_is_not_readable_as_a_project_is_refused() {
    let mut no_package = told();
    no_package.package = None;
    let mut listed_only = told();
    listed_only.entry.as_mut().unwrap().established = false;
    let mut another_lead = told();
    another_lead.entry.as_mut().unwrap().lead_unit_id = SOLVER.to_string();
    let mut another = told();
    another.entry.as_mut().unwrap().application_id = Uuid::from_u128(1).to_string();
    let mut no_months = told();
    no_months.package.as_mut().unwrap().months = 0;
    let mut twice = told();
    let units = &mut twice.package.as_mut().unwrap().units;
    units.push(units[1].clone());
    for bad in [
        no_package,
        listed_only,
        another_lead,
        another,
        no_months,
        twice,
    ] {
        assert!(acts(Region::HUB, &bad, Region::JS).is_err());
    }
}

#[test]
fn a_party_speaks_from_its_own_home() {
    assert_eq!(acts(Region::SH, &given(), Region::JS), Ok(1));
    assert!(acts(Region::ZJ, &given(), Region::JS).is_err());
    let refused = AssentRefused {
        assent_id: given().assent_id,
        document_kind: CONTRACT.to_owned(),
        subject_id: PROJECT.to_string(),
        digest: given().digest,
        party: given().party,
        person: "member".into(),
        role: "unit_member".into(),
        reason: "经费分配有误".into(),
        refused_at: String::new(),
    };
    assert_eq!(acts(Region::SH, &refused, Region::JS), Ok(1));
    assert!(acts(Region::ZJ, &refused, Region::JS).is_err());
    let silent = AssentRefused {
        reason: String::new(),
        ..refused
    };
    assert!(acts(Region::SH, &silent, Region::JS).is_err());
}

#[test]
fn words_on_other_papers_are_not_for_projects() {
    let decision = AssentGiven {
        document_kind: "decision".into(),
        ..given()
    };
    assert_eq!(acts(Region::SH, &decision, Region::JS), Ok(0));
}

#[test]
fn a_word_that_nobody_signed_or_in_no_known_role_is_refused() {
    let nobody = AssentGiven {
        person: String::new(),
        ..given()
    };
    let nothing = AssentGiven {
        role: "emperor".into(),
        ..given()
    };
    let nowhere = AssentGiven {
        party: None,
        ..given()
    };
    for bad in [nobody, nothing, nowhere] {
        assert!(acts(Region::SH, &bad, Region::JS).is_err());
    }
}
