//! What proves: digests, hash chains, signatures, sealing, commitments, the border's envelope, and
//! verification that needs neither node nor network. Pure: time and randomness are handed in.

mod case;
mod chain;
mod commitment;
mod decision;
mod digest;
mod envelope;
mod history;
mod keys;
mod membership;
mod person;
mod report;
mod ring;
mod sealing;

pub use case::{
    CaseFact, CaseFile, ChainFile, SealedStretch, explain_verdict, verify_case, verify_chain,
};
pub use chain::{BrokenLink, FactView, Fault, link, seal, verify_facts};
pub use commitment::{commit, opens};
pub use decision::{DecisionFile, Proven, prove_decision, verify_decision};
pub use digest::{Digest, NotADigest};
pub use envelope::{
    BODY_BYTES_MAX, Body, EnvelopeFault, Header, OpenFault, Outbound, Place, Reader, Verified,
    WrapFault, from_timestamp, hash, sign_anew, timestamp, verify,
};
pub use history::{ChainCheck, Head, Verdict};
pub use keys::{Algorithm, KeyId, NotAKey, SigningKey, VerifyingKey};
pub use membership::{
    InvalidMembership, MembershipDocument, MembershipFault, MembershipFile, verify_membership,
};
pub use person::person_key;
pub use proto::exchange::v1::Envelope;
pub use report::{Check, Conclusion, Outcome, Report, explain, explain_open};
pub use ring::{Clash, DatedKey, KeyRing, MemberKeys, Standing};
pub use sealing::{SealingKey, SealingPublicKey};
