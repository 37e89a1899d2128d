//! Who may say what: forged and misaddressed messages are refused, the others become commands.

use std::{collections::BTreeMap, sync::Arc};

use proto::{
    application::v1::GuideDocument,
    coordination::v1::Party as WireParty,
    message::{Audience, Message},
};
use regulation::{Actor, Policy, YRD_2023_1};
use time::macros::datetime;

use super::*;

const NOW: time::OffsetDateTime = datetime!(2024-05-06 10:00 +8);
const DECISION_ID: Uuid = Uuid::from_u128(11);

fn context(node: Region) -> Context {
    Context {
        now: NOW,
        actor: Actor::system(node),
        node,
        policy: Some(Arc::new(Policy::parse(YRD_2023_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

fn incoming(origin: Region, message: Message) -> Incoming {
    Incoming {
        id: Uuid::from_u128(99),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at: NOW,
        body: message.body,
        traceparent: None,
    }
}

fn shared<E: PublicEvent>(origin: Region, event: &E) -> Incoming {
    incoming(origin, Message::share(Audience::All, "x", event))
}

fn opened() -> DecisionOpened {
    let document = b"list".to_vec();
    let digest = Document::new(document.clone())
        .unwrap()
        .digest()
        .to_string();
    DecisionOpened {
        decision_id: DECISION_ID.to_string(),
        title: "清单".to_owned(),
        document,
        digest,
        members: ["sh", "js", "zj", "ah"].map(str::to_owned).to_vec(),
        ..Default::default()
    }
}

fn given(region: &str) -> AssentGiven {
    AssentGiven {
        assent_id: Uuid::from_u128(1).to_string(),
        document_kind: DECISION.to_owned(),
        subject_id: DECISION_ID.to_string(),
        digest: opened().digest,
        party: Some(WireParty {
            region: region.to_owned(),
            unit_id: String::new(),
        }),
        person: "director".to_owned(),
        role: "director".to_owned(),
        given_at: String::new(),
    }
}

fn kinds(acts: &[Act]) -> Vec<(&'static str, String)> {
    acts.iter()
        .map(|act| (act.kind(), act.id().to_owned()))
        .collect()
}

#[test]
fn each_proposal_opens_one_decision_on_its_own_bytes() {
    let proposals = [
        Message::node(
            "r",
            &ListProposed {
                round_id: Uuid::from_u128(1).to_string(),
                year: 2024,
                entries: vec![],
            },
        ),
        Message::node(
            "g",
            &GuideProposed {
                guide: Some(GuideDocument {
                    guide_id: Uuid::from_u128(2).to_string(),
                    title: "2024年指南".to_owned(),
                    ..Default::default()
                }),
            },
        ),
        Message::node(
            "e",
            &EstablishmentProposed {
                round_id: Uuid::from_u128(3).to_string(),
                ..Default::default()
            },
        ),
    ];
    for proposal in proposals {
        let message = incoming(Region::HUB, proposal);
        let acts = react(&message, &context(Region::HUB)).unwrap();
        assert_eq!(
            kinds(&acts),
            [("joint_decision", decision_opened_by(message.id).to_string())]
        );
        let decided = acts[0].decide(None, &context(Region::HUB)).unwrap();
        let event: DecisionOpened = decided.messages[0].read().unwrap();
        assert_eq!(event.document, message.body);
        assert!(
            react(
                &Incoming {
                    origin: Region::JS,
                    ..message
                },
                &context(Region::HUB)
            )
            .is_err()
        );
    }
}

#[test]
fn members_are_asked_for_their_word_and_others_are_not() {
    let message = shared(Region::HUB, &opened());
    let acts = react(&message, &context(Region::JS)).unwrap();
    let id = assent_to(DECISION_ID.into(), Region::JS).to_string();
    assert_eq!(kinds(&acts), [("assent", id)]);
    for node in [Region::HUB, "gd".parse().unwrap()] {
        assert!(react(&message, &context(node)).unwrap().is_empty());
    }
}

#[test]
fn only_the_hub_speaks_of_decisions() {
    let messages = [
        shared(Region::JS, &opened()),
        shared(Region::JS, &DecisionChanged::default()),
        shared(Region::JS, &DecisionInForce::default()),
        shared(Region::JS, &ObjectionAnswered::default()),
    ];
    for message in messages {
        assert!(
            react(&message, &context(Region::SH)).is_err(),
            "{}",
            message.kind
        );
    }
}

#[test]
fn a_document_that_is_not_its_digests_is_not_put_before_anyone() {
    let forged = DecisionOpened {
        document: b"another".to_vec(),
        ..opened()
    };
    assert!(react(&shared(Region::HUB, &forged), &context(Region::JS)).is_err());
}

#[test]
fn none_speaks_for_another() {
    assert!(
        react(&shared(Region::JS, &given("js")), &context(Region::HUB))
            .unwrap()
            .len()
            == 1
    );
    assert!(react(&shared(Region::JS, &given("zj")), &context(Region::HUB)).is_err());
    let refused = AssentRefused {
        document_kind: DECISION.to_owned(),
        party: Some(WireParty {
            region: "zj".to_owned(),
            unit_id: String::new(),
        }),
        ..Default::default()
    };
    assert!(react(&shared(Region::JS, &refused), &context(Region::HUB)).is_err());
}

#[test]
fn a_unit_has_no_word_in_a_joint_decision() {
    let mut given = given("js");
    given.party.as_mut().unwrap().unit_id = Uuid::from_u128(3).to_string();
    assert!(react(&shared(Region::JS, &given), &context(Region::HUB)).is_err());
}

#[test]
fn words_on_decisions_count_on_the_hub_and_words_on_papers_elsewhere() {
    assert!(
        react(&shared(Region::JS, &given("js")), &context(Region::SH))
            .unwrap()
            .is_empty()
    );
    let paper = AssentGiven {
        document_kind: "contract".to_owned(),
        ..given("js")
    };
    assert!(
        react(&shared(Region::JS, &paper), &context(Region::HUB))
            .unwrap()
            .is_empty()
    );
}

fn requested(region: &str, kind: &str) -> ApplicationAssentRequested {
    let document = b"package".to_vec();
    let digest = Document::new(document.clone())
        .unwrap()
        .digest()
        .to_string();
    let party = WireParty {
        region: region.to_owned(),
        unit_id: Uuid::from_u128(3).to_string(),
    };
    ApplicationAssentRequested {
        request: Some(AssentRequest {
            assent_id: Uuid::from_u128(8).to_string(),
            document_kind: kind.to_owned(),
            subject_id: Uuid::from_u128(9).to_string(),
            title: "申报书".to_owned(),
            document,
            digest,
            party: Some(party),
        }),
    }
}

/// Where this node keeps what `asker` asked for under the id of these tests.
fn kept_for(asker: Region) -> (&'static str, String) {
    let asked_as = Uuid::from_u128(8).into();
    ("assent", assent_asked_by(asker, asked_as).to_string())
}

#[test]
fn a_unit_is_asked_at_its_home_under_the_askers_id() {
    let message = shared(Region::SH, &requested("js", "application"));
    let acts = react(&message, &context(Region::JS)).unwrap();
    assert_eq!(kinds(&acts), [kept_for(Region::SH)]);
    assert!(react(&message, &context(Region::SH)).unwrap().is_empty());
}

#[test]
fn a_department_is_asked_for_its_word_on_a_contract_of_its_own_node() {
    let party = Some(WireParty {
        region: "js".to_owned(),
        unit_id: String::new(),
    });
    let request = AssentRequest {
        party: party.clone(),
        ..requested("js", "contract").request.unwrap()
    };
    let asked = ContractAssentRequested {
        request: Some(request),
    };
    let message = incoming(Region::JS, Message::node("project", &asked));
    let acts = react(&message, &context(Region::JS)).unwrap();
    let decided = acts[0].decide(None, &context(Region::JS)).unwrap();
    let assent: Assent = serde_json::from_str(&decided.state).unwrap();
    let (request, _) = assent.asked().unwrap();
    assert_eq!(request.party, Party::Department);
    assert_eq!(request.about.asked_by(), Region::JS);
    let taken_back = ContractAssentWithdrawn {
        withdrawal: Some(AssentWithdrawal {
            assent_id: Uuid::from_u128(8).to_string(),
            party,
        }),
    };
    let message = incoming(Region::JS, Message::node("project", &taken_back));
    let acts = react(&message, &context(Region::JS)).unwrap();
    assert_eq!(kinds(&acts), [kept_for(Region::JS)]);
    assert!(react(&message, &context(Region::SH)).unwrap().is_empty());
}

#[test]
fn no_region_can_occupy_the_id_under_which_another_asks_or_that_of_a_decision() {
    let id = |origin| {
        let message = shared(origin, &requested("js", "application"));
        let acts = react(&message, &context(Region::JS)).unwrap();
        acts[0].id().to_owned()
    };
    assert_ne!(id(Region::SH), id(Region::ZJ));
    let of_decision = assent_to(DECISION_ID.into(), Region::JS);
    let mut squatting = requested("js", "application");
    squatting.request.as_mut().unwrap().assent_id = of_decision.to_string();
    let message = shared(Region::ZJ, &squatting);
    let acts = react(&message, &context(Region::JS)).unwrap();
    assert_ne!(acts[0].id(), of_decision.to_string());
}

#[test]
fn nobody_but_the_hub_asks_for_a_word_on_a_decision() {
    let message = shared(Region::SH, &requested("js", DECISION));
    assert!(react(&message, &context(Region::JS)).is_err());
}

#[test]
fn a_returned_decision_needs_nobodys_word_any_more() {
    let changed = |state: DecisionState| DecisionChanged {
        decision_id: DECISION_ID.to_string(),
        state: state.into(),
        ..Default::default()
    };
    let returned = shared(Region::HUB, &changed(DecisionState::Returned));
    let acts = react(&returned, &context(Region::JS)).unwrap();
    let id = assent_to(DECISION_ID.into(), Region::JS).to_string();
    assert_eq!(kinds(&acts), [("assent", id)]);
    let assented = shared(Region::HUB, &changed(DecisionState::Assented));
    assert!(react(&assented, &context(Region::JS)).unwrap().is_empty());
}

#[test]
fn an_objection_goes_to_the_hub_and_its_answer_home() {
    let filed = ObjectionFiled {
        objection_id: Uuid::from_u128(4).to_string(),
        decision_id: DECISION_ID.to_string(),
        text: "异议".to_owned(),
        filed_at: String::new(),
    };
    let message = incoming(Region::JS, Message::share(Audience::HUB, "o", &filed));
    let acts = react(&message, &context(Region::HUB)).unwrap();
    assert_eq!(kinds(&acts), [("joint_decision", DECISION_ID.to_string())]);
    assert!(react(&message, &context(Region::JS)).unwrap().is_empty());
    let answered = ObjectionAnswered {
        objection_id: Uuid::from_u128(4).to_string(),
        outcome: 2,
        reason: "不成立".to_owned(),
        ..Default::default()
    };
    let to_js = Message::share(Audience::One(Region::JS), "o", &answered);
    let message = incoming(Region::HUB, to_js);
    let acts = react(&message, &context(Region::JS)).unwrap();
    assert_eq!(
        kinds(&acts),
        [("objection", Uuid::from_u128(4).to_string())]
    );
    assert!(react(&message, &context(Region::HUB)).unwrap().is_empty());
}

#[test]
fn a_proposal_that_crossed_the_border_opens_nothing() {
    let list = ListProposed {
        round_id: Uuid::from_u128(1).to_string(),
        year: 2024,
        entries: vec![],
    };
    let message = shared(Region::HUB, &list);
    assert!(react(&message, &context(Region::HUB)).is_err());
}

#[test]
fn a_word_that_nobody_signed_is_none() {
    let mut unsigned = given("js");
    unsigned.person.clear();
    let message = shared(Region::JS, &unsigned);
    assert!(react(&message, &context(Region::HUB)).is_err());
}
