//! Each rule of assents, with a case that it refuses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proto::{
    coordination::v1::{AssentGiven, AssentRefused},
    message::Scope,
};
use regulation::{Actor, Refusal, Rule};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::rules;

const NOW: OffsetDateTime = datetime!(2024-05-06 10:00 +8);
const UNIT: UnitId = UnitId(Uuid::from_u128(3));

fn context(person: &str, role: Role) -> Context {
    Context {
        now: NOW,
        actor: Actor::person(person, role, Region::JS),
        node: Region::JS,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn member_of(unit: UnitId) -> Context {
    let mut context = context("member", Role::UnitMember);
    context.actor.unit = Some(unit);
    context
}

fn document() -> Document {
    Document::new(b"paper".to_vec()).unwrap()
}

fn digest() -> Digest {
    document().digest()
}

fn request(party: Party) -> Request {
    let about = match party {
        Party::Department => About::Decision(Uuid::from_u128(5).into()),
        Party::Unit(_) => About::Paper {
            kind: "application".parse().unwrap(),
            subject_id: "a-1".parse().unwrap(),
            by: Region::SH,
            asked_as: Uuid::from_u128(8).into(),
        },
    };
    Request {
        about,
        title: "文件".parse().unwrap(),
        document: document(),
        party,
        at: NOW,
    }
}

fn asked(party: Party) -> Assent {
    let mut assent = Assent::default();
    let ask = Command::Ask(Box::new(request(party)));
    give(&mut assent, ask, &context("system", Role::System));
    assent
}

fn give(assent: &mut Assent, command: Command, context: &Context) -> Vec<Message> {
    let mut told = Vec::new();
    for event in assent.decide(command, context).unwrap() {
        assent.evolve(&event);
        told.extend(assent.publish("assent-1", &event, context));
    }
    told
}

fn prepare() -> Command {
    Command::Prepare {
        digest: digest(),
        note: Some("NOTE-AT-HOME".parse().unwrap()),
    }
}

fn sign() -> Command {
    Command::Give { digest: digest() }
}

fn refuse() -> Command {
    Command::Refuse {
        reason: "预算不足".parse().unwrap(),
    }
}

fn officer() -> Context {
    context("officer", Role::Officer)
}

fn director() -> Context {
    context("director", Role::Director)
}

/// The rule that people are told.
fn rule(rejection: Rejection) -> Rule {
    Refusal::from(rejection).rule
}

#[test]
fn a_department_agrees_by_an_officer_and_a_director_and_all_are_told() {
    let mut assent = asked(Party::Department);
    assert_eq!(give(&mut assent, prepare(), &officer()), Vec::new());
    let told = give(&mut assent, sign(), &director());
    assert_eq!(told[0].scope, Scope::Share(Audience::All));
    let given: AssentGiven = told[0].read().unwrap();
    assert_eq!(
        (given.document_kind.as_str(), given.person.as_str()),
        ("decision", "director")
    );
    assert_eq!(given.digest, digest().to_string());
    assert_eq!(given.party.unwrap().region, "js");
    assert!(!String::from_utf8_lossy(&told[0].body).contains("NOTE-AT-HOME"));
}

#[test]
fn a_unit_agrees_by_its_own_member_and_who_asked_is_told() {
    let mut assent = asked(Party::Unit(UNIT));
    let told = give(&mut assent, sign(), &member_of(UNIT));
    assert_eq!(told[0].scope, Scope::Share(Audience::One(Region::SH)));
    assert_eq!(
        told[0]
            .read::<AssentGiven>()
            .unwrap()
            .party
            .unwrap()
            .unit_id,
        UNIT.to_string()
    );
}

#[test]
fn what_the_own_node_asked_for_is_told_without_crossing_the_border() {
    let mut assent = asked(Party::Unit(UNIT));
    let mut here = member_of(UNIT);
    here.node = Region::SH;
    assert_eq!(give(&mut assent, sign(), &here)[0].scope, Scope::Node);
}

#[test]
fn nobody_signs_for_another_unit_nor_a_department_for_a_unit() {
    let assent = asked(Party::Unit(UNIT));
    let stranger = member_of(UnitId(Uuid::from_u128(4)));
    assert_eq!(rule(Rejection::NotOfTheUnit), rules::OWN_UNIT);
    for context in [stranger, director(), officer()] {
        assert_eq!(
            assent.decide(sign(), &context),
            Err(Rejection::NotOfTheUnit)
        );
        assert_eq!(
            assent.decide(refuse(), &context),
            Err(Rejection::NotOfTheUnit)
        );
    }
    assert_eq!(
        assent.decide(prepare(), &officer()),
        Err(Rejection::UnitsPrepareNothing)
    );
}

#[test]
fn a_director_signs_what_an_officer_prepared_and_nobody_what_they_prepared_themselves() {
    let mut assent = asked(Party::Department);
    assert_eq!(
        assent.decide(sign(), &director()),
        Err(Rejection::NotPrepared)
    );
    assert_eq!(
        assent.decide(prepare(), &director()),
        Err(Rejection::NotAnOfficer)
    );
    give(&mut assent, prepare(), &context("both", Role::Officer));
    assert_eq!(
        assent.decide(sign(), &officer()),
        Err(Rejection::NotADirector)
    );
    let same = context("both", Role::Director);
    let refused = assent.decide(sign(), &same).unwrap_err();
    assert_eq!(refused, Rejection::PreparedIt);
    assert_eq!(rule(refused), rules::TWO_PEOPLE);
    assert_eq!(
        assent.decide(prepare(), &officer()),
        Err(Rejection::PreparedAlready)
    );
    assert!(assent.decide(sign(), &director()).is_ok());
}

#[test]
fn what_is_signed_is_what_was_read() {
    let other = Digest::of_document(b"another");
    let unit = asked(Party::Unit(UNIT));
    let refused = unit.decide(Command::Give { digest: other }, &member_of(UNIT));
    assert!(matches!(refused, Err(Rejection::AnotherDigest { .. })));
    let department = asked(Party::Department);
    let refused = department.decide(
        Command::Prepare {
            digest: other,
            note: None,
        },
        &officer(),
    );
    assert!(matches!(refused, Err(Rejection::AnotherDigest { .. })));
}

#[test]
fn a_refusal_goes_where_the_assent_would_have_gone() {
    let mut assent = asked(Party::Department);
    let told = give(&mut assent, refuse(), &director());
    assert_eq!(told[0].scope, Scope::Share(Audience::All));
    assert_eq!(told[0].read::<AssentRefused>().unwrap().reason, "预算不足");
    let again = assent.decide(sign(), &director()).unwrap_err();
    assert_eq!(again, Rejection::Over);
    assert_eq!(rule(again), rules::ASSENT_LIFECYCLE);
}

#[test]
fn what_came_to_nothing_needs_no_word_and_what_was_given_stays() {
    let mut open = asked(Party::Department);
    give(&mut open, Command::Lapse, &officer());
    assert_eq!(open.asked().unwrap().1, &Stage::Lapsed);
    assert_eq!(open.decide(prepare(), &officer()), Err(Rejection::Over));
    let mut given = asked(Party::Unit(UNIT));
    give(&mut given, sign(), &member_of(UNIT));
    assert_eq!(given.decide(Command::Lapse, &officer()), Ok(Vec::new()));
    assert_eq!(
        Assent::default().decide(Command::Lapse, &officer()),
        Ok(Vec::new())
    );
}

#[test]
fn only_who_asked_takes_the_request_back_and_what_was_given_stays() {
    let withdraw = |by| Command::Withdraw { by };
    let mut open = asked(Party::Unit(UNIT));
    assert_eq!(
        open.decide(withdraw(Region::ZJ), &officer()),
        Err(Rejection::NotTheAsker)
    );
    assert!(give(&mut open, withdraw(Region::SH), &officer()).is_empty());
    assert_eq!(open.asked().unwrap().1, &Stage::Lapsed);
    assert_eq!(open.decide(sign(), &member_of(UNIT)), Err(Rejection::Over));
    let mut given = asked(Party::Unit(UNIT));
    give(&mut given, sign(), &member_of(UNIT));
    for assent in [open, given, Assent::default()] {
        let again = assent.decide(withdraw(Region::SH), &officer());
        assert_eq!(again, Ok(Vec::new()));
    }
}

#[test]
fn a_request_made_twice_is_one_and_another_one_does_not_take_its_place() {
    let assent = asked(Party::Department);
    let mut again = request(Party::Department);
    again.at = NOW + time::Duration::HOUR;
    assert_eq!(
        assent.decide(Command::Ask(Box::new(again)), &officer()),
        Ok(Vec::new())
    );
    let others: [fn(&mut Request); 3] = [
        |other| other.about = About::Decision(Uuid::from_u128(6).into()),
        |other| other.document = Document::new(b"other".to_vec()).unwrap(),
        |other| other.party = Party::Unit(UNIT),
    ];
    for change in others {
        let mut other = request(Party::Department);
        change(&mut other);
        let other = assent.decide(Command::Ask(Box::new(other)), &officer());
        assert_eq!(other, Err(Rejection::Exists));
    }
}

#[test]
fn nothing_is_signed_that_nobody_asked_for_and_what_is_given_is_not_refused_afterwards() {
    let nothing = Assent::default().decide(sign(), &director());
    assert_eq!(nothing, Err(Rejection::NotFound));
    let mut given = asked(Party::Unit(UNIT));
    give(&mut given, sign(), &member_of(UNIT));
    let refused = given.decide(refuse(), &member_of(UNIT));
    assert_eq!(refused, Err(Rejection::Over));
}

#[test]
fn only_a_units_member_signs_for_it_whoever_else_names_the_unit() {
    let mut officer = officer();
    officer.actor.unit = Some(UNIT);
    let refused = asked(Party::Unit(UNIT)).decide(sign(), &officer);
    assert_eq!(refused, Err(Rejection::NotOfTheUnit));
}

fn is_over(assent: &Assent) -> bool {
    let stage = assent.asked().map(|(_, stage)| stage);
    matches!(
        stage,
        Some(Stage::Given { .. } | Stage::Refused { .. } | Stage::Lapsed)
    )
}

proptest! {
    /// `domain.md` §5, invariant 11.
    #[test]
    fn over_any_history_nobody_signs_what_they_prepared_and_what_is_over_stays(
        unit in any::<bool>(),
        history in prop::collection::vec((0..5_u8, 0..2_u8, 0..3_u8), 0..30),
    ) {
        let mut assent = asked(if unit { Party::Unit(UNIT) } else { Party::Department });
        for (command, person, role) in history {
            let command = match command {
                0 | 1 => prepare(),
                2 | 3 => sign(),
                _ => refuse(),
            };
            let role = [Role::Officer, Role::Director, Role::UnitMember][usize::from(role)];
            let mut context = context(&format!("p{person}"), role);
            context.actor.unit = Some(UNIT);
            let before = assent.clone();
            for event in assent.decide(command, &context).unwrap_or_default() {
                assent.evolve(&event);
            }
            if is_over(&before) {
                prop_assert_eq!(&assent, &before);
            }
            if let Some((request, Stage::Given { preparation, by })) = assent.asked() {
                match (request.party, preparation) {
                    (Party::Department, Some(preparation)) => {
                        prop_assert_ne!(&preparation.by.person, &by.person);
                        prop_assert_eq!(by.role, Role::Director);
                    }
                    (Party::Department, None) => prop_assert!(false, "not prepared"),
                    (Party::Unit(_), _) => prop_assert_eq!(by.role, Role::UnitMember),
                }
            }
        }
    }
}
