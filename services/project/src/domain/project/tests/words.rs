//! Who is asked, whose word counts, and what follows from it.

use evidence::Digest;
use proto::{
    message::{Audience, Scope},
    project::v1::{
        ContractAssentRequested, ContractAssentWithdrawn, ContractSigned, ProjectActivated,
    },
};
use regulation::UnitId;

use super::*;
use crate::{
    domain::Why,
    sample::{LEAD, SOLVER},
};

#[test]
fn the_department_and_every_unit_are_asked_at_their_own_homes_for_the_same_document() {
    let (project, told) = asked();
    let to_js = Scope::Node;
    let to_sh = Scope::Share(Audience::One(Region::SH));
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    assert_eq!(scopes, [to_js, to_js, to_sh]);
    let requests: Vec<_> = told
        .iter()
        .map(|message| message.read::<ContractAssentRequested>().unwrap())
        .map(|asked| asked.request.unwrap())
        .collect();
    let document = &contract(&project).document;
    for request in &requests {
        assert_eq!(request.document_kind, "contract");
        assert_eq!(request.document, document.bytes());
        assert_eq!(request.digest, document.digest().to_string());
    }
    let units = requests.iter().map(|request| {
        let party = request.party.as_ref().unwrap();
        party.unit_id.clone()
    });
    let expected = [String::new(), LEAD.to_string(), SOLVER.to_string()];
    assert_eq!(units.collect::<Vec<_>>(), expected);
}

#[test]
fn when_all_have_agreed_it_is_signed_money_may_follow_and_all_hear_that_work_begins() {
    let (mut project, _) = asked();
    let digest = contract(&project).document.digest().to_string();
    let mut told = Vec::new();
    for (hours, party) in [3_i64, 5, 4].into_iter().zip(parties()) {
        assert!(told.is_empty(), "signed before {party} agreed");
        let mut word = word(&project, party);
        word.by.at = NOW + Duration::hours(hours);
        told = give(&mut project, Command::Agree(word), &system());
    }
    assert!(
        told.is_empty(),
        "signed before credit records were looked at"
    );
    let told = give(&mut project, sign(), &system());
    let signed: ContractSigned = told[0].read().unwrap();
    assert_eq!(told[0].scope, Scope::Node);
    assert_eq!(signed.contract_digest, digest);
    // When the last one signed, whenever that was heard.
    assert_eq!(signed.signed_at, "2024-12-02T07:00:00Z");
    let activated: ProjectActivated = told[1].read().unwrap();
    assert_eq!(told[1].scope, Scope::Share(Audience::All));
    assert_eq!(
        (activated.starts_on.as_str(), activated.ends_on.as_str()),
        ("2025-01-01", "2027-12-31")
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn an_assent_to_another_digest_counts_for_nothing() {
    let (project, _) = asked();
    for party in parties() {
        let word = Word {
            digest: Digest::of_document(b"another"),
            ..word(&project, party)
        };
        let refused = refusal(&project, Command::Agree(word), &system());
        assert!(matches!(refused, Rejection::AnotherDigest { .. }));
    }
    let command = Command::RequestAssents {
        barred: Vec::new(),
        digest: Digest::of_document(b"another"),
    };
    let mut prepared = self::project(established());
    give(&mut prepared, prepare(), &officer());
    assert!(matches!(
        refusal(&prepared, command, &officer()),
        Rejection::AnotherDigest { .. }
    ));
}

#[test]
fn one_who_refuses_sends_it_back_with_the_reason_and_who_waits_need_not_answer() {
    let (mut project, _) = asked();
    let first = contract(&project).document.digest();
    let (lead, solver) = (Party::Unit(LEAD), Party::Unit(SOLVER));
    let agreed = word(&project, lead);
    let late = word(&project, Party::Department);
    give(&mut project, Command::Agree(agreed), &system());
    let command = Command::Refuse {
        word: word(&project, solver),
        reason: reason(),
    };
    let told = give(&mut project, command.clone(), &system());
    assert_eq!(told.len(), 1);
    let withdrawn: ContractAssentWithdrawn = told[0].read().unwrap();
    let withdrawn = withdrawn.withdrawal.unwrap();
    assert_eq!(withdrawn.assent_id, late.assent.to_string());
    assert_eq!(withdrawn.party.unwrap().unit_id, "");
    assert!(matches!(
        &returned(&project).why,
        Why::Refused { party, reason: why, .. } if *party == solver && *why == reason()
    ));

    // A repeat, and a word that was given before the version came to nothing, change nothing.
    let before = project.clone();
    give(&mut project, command, &system());
    give(&mut project, Command::Agree(late.clone()), &system());
    assert_eq!(project, before);

    give(&mut project, prepare(), &officer());
    assert_eq!(contract(&project).version, 2);
    assert_ne!(contract(&project).document.digest(), first);
    let command = ask(&project);
    assert_eq!(give(&mut project, command, &officer()).len(), 3);
    // Words on the first version do not count for the second.
    give(&mut project, Command::Agree(late), &system());
    assert!(project.case().unwrap().given().unwrap().is_empty());
}

#[test]
fn who_drew_the_contract_up_does_not_sign_it_for_the_department() {
    let (mut project, _) = asked();
    let mut both = word(&project, Party::Department);
    both.by.person = "officer".to_owned();
    let told = give(&mut project, Command::Agree(both.clone()), &system());
    assert_eq!(told.len(), 2);
    assert_eq!(returned(&project).why, Why::SignedByPreparer(both.by));
    let told = returned(&project).why.to_string();
    assert!(told.contains(rules::TWO_PEOPLE.sentence), "{told}");
}

#[test]
fn an_officer_takes_back_what_waits_for_assents_and_draws_it_up_anew() {
    let (mut project, _) = asked();
    let revise = Command::Revise(reason());
    assert_eq!(
        refusal(&project, revise.clone(), &context("d", Role::Director)),
        Rejection::NotAnOfficer
    );
    assert!(matches!(
        refusal(&project, prepare(), &officer()),
        Rejection::WrongStage { .. }
    ));
    assert_eq!(rule(&project, prepare(), &officer()), rules::LIFECYCLE);
    let told = give(&mut project, revise.clone(), &officer());
    assert_eq!(told.len(), 3);
    assert!(matches!(
        refusal(&project, revise, &officer()),
        Rejection::WrongStage { .. }
    ));
    give(&mut project, prepare(), &officer());
    assert_eq!(contract(&project).version, 2);
}

#[test]
fn while_nobody_has_been_asked_it_is_drawn_up_anew_as_the_same_version() {
    let mut project = project(established());
    give(&mut project, prepare(), &officer());
    let first = contract(&project).document.digest();
    let command = Command::Prepare {
        barred: Vec::new(),
        terms: terms("2025-02-01"),
        policy: Some(policy()),
    };
    give(&mut project, command, &officer());
    assert_eq!(contract(&project).version, 1);
    assert_ne!(contract(&project).document.digest(), first);
}

#[test]
fn only_an_officer_of_the_own_node_draws_up_and_asks() {
    let mut project = project(established());
    let mut elsewhere = officer();
    elsewhere.actor.region = Region::SH;
    for context in [context("d", Role::Director), system(), elsewhere] {
        assert_eq!(
            refusal(&project, prepare(), &context),
            Rejection::NotAnOfficer
        );
        assert_eq!(rule(&project, prepare(), &context), rules::OFFICER);
    }
    give(&mut project, prepare(), &officer());
    let director = context("d", Role::Director);
    assert_eq!(
        refusal(&project, ask(&project), &director),
        Rejection::NotAnOfficer
    );
}

#[test]
fn a_signed_contract_stands() {
    let (mut project, _) = asked();
    for party in parties() {
        let word = word(&project, party);
        give(&mut project, Command::Agree(word), &system());
    }
    give(&mut project, sign(), &system());
    let commands = [prepare(), ask(&project), Command::Revise(reason())];
    for command in commands {
        let refused = refusal(&project, command.clone(), &officer());
        assert_eq!(refused, Rejection::Signed);
        assert_eq!(rule(&project, command, &officer()), rules::SIGNED_STANDS);
    }
    let word = word(&project, Party::Unit(LEAD));
    let repeat = Command::Agree(word.clone());
    assert_eq!(project.decide(repeat, &system()), Ok(Vec::new()));
    let command = Command::Refuse {
        word,
        reason: reason(),
    };
    assert_eq!(
        refusal(&project, command.clone(), &system()),
        Rejection::SpokenAlready(Party::Unit(LEAD))
    );
    assert_eq!(rule(&project, command, &system()), rules::EVERY_PARTY);
}

#[test]
fn a_word_counts_only_from_the_partys_home_in_the_partys_role_on_what_was_asked() {
    let (project, _) = asked();
    let solver = Party::Unit(SOLVER);
    let mut elsewhere = word(&project, solver);
    elsewhere.by.region = Region::ZJ;
    let mut stranger = word(&project, solver);
    stranger.party = Party::Unit(UnitId(uuid::Uuid::from_u128(77)));
    let mut expert = word(&project, solver);
    expert.by.role = Role::Director;
    let mut unasked = word(&project, solver);
    unasked.assent = solver.assent(established().project, 9);
    let of_a_stranger = Rejection::NotTheirHome(stranger.party);
    for (word, expected, by) in [
        (elsewhere, Rejection::NotTheirHome(solver), rules::OWN_WORD),
        (stranger, of_a_stranger, rules::OWN_WORD),
        (expert, Rejection::WrongRole(solver), rules::OWN_WORD),
        (unasked, Rejection::NotAsked, rules::EVERY_PARTY),
    ] {
        let agree = Command::Agree(word);
        assert_eq!(refusal(&project, agree.clone(), &system()), expected);
        assert_eq!(rule(&project, agree, &system()), by);
    }
}

#[test]
fn what_waits_for_assents_is_not_asked_for_again_as_another_document() {
    let (project, _) = asked();
    let again = |digest| Command::RequestAssents {
        digest,
        barred: Vec::new(),
    };
    let same = again(contract(&project).document.digest());
    assert_eq!(project.decide(same, &officer()), Ok(Vec::new()));
    let other = again(Digest::of_document(b"another"));
    assert_eq!(rule(&project, other, &officer()), rules::LIFECYCLE);
}
