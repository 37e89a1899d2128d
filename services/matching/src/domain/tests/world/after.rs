//! What must be once everything has arrived, and what nobody may find in what was said.

use std::collections::BTreeSet;

use proto::{
    matching::v1 as wire,
    message::{Audience, Message, Scope},
};

use super::{
    super::{
        federation::{HOME, home},
        *,
    },
    SECRET_DEMAND, SECRET_UNIT, World, posting_id, solver,
};
use crate::domain::posting::{disclosure::Audience as Told, reserve};

impl World {
    /// Once everything has arrived, all nodes say the same.
    pub(in super::super) fn agree(&mut self) {
        self.federation.settle();
        let posting: Posting = self.federation.state(home(), posting_id());
        let call = posting.call().unwrap();
        let solution_box: SolutionBox = self.federation.state(Region::HUB, blind());
        let known = solution_box
            .pool
            .map_or(reserve::Status::Left, |pool| pool.status);
        assert_eq!(known, call.pool_status().unwrap_or(reserve::Status::Left));
        assert_eq!(solution_box.closed, matches!(posting, Posting::Closed(_)));
        for n in 0..4 {
            let (region, _, solution) = solver(n);
            let state: Solution = self.federation.state(region, solution);
            let picked = call.selected(solution, false);
            let agreed = call.selected(solution, true);
            match state.0.map(|case| case.stage) {
                Some(Stage::Selected(word)) => assert_eq!(word.tasks, picked),
                Some(Stage::Intent(word)) => {
                    assert_eq!((&word.tasks, &word.tasks), (&picked, &agreed));
                }
                _ => assert_eq!(picked, BTreeSet::new()),
            }
        }
        for n in 0..4 {
            let (region, _, solution) = solver(n);
            let state: Solution = self.federation.state(region, solution);
            let knows = state.0.is_some_and(|case| case.demander.is_some());
            let told = call.disclosures.iter().any(
                |told| matches!(told.to, Told::Solver { solution: one, .. } if one == solution),
            );
            assert_eq!(knows, told, "{n}");
        }
    }

    /// Nothing that leaves tells who demands; nothing that others than hub and home get tells the
    /// demand or its region. [Art. 10]
    pub(in super::super) fn search(&self) {
        let unit = forms(SECRET_UNIT.0);
        let demand = forms(SECRET_DEMAND.0);
        let affiliate = forms(AFFILIATE.0);
        for (_, message) in &self.federation.said {
            let Scope::Share(audience) = message.scope else {
                continue;
            };
            if self.was_disclosed(message, audience) {
                continue;
            }
            let mut text = message.body.clone();
            text.extend(message.aggregate.bytes());
            text.extend(message.kind.bytes());
            let hidden = |what: &[u8]| !text.windows(what.len()).any(|bytes| bytes == what);
            // The solver's and the demander's alike.
            let contact = b"PRIVATE-CONTACT".to_vec();
            let private = unit.iter().chain([&contact]);
            let knows = matches!(audience, Audience::One(to) if to.is_hub() || to == home());
            let more: Vec<Vec<u8>> = if knows {
                Vec::new()
            } else {
                let mut more = vec![HOME.as_bytes().to_vec()];
                more.extend(demand.iter().chain(&affiliate).cloned());
                more
            };
            for what in private.chain(&more) {
                assert!(
                    hidden(what),
                    "{} to {audience} tells {what:02x?}",
                    message.kind
                );
            }
        }
    }

    /// Whether it tells the demander to whom the demander's word, and an approval, told it.
    fn was_disclosed(&self, message: &Message, audience: Audience) -> bool {
        let posting: Posting = self.federation.state(home(), posting_id());
        let Some(call) = posting.call() else {
            return false;
        };
        if let Some(told) = message.read::<wire::DemanderDisclosed>() {
            let allowed = call.disclosures.iter().any(|one| match one.to {
                Told::All => false,
                Told::Solver {
                    solution, region, ..
                } => solution.to_string() == told.solution_id && audience == Audience::One(region),
            });
            assert!(allowed, "{told:?} to {audience}");
            return true;
        }
        let named = message.read::<wire::NamingApproved>().is_some()
            || message.read::<wire::DemanderNamed>().is_some();
        assert!(!named || call.is_named());
        named
    }
}

/// An id as text, upper-case text, without hyphens, and as bytes.
fn forms(id: Uuid) -> Vec<Vec<u8>> {
    let (text, plain) = (id.to_string(), id.simple().to_string());
    vec![
        text.to_uppercase().into(),
        text.into(),
        plain.into(),
        id.as_bytes().to_vec(),
    ]
}
