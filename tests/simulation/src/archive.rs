//! What a journal would have stored: to compare it with what the simulation holds in memory.

use std::collections::BTreeMap;

use journal::{Act, Decided, Held, Stored, Turn, Undecided};
use regulation::{Context, Region};

use crate::service::Name;

/// An aggregate of a service of a node.
type Place = (Region, Name, &'static str, String);

/// A state with the facts that it follows from.
type Entry = (Stored, Vec<String>);

/// The facts and the state of every aggregate that was touched since it was begun.
#[derive(Default)]
pub(crate) struct Archive {
    committed: BTreeMap<Place, Entry>,
    /// What the transaction under way has decided.
    pending: BTreeMap<Place, Entry>,
}

impl Archive {
    /// Ends the transaction under way.
    pub(crate) fn end(&mut self, committed: bool) {
        let pending = std::mem::take(&mut self.pending);
        if committed {
            self.committed.extend(pending);
        }
    }

    /// Decides the act as the journal does, from and to JSON, and says how that differs.
    pub(crate) fn differs(
        &mut self,
        name: Name,
        act: &Act,
        before: Option<&Held>,
        context: &Context,
        turn: Result<Option<&Turn>, ()>,
    ) -> Option<String> {
        let place = (context.node, name, act.kind(), act.id().to_owned());
        let stored = self
            .pending
            .get(&place)
            .or_else(|| self.committed.get(&place));
        if before.is_some() && stored.is_none() {
            // It was there before this was begun.
            return None;
        }
        let decided = act.decide(stored.map(|(stored, _)| stored), context);
        let what = |what: &str| Some(format!("{} {}: {what}", act.kind(), act.id()));
        match (decided, turn) {
            (Ok(decided), Ok(None)) if decided.facts.is_empty() => None,
            (Ok(decided), Ok(Some(turn))) => {
                if decided.messages != turn.messages || decided.version() != turn.held.version() {
                    return what("the journal says something else");
                }
                self.keep(place, act, decided)
            }
            (Err(Undecided::Refused(_)), Err(())) => None,
            (Err(Undecided::Unreadable { source, .. }), _) => what(&source.to_string()),
            _ => what("the journal decides otherwise"),
        }
    }

    fn keep(&mut self, place: Place, act: &Act, decided: Decided) -> Option<String> {
        let stored = decided.stored();
        let known = self
            .pending
            .get(&place)
            .or_else(|| self.committed.get(&place));
        let mut payloads = known
            .map(|(_, payloads)| payloads.clone())
            .unwrap_or_default();
        payloads.extend(decided.facts.into_iter().map(|fact| fact.payload));
        let folded = act.fold(&payloads);
        let same = folded.as_ref().is_ok_and(|folded| *folded == stored.state);
        let what = format!("{} {} does not follow from its facts", act.kind(), act.id());
        self.pending.insert(place, (stored, payloads));
        (!same).then_some(what)
    }
}
