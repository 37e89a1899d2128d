//! What can be broken on purpose, so that every law is seen to fail when it should.

/// A defect of transport or journal that the real ones do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The border ships what is for the node alone.
    NodeMessagesCross,
    /// What was applied is not remembered, so that a repeat is applied again.
    NoInbox,
    /// A message may overtake an earlier one of its aggregate.
    Overtaking,
    /// The border loses a message now and then, and nobody notices the gap.
    Loss,
    /// One member's node speaks for the others: with its own assent it sends theirs.
    ForgedAssents,
    /// What homes answer to a draw arrives without their strikes.
    StrikesLost,
    /// An expert's home decides by a clock that stands still.
    StoppedClock,
    /// A command on a posting is decided on the version before, and written all the same.
    NoVersions,
    /// A node's aggregates go back to a backup now and then.
    Restored,
    /// Departures lose their approval on the way to the disk.
    UnapprovedDepartures,
    /// Officers and directors work under one account, and the journal writes what was refused.
    OneAccount,
    /// What is for one region alone is sealed to nobody: everybody reads it.
    Unsealed,
    /// Doors that let texts out do not look up by what their writer could be recognised.
    NoNames,
    /// Units' people act in matching by a clock that is most of a day ahead.
    Hasty,
    /// Doors do not look up whom a credit record bars.
    Unbarred,
    /// Doors do not look up who is selected, and a revision says that they all agree.
    WordsInvented,
    /// The hub tells at once what it is to tell at the end of the day.
    AtOnce,
    /// Nodes take whatever comes under a region's signature for the end of its chain.
    Credulous,
    /// A demander stands in the title of a joint decision on the hub.
    NamedInTitle,
    /// A member's word is counted for another digest than it was given for.
    OtherDigest,
    /// A decision has force before the public had its time.
    EarlyForce,
    /// One expert's ballot is taken for another's.
    TwiceScored,
    /// What the pool holds outlives its matches.
    PoolKept,
    /// Everybody who waits for a place at a roadshow gets one.
    Overfull,
    /// Accepted demands are put under another version of the policy.
    Retaken,
    /// A process that dies loses what it was about to publish.
    OutboxLost,
    /// Every region is taken to have been heard, always.
    TakenAsHeard,
}
