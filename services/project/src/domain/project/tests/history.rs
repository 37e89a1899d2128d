//! Over random histories.

use evidence::Digest;
use proptest::prelude::*;

use super::*;

proptest! {
    /// Over any history a project is active only with every party's assent, from its own home, to
    /// the one document that it is carried out under, and never goes back. `domain.md` §5.5, 11.
    #[test]
    fn over_any_history_a_signed_contract_has_every_partys_hand_and_stays(
        history in prop::collection::vec((0..10_u8, 0..3_usize, 0..3_u32, any::<bool>()), 0..60),
    ) {
        let mut project = project(established());
        for (command, party, version, preparer) in history {
            let case = project.case().cloned().unwrap();
            let party = parties()[party];
            let mut told = Word {
                assent: party.assent(case.established.project, version),
                party,
                digest: case.contract().map_or(Digest::of_document(b""), |c| c.document.digest()),
                by: Signature {
                    person: if preparer { "officer".into() } else { "other".into() },
                    role: party.signs_as(),
                    region: case.established.home_of(party).unwrap(),
                    at: NOW,
                },
            };
            let command = match command {
                0 | 1 => prepare(),
                2 => Command::RequestAssents { digest: told.digest, barred: Vec::new() },
                3 => Command::Revise(reason()),
                4 => Command::Refuse { word: told, reason: reason() },
                9 => sign(),
                5 => { told.digest = Digest::of_document(b"x"); Command::Agree(told) }
                _ => Command::Agree(told),
            };
            let before = project.clone();
            for event in project.decide(command, &officer()).unwrap_or_default() {
                project.evolve(&event);
            }
            if let Stage::Active(_) = &before.case().unwrap().stage {
                prop_assert_eq!(&project, &before);
            }
            if let Stage::Active(active) = &project.case().unwrap().stage {
                let signed: Vec<_> = active.given.keys().copied().collect();
                prop_assert_eq!(signed, parties());
                let department = &active.given[&Party::Department];
                prop_assert!(!department.is_by(&active.contract.prepared_by));
            }
            let stored = serde_json::to_string(&project).unwrap();
            prop_assert_eq!(serde_json::from_str::<Project>(&stored).unwrap(), project.clone());
        }
    }
}
