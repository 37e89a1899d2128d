//! The border with its real evidence: envelopes wrapped, signed and sealed, and each node's file of
//! what every other one has told. It costs too much for every history; some have it.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{
    Body, ChainCheck, DatedKey, Digest, Envelope, Head, KeyRing, MemberKeys, Outbound, Place,
    Reader, SealingKey, SigningKey, Standing, Verdict, verify,
};
use proto::message::{Incoming, Scope};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng as _};
use regulation::Region;
use time::macros::datetime;

use crate::{
    dice::Dice,
    fault::Fault,
    words::given,
    world::{LINKED, MEMBERS, NODES},
};

/// What somebody holds of a region's chain.
#[derive(Clone)]
struct File {
    check: ChainCheck,
    hashes: Vec<Digest>,
    /// The first thing that did not continue it.
    caught: Option<Verdict>,
}

/// A region's own chain.
#[derive(Clone, Default)]
struct Chain {
    /// What the region had said before this began, less what was taken out, more what was put in.
    before: i64,
    said: Vec<(Incoming, Envelope)>,
    head: Option<Head>,
}

/// That a region changed what it had said.
#[derive(Debug, Clone)]
pub(crate) struct Rewriting {
    /// Which.
    pub(crate) region: Region,
    /// Those who had it on file already.
    pub(crate) held_by: BTreeSet<Region>,
}

/// What arrived is not what was sent, or somebody reads what is not for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It does not verify, or says something else.
    Garbled,
    /// Somebody else's was opened.
    Opened,
}

/// All keys and chains.
pub(crate) struct Notary {
    keys: BTreeMap<Region, (SigningKey, SealingKey)>,
    ring: KeyRing,
    random: ChaCha8Rng,
    chains: BTreeMap<Region, Chain>,
    /// By who holds it and whose it is.
    files: BTreeMap<(Region, Region), File>,
    pub(crate) rewriting: Option<Rewriting>,
    /// What was seen that must not be.
    pub(crate) wrong: Vec<(Region, Wrong, String)>,
}

impl Notary {
    /// Begins with so many messages of each region behind it.
    pub(crate) fn new(before: impl Iterator<Item = (Region, usize)>) -> Self {
        let regions = NODES.into_iter().chain([*LINKED]);
        let key = |(place, region)| {
            let signing = SigningKey::from_random([place; 32]);
            (
                region,
                (signing, SealingKey::from_random(&[place + 100; 32])),
            )
        };
        let keys: BTreeMap<_, _> = (1..).zip(regions).map(key).collect();
        let members = keys.iter().map(|(region, (signing, sealing))| MemberKeys {
            region: *region,
            standing: match region {
                region if region.is_hub() => Standing::Hub,
                region if MEMBERS.contains(region) => Standing::Full,
                _ => Standing::Linked,
            },
            sealing: sealing.public().clone(),
            signing: vec![DatedKey {
                key: signing.verifying_key(),
                valid_from: datetime!(2024-01-01 0:00 +8),
                valid_until: None,
            }],
        });
        let chains = before.map(|(region, before)| {
            let chain = Chain {
                before: i64::try_from(before).unwrap_or(i64::MAX),
                ..Chain::default()
            };
            (region, chain)
        });
        Self {
            ring: given(KeyRing::new(members)),
            keys,
            random: ChaCha8Rng::seed_from_u64(0),
            chains: chains.collect(),
            files: BTreeMap::new(),
            rewriting: None,
            wrong: Vec::new(),
        }
    }

    /// A message gets its place in its region's chain.
    pub(crate) fn numbered(&mut self, message: &Incoming) {
        let head = self.chains.entry(message.origin).or_default().head;
        let (envelope, head) = self.wrapped(message, head);
        if let Some(chain) = self.chains.get_mut(&message.origin) {
            chain.said.push((message.clone(), envelope));
            chain.head = Some(head);
        }
    }

    fn wrapped(&mut self, message: &Incoming, last: Option<Head>) -> (Envelope, Head) {
        let Scope::Share(audience) = message.scope else {
            unreachable!("what is for the node alone gets no number");
        };
        let outbound = Outbound {
            origin: message.origin,
            audience,
            at: last.map_or(message.at, |last| last.at.max(message.at)),
            body: Body {
                id: message.id,
                kind: message.kind.clone(),
                subject: message.kind.clone(),
                aggregate: message.aggregate.clone(),
                schema: message.kind.clone(),
                traceparent: None,
                at: message.at,
                data: message.body.clone(),
            },
        };
        let place = last.map_or(Place::FIRST, |last| Place::after(last.number, last.hash));
        let (signing, _) = &self.keys[&message.origin];
        let envelope = given(outbound.wrap(place, signing, &self.ring, &mut self.random));
        let verified = given(verify(&envelope, &self.ring));
        let head = Head {
            number: verified.header.number,
            hash: verified.hash,
            at: verified.header.at,
        };
        (envelope, head)
    }

    /// The message in that place of a region's chain comes to somebody; says whether it is let in.
    pub(crate) fn arrives(
        &mut self,
        holder: Region,
        sent: &Incoming,
        at: usize,
        fault: Option<Fault>,
    ) -> bool {
        let origin = sent.origin;
        let Some(chain) = self.chains.get(&origin) else {
            return true;
        };
        let at = i64::try_from(at).unwrap_or(i64::MAX) - chain.before;
        let envelope = usize::try_from(at).ok().and_then(|at| chain.said.get(at));
        let Some((said, envelope)) = envelope else {
            // It was said before this began.
            return at < 0;
        };
        let Ok(verified) = verify(envelope, &self.ring) else {
            self.wrong.push((holder, Wrong::Garbled, sent.kind.clone()));
            return false;
        };
        let file = self.files.entry((holder, origin)).or_insert_with(|| File {
            check: ChainCheck::new(origin, None),
            hashes: Vec::new(),
            caught: None,
        });
        let filed = usize::try_from(verified.header.number - 1).ok();
        let filed = filed.and_then(|at| file.hashes.get(at).copied());
        let verdict = file.check.judge(&verified, filed);
        let head = match verdict {
            Verdict::Next(head) => head,
            Verdict::AlreadySeen => return true,
            _ if fault == Some(Fault::Credulous) => Head {
                number: verified.header.number,
                hash: verified.hash,
                at: verified.header.at,
            },
            other => {
                file.caught.get_or_insert(other);
                return false;
            }
        };
        file.check.advance(head);
        file.hashes.push(head.hash);
        let reader = Reader {
            region: holder,
            keys: vec![self.keys[&holder].1.clone()],
        };
        let opened = verified.open(Some(&reader));
        let header = verified.header.clone();
        // Whoever rewrites its past says something else in this place.
        let kept = self.rewriting.is_none();
        let wrong = match opened {
            Ok(Some(_)) if !said.is_for(holder) => Some(Wrong::Opened),
            Ok(None) if !said.is_for(holder) => None,
            Ok(Some(body)) => {
                let body = body.into_incoming(&header);
                let same = (body.id, body.at, &body.body) == (sent.id, sent.at, &sent.body);
                (kept && !same).then_some(Wrong::Garbled)
            }
            _ => Some(Wrong::Garbled),
        };
        self.wrong
            .extend(wrong.map(|wrong| (holder, wrong, sent.kind.clone())));
        true
    }

    /// A region changes something that others may have on file, and signs everything after it anew.
    pub(crate) fn rewrite(&mut self, dice: &mut Dice) {
        let regions: Vec<_> = self.chains.keys().copied().collect();
        let Some(region) = dice.one_of(&regions).copied() else {
            return;
        };
        let Some(mut chain) = self.chains.get(&region).cloned() else {
            return;
        };
        let at = dice.below(chain.said.len());
        let Some((message, _)) = chain.said.get(at).cloned() else {
            return;
        };
        let holds = |((holder, origin), file): (&(Region, Region), &File)| {
            (*origin == region && file.hashes.len() > at).then_some(*holder)
        };
        let held_by: BTreeSet<_> = self.files.iter().filter_map(holds).collect();
        if held_by.is_empty() {
            return;
        }
        let mut after: Vec<_> = chain.said.drain(at..).map(|(message, _)| message).collect();
        match dice.below(3) {
            0 => after[0].body.push(0),
            1 if after.len() > 1 => {
                after.remove(0);
                chain.before += 1;
            }
            _ => {
                let id = dice.id::<uuid::Uuid>();
                after.insert(0, Incoming { id, ..message });
                chain.before -= 1;
            }
        }
        let last = chain
            .said
            .last()
            .map(|(_, envelope)| given(verify(envelope, &self.ring)));
        chain.head = last.map(|last| Head {
            number: last.header.number,
            hash: last.hash,
            at: last.header.at,
        });
        self.chains.insert(region, chain);
        for message in after {
            self.numbered(&message);
        }
        self.rewriting = Some(Rewriting { region, held_by });
    }

    /// Whether somebody has noticed that a region's word changed.
    pub(crate) fn noticed(&self, holder: Region, origin: Region) -> bool {
        let file = self.files.get(&(holder, origin));
        file.is_some_and(|file| file.caught.is_some())
    }

    /// The ends of a region's chain: as itself has it, and as each of the others does.
    pub(crate) fn heads(
        &self,
        origin: Region,
    ) -> (Option<Head>, impl Iterator<Item = (Region, Option<Head>)>) {
        let own = self.chains.get(&origin).and_then(|chain| chain.head);
        let files = self.files.iter().filter(move |((_, of), _)| *of == origin);
        (
            own,
            files.map(|((holder, _), file)| (*holder, file.check.head())),
        )
    }
}
