//! How a service applies a message: once, in its aggregate's order, or not at all and put aside.

use std::sync::Arc;

use evidence::Digest;
use proto::{matching::v1::SolutionSealed, message::Incoming};
use regulation::{Actor, Region};

use crate::{
    catalogue,
    fault::Fault,
    kept,
    news::Application,
    node::{Dead, Letter},
    service::Name,
    world::{LINKED, World, said},
};

/// Why a message is put aside behind another one.
const BEHIND: &str = "an earlier message of its aggregate is a dead letter";
impl World {
    /// As the chassis does it: in one transaction what follows from the message, and that it was
    /// applied.
    pub(crate) fn apply(&mut self, node: Region, name: Name, letter: &Arc<Letter>) {
        let message = &letter.incoming;
        if !message.is_for(node) {
            return;
        }
        if let Some(until) = letter.heard {
            // Nothing follows from a heartbeat but that it was heard; there are very many.
            if let Some(process) = self.process(node, name) {
                let known = process.heard.entry(message.origin).or_insert(until);
                *known = until.max(*known);
            }
            return;
        }
        let forgetful = self.fault == Some(Fault::NoInbox);
        let Some(process) = self.service(node, name) else {
            return;
        };
        let known = process.inbox.contains(&message.id) && !forgetful;
        if known
            || process
                .dead
                .iter()
                .any(|dead| dead.letter.incoming.id == message.id)
        {
            return;
        }
        if held_back(&process.dead, message) {
            self.bury(node, name, letter, BEHIND);
            return;
        }
        let context = self.context(node, name, Actor::system(node));
        let acts = match (name.served().react)(message, &context) {
            Ok(acts) => acts,
            Err(unreadable) => {
                self.bury(node, name, letter, &unreadable.to_string());
                return;
            }
        };
        let outcome = self.commit(name, &context, &acts);
        if !acts.is_empty() {
            let kind = &message.kind;
            self.note(|_| format!("{node} {kind} from {}: {}", message.origin, said(&outcome)));
        }
        match outcome {
            Ok(()) => {
                self.absorb(node, name, message);
                self.news.applied.push(Application {
                    node,
                    service: name,
                    letter: Arc::clone(letter),
                });
            }
            Err(refusal) => {
                let reason = format!("{}: {}", refusal.rule.code, refusal.message);
                self.bury(node, name, letter, &reason);
            }
        }
    }

    fn bury(&mut self, node: Region, name: Name, letter: &Arc<Letter>, reason: &str) {
        let kind = &letter.incoming.kind;
        self.note(|_| format!("{node} dead letter {kind}: {reason}"));
        if let Some(process) = self.process(node, name) {
            process.dead.push(Dead {
                letter: Arc::clone(letter),
                reason: reason.to_owned(),
            });
        }
    }

    /// What chassis and services keep of a message beside their aggregates.
    fn absorb(&mut self, node: Region, name: Name, message: &Incoming) {
        let (policy, admitted) = (kept::policy(message), kept::admitted(message));
        let bar = kept::bar(message);
        let published = match name {
            Name::Matching => catalogue::absorbed(message),
            _ => Vec::new(),
        };
        if admitted && node.is_hub() {
            self.admit(*LINKED);
        }
        let Some(process) = self.process(node, name) else {
            return;
        };
        process.inbox.insert(message.id);
        if let Some((digest, at)) = policy {
            // Decided, and its file is not here: nothing has force by it.
            let _ = Arc::make_mut(&mut process.policies).enact(&digest, at);
        }
        if let (Name::Matching, Ok(told)) = (name, message.read::<SolutionSealed>())
            && message.is::<SolutionSealed>()
            && let Ok(seal) = Digest::try_from(told.seal.as_slice())
        {
            let place = (message.origin, seal);
            process.seals.entry(place).or_insert(message.at);
        }
        if let (Name::Matching, Some((blind, notice))) = (name, catalogue::roadshow(message)) {
            process.roadshows.insert(notice.meeting, (blind, notice));
        }
        if let (Name::Registry, Some((record, bar))) = (name, bar)
            && message.origin != node
        {
            process.bars.insert((message.origin, record), bar);
        }
        if !published.is_empty() {
            Arc::make_mut(&mut process.catalogue).extend(published);
        }
    }
}

/// Whether an earlier message of the origin about the same aggregate waits for an operator.
fn held_back(dead: &[Dead], message: &Incoming) -> bool {
    dead.iter().any(|dead| {
        let before = &dead.letter.incoming;
        before.origin == message.origin && before.aggregate == message.aggregate
    })
}
