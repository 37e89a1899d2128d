//! From what is decided or stored to what the evidence's hash chain covers.

use evidence::{Digest, FactView, NotADigest};
use regulation::{Actor, Context};
use time::OffsetDateTime;

use crate::{Decided, Fact};

/// The digest of a fact about to be written after the one whose digest is `previous`.
pub(crate) fn link(
    previous: Option<Digest>,
    decided: &Decided,
    version: i64,
    fact: &Fact,
    context: &Context,
) -> Digest {
    let policy = context
        .policy
        .as_ref()
        .map(|policy| policy.version.as_str());
    let Decided { kind, id, .. } = decided;
    evidence::link(
        previous,
        &view(kind, id, version, fact, context.now, &context.actor, policy),
    )
}

/// A fact as the chain sees it.
pub(crate) fn view<'a>(
    kind: &'a str,
    id: &'a str,
    version: i64,
    fact: &'a Fact,
    at: OffsetDateTime,
    actor: &'a Actor,
    policy: Option<&'a str>,
) -> FactView<'a> {
    FactView {
        kind,
        aggregate: id,
        // The database holds none below 1; one that claims to be negative breaks its chain.
        version: u64::try_from(version).unwrap_or_default(),
        name: &fact.name,
        payload: fact.payload.as_bytes(),
        at,
        actor,
        policy,
    }
}

/// A stored digest, if there is one.
pub(crate) fn digest(bytes: Option<Vec<u8>>) -> Result<Option<Digest>, NotADigest> {
    bytes
        .map(|bytes| Digest::try_from(bytes.as_slice()))
        .transpose()
}
