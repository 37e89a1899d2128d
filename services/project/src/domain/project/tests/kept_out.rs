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
