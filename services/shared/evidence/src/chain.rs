//! The hash chain of one aggregate's facts, and the seals over a whole journal.

use regulation::{Actor, Role};
use time::OffsetDateTime;

use crate::Digest;

/// A fact of the journal, borrowed from wherever it lives: all that its digest covers.
#[derive(Debug, Clone, Copy)]
pub struct FactView<'a> {
    /// Kind of the aggregate, such as `demand`.
    pub kind: &'a str,
    /// The aggregate's id.
    pub aggregate: &'a str,
    /// Its place in the aggregate's history, from 1 without gaps.
    pub version: u64,
    /// Name of the fact.
    pub name: &'a str,
    /// The fact, byte for byte as it is kept.
    pub payload: &'a [u8],
    /// When, to the microsecond (what a database keeps); the offset from UTC is no part of it.
    pub at: OffsetDateTime,
    /// Who acted.
    pub actor: &'a Actor,
    /// The policy version it was decided under, if one was in force.
    pub policy: Option<&'a str>,
}

/// The digest of `fact` as the successor of the fact whose digest is `previous` (none for the
/// aggregate's first).
pub fn link(previous: Option<Digest>, fact: &FactView<'_>) -> Digest {
    let microseconds = fact.at.unix_timestamp_nanos().div_euclid(1_000);
    let unit = fact
        .actor
        .unit
        .map(|unit| unit.to_string())
        .unwrap_or_default();
    let expert = fact
        .actor
        .expert
        .map(|expert| expert.to_string())
        .unwrap_or_default();
    Digest::of(
        "jiebang.fact.v1",
        &[
            previous.as_ref().map_or(&[][..], |digest| digest.as_ref()),
            fact.kind.as_bytes(),
            fact.aggregate.as_bytes(),
            &fact.version.to_be_bytes(),
            fact.name.as_bytes(),
            fact.payload,
            &microseconds.to_be_bytes(),
            fact.actor.person.as_bytes(),
            role(fact.actor.role).as_bytes(),
            fact.actor.region.as_str().as_bytes(),
            unit.as_bytes(),
            expert.as_bytes(),
            // No version's name is empty: an empty part says that there was none.
            fact.policy.unwrap_or_default().as_bytes(),
        ],
    )
}

/// Spelled out here, so that renaming a variant can't silently change every digest of the past.
fn role(role: Role) -> &'static str {
    match role {
        Role::Officer => "officer",
        Role::Director => "director",
        Role::Secretariat => "secretariat",
        Role::TaskForce => "task_force",
        Role::Agency => "agency",
        Role::UnitMember => "unit_member",
        Role::Expert => "expert",
        Role::Auditor => "auditor",
        Role::Operator => "operator",
        Role::Service => "service",
        Role::System => "system",
    }
}

/// The digest that seals the next batch of a journal's facts, in journal order, after the seal
/// `previous` (none for the first): whoever knows a seal notices any change to what is under it.
pub fn seal(previous: Option<Digest>, facts: impl IntoIterator<Item = Digest>) -> Digest {
    let facts: Vec<u8> = facts.into_iter().flat_map(|digest| digest.0).collect();
    let previous = previous.as_ref().map_or(&[][..], |digest| digest.as_ref());
    Digest::of("jiebang.seal.v1", &[previous, &facts])
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Facts are missing, doubled or out of order.
    #[error("version {expected} was expected")]
    OutOfPlace {
        /// The version that should stand here.
        expected: u64,
    },
    /// It belongs to another aggregate.
    #[error("the fact belongs to another aggregate")]
    Foreign,
    /// The fact, or one before it, is not what was digested.
    #[error("the digest on record is {recorded}, that of the fact is {computed}")]
    Altered {
        /// What stands in the journal.
        recorded: Digest,
        /// What the fact and its predecessor give.
        computed: Digest,
    },
}

/// The first link of a chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("broken at version {version}")]
pub struct BrokenLink {
    /// The version that the fact claims.
    pub version: u64,
    /// What is wrong there.
    #[source]
    pub fault: Fault,
}

/// Checks one aggregate's facts from the first on, each with the digest on record, and gives the
/// chain's head (none if there are no facts).
///
/// # Errors
/// The first link that does not hold.
pub fn verify_facts<'a>(
    facts: impl IntoIterator<Item = (FactView<'a>, Digest)>,
) -> Result<Option<Digest>, BrokenLink> {
    let mut first: Option<FactView<'a>> = None;
    let mut head = None;
    for (expected, (fact, recorded)) in (1..).zip(facts) {
        let broken = |fault| BrokenLink {
            version: fact.version,
            fault,
        };
        let origin = first.get_or_insert(fact);
        if (fact.kind, fact.aggregate) != (origin.kind, origin.aggregate) {
            return Err(broken(Fault::Foreign));
        }
        if fact.version != expected {
            return Err(broken(Fault::OutOfPlace { expected }));
        }
        let computed = link(head, &fact);
        if computed != recorded {
            return Err(broken(Fault::Altered { recorded, computed }));
        }
        head = Some(computed);
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regulation::Region;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Fact {
        version: u64,
        name: String,
        payload: Vec<u8>,
        at: OffsetDateTime,
        actor: Actor,
        hash: Digest,
    }

    impl Fact {
        fn view(&self) -> FactView<'_> {
            FactView {
                kind: "demand",
                aggregate: "d-1",
                version: self.version,
                name: &self.name,
                payload: &self.payload,
                at: self.at,
                actor: &self.actor,
                policy: Some("yrd-2023-1"),
            }
        }
    }

    fn verify(facts: &[Fact]) -> Result<Option<Digest>, BrokenLink> {
        verify_facts(facts.iter().map(|fact| (fact.view(), fact.hash)))
    }

    fn chain(contents: Vec<(String, Vec<u8>)>) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        for (index, (name, payload)) in contents.into_iter().enumerate() {
            let mut fact = Fact {
                version: index as u64 + 1,
                name,
                payload,
                at: OffsetDateTime::UNIX_EPOCH + time::Duration::MINUTE,
                actor: Actor::person("li", Role::Officer, Region::JS),
                hash: Digest([0; 32]),
            };
            fact.hash = link(facts.last().map(|fact| fact.hash), &fact.view());
            facts.push(fact);
        }
        facts
    }

    fn contents() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        prop::collection::vec(
            ("[a-z]{1,8}", prop::collection::vec(any::<u8>(), 1..40)),
            2..8,
        )
    }

    proptest! {
        #[test]
        fn an_untouched_chain_holds(contents in contents()) {
            let facts = chain(contents);
            prop_assert_eq!(verify(&facts), Ok(facts.last().map(|fact| fact.hash)));
        }

        #[test]
        fn any_flipped_bit_of_a_payload_is_found_where_it_is(
            contents in contents(), at: prop::sample::Index, byte: prop::sample::Index, bit in 0..8_u8,
        ) {
            let mut facts = chain(contents);
            let at = at.index(facts.len());
            let byte = byte.index(facts[at].payload.len());
            facts[at].payload[byte] ^= 1 << bit;
            prop_assert_eq!(verify(&facts).unwrap_err().version, at as u64 + 1);
        }

        #[test]
        fn a_swapped_missing_or_doubled_fact_is_found(contents in contents(), at: prop::sample::Index) {
            let facts = chain(contents);
            let at = at.index(facts.len() - 1);
            let mut swapped = facts.clone();
            swapped.swap(at, at + 1);
            prop_assert!(verify(&swapped).is_err());
            let mut missing = facts.clone();
            missing.remove(at);
            prop_assert!(verify(&missing).is_err());
            let mut doubled = facts.clone();
            doubled.insert(at, facts[at].clone());
            prop_assert!(verify(&doubled).is_err());
        }

        #[test]
        fn a_seal_knows_its_facts_their_order_and_what_came_before(
            facts in prop::collection::btree_set(any::<[u8; 32]>(), 2..10), before: [u8; 32],
        ) {
            let facts: Vec<_> = facts.into_iter().map(Digest).collect();
            let sealed = seal(Some(Digest(before)), facts.clone());
            prop_assert_ne!(sealed, seal(None, facts.clone()));
            prop_assert_ne!(sealed, seal(Some(Digest(before)), facts.iter().rev().copied()));
            prop_assert_ne!(sealed, seal(Some(Digest(before)), facts.into_iter().skip(1)));
        }
    }

    #[test]
    fn every_field_of_a_fact_counts() {
        let fact = chain(vec![("submitted".into(), b"{}".to_vec())]).remove(0);
        let li = &fact.actor;
        let others = [
            Actor::person("wang", Role::Officer, Region::JS),
            Actor::person("li", Role::Director, Region::JS),
            Actor::person("li", Role::Officer, Region::ZJ),
            Actor {
                unit: Some(Uuid::from_u128(1).into()),
                ..li.clone()
            },
            Actor {
                expert: Some(Uuid::from_u128(1).into()),
                ..li.clone()
            },
        ];
        let view = fact.view();
        for actor in &others {
            let other = FactView { actor, ..view };
            assert_ne!(link(None, &view), link(None, &other), "{actor:?}");
        }
        let later = view.at + time::Duration::microseconds(1);
        let changed = [
            FactView {
                kind: "posting",
                ..view
            },
            FactView {
                aggregate: "d-2",
                ..view
            },
            FactView { version: 2, ..view },
            FactView {
                name: "returned",
                ..view
            },
            FactView {
                payload: b"{ }",
                ..view
            },
            FactView { at: later, ..view },
            FactView {
                policy: None,
                ..view
            },
        ];
        for other in changed {
            assert_ne!(link(None, &view), link(None, &other), "{other:?}");
        }
        assert_ne!(link(None, &view), link(Some(fact.hash), &view));
    }

    #[test]
    fn facts_of_two_aggregates_or_with_one_left_out_are_no_history_however_they_were_digested() {
        let facts = chain(vec![
            ("submitted".into(), b"{}".to_vec()),
            ("accepted".into(), b"{}".to_vec()),
        ]);
        let second = facts[1].view();
        let fault = |second: FactView<'_>| {
            let facts = [
                (facts[0].view(), facts[0].hash),
                (second, link(Some(facts[0].hash), &second)),
            ];
            verify_facts(facts).unwrap_err().fault
        };
        let kind = "posting";
        assert_eq!(fault(FactView { kind, ..second }), Fault::Foreign);
        let aggregate = "d-2";
        assert_eq!(
            fault(FactView {
                aggregate,
                ..second
            }),
            Fault::Foreign
        );
        let version = 3;
        let expected = Fault::OutOfPlace { expected: 2 };
        assert_eq!(fault(FactView { version, ..second }), expected);
    }

    #[test]
    fn the_same_instant_in_another_offset_and_below_a_microsecond_is_the_same_fact() {
        let fact = chain(vec![("submitted".into(), b"{}".to_vec())]).remove(0);
        let view = fact.view();
        let shanghai = view
            .at
            .to_offset(time::UtcOffset::from_hms(8, 0, 0).unwrap());
        let finer = view.at + time::Duration::nanoseconds(999);
        assert_eq!(
            link(None, &view),
            link(
                None,
                &FactView {
                    at: shanghai,
                    ..view
                }
            )
        );
        assert_eq!(
            link(None, &view),
            link(None, &FactView { at: finer, ..view })
        );
    }
}
