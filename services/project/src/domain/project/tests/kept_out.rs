//! Whom a credit record keeps from contracts signs none. [Art. 20]

use chassis::{Barred, Subject};
use regulation::{PersonKey, Refusal};

use super::*;
use crate::sample::SOLVER;

fn barred(who: Subject) -> Vec<(Subject, Barred)> {
    let by = Barred {
        until: "2026-05-31".parse().unwrap(),
        record: "record-1".into(),
    };
    vec![(who, by)]
}

#[test]
fn a_contract_is_neither_drawn_up_nor_put_to_its_parties_while_one_of_them_is_barred() {
    let leader = Subject::Person(PersonKey::from_bytes([1; 32]));
    for who in [Subject::Unit(SOLVER), leader] {
        let mut drawn_up = project(established());
        give(&mut drawn_up, prepare(), &officer());
        let digest = contract(&drawn_up).document.digest();
        let ask = Command::RequestAssents {
            digest,
            barred: barred(who.clone()),
        };
        let Command::Prepare { terms, policy, .. } = prepare() else {
            unreachable!()
        };
        let anew = Command::Prepare {
            terms,
            policy,
            barred: barred(who),
        };
        for command in [ask, anew] {
            let refused = Refusal::from(refusal(&drawn_up, command, &officer()));
            assert_eq!(refused.rule.code, "project.not-barred");
            for said in ["2026-05-31", "record-1"] {
                assert!(refused.message.contains(said), "{}", refused.message);
            }
        }
    }
}

#[test]
fn who_came_to_be_barred_between_the_first_signature_and_the_last_signs_nothing() {
    for who in [
        Subject::Unit(SOLVER),
        Subject::Person(PersonKey::from_bytes([1; 32])),
    ] {
        let (mut project, _) = asked();
        let barred = barred(who.clone());
        for party in parties() {
            // Before the last one has agreed there is nothing to sign, barred or not.
            for barred in [Vec::new(), barred.clone()] {
                let early = Command::Sign { barred };
                assert_eq!(project.decide(early, &system()), Ok(vec![]));
            }
            let word = word(&project, party);
            give(&mut project, Command::Agree(word), &system());
        }
        let sign_now = Command::Sign { barred };
        // Nobody is told that it is signed; nobody is waited for.
        assert!(give(&mut project, sign_now, &system()).is_empty());
        let told = returned(&project).why.to_string();
        let id = match who {
            Subject::Unit(unit) => unit.to_string(),
            Subject::Person(person) => person.to_string(),
        };
        for said in ["2026-05-31", "record-1", "project.not-barred", "请于", &id] {
            assert!(told.contains(said), "{told}");
        }
        assert_eq!(project.decide(sign(), &system()), Ok(vec![]));
        // Once it is over, another version may be signed.
        give(&mut project, prepare(), &officer());
        assert_eq!(contract(&project).version, 2);
    }
}
