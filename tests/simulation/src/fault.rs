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
}
