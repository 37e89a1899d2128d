//! Whether an envelope continues the history that its origin has told so far.

use regulation::Region;
use time::OffsetDateTime;

use crate::{Digest, Place, Verified};

/// The last envelope of a chain as far as it is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// Its origin's time.
    pub at: OffsetDateTime,
}

/// What is expected of one origin next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    origin: Region,
    head: Option<Head>,
}

/// How an envelope stands to the history known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It continues the history; with it, this is the head.
    Next(Head),
    /// It is on file, the very same.
    AlreadySeen,
    /// Its origin told two histories: evidence of misbehaviour, to be kept with what is on file.
    Fork {
        /// Where the two differ.
        number: u64,
        /// The hash on file there.
        known: Digest,
        /// The hash that this envelope has or points to there.
        claimed: Digest,
    },
    /// A stretch between the history and it is missing, and is to be fetched first.
    Gap {
        /// First missing number.
        from: u64,
        /// Last missing number.
        to: u64,
    },
    /// It claims to be older than what its origin said before: evidence of misbehaviour, since
    /// others have concluded from the later time that nothing older was to come.
    Backdated {
        /// Its origin's last time.
        last: OffsetDateTime,
        /// The time it claims.
        claimed: OffsetDateTime,
    },
    /// It belongs to another chain.
    Foreign,
}

impl ChainCheck {
    /// Expects what comes after `head`, or the first of all.
    pub fn new(origin: Region, head: Option<Head>) -> Self {
        Self { origin, head }
    }

    /// The last known envelope.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// The place that is expected next.
    pub fn next(&self) -> Place {
        self.head
            .map_or(Place::FIRST, |head| Place::after(head.number, head.hash))
    }

    /// Judges `envelope`. `filed` is the hash on file under its number, if there is any; the head's
    /// need not be given.
    pub fn judge(&self, envelope: &Verified<'_>, filed: Option<Digest>) -> Verdict {
        let header = &envelope.header;
        let number = header.number;
        if header.origin != self.origin {
            return Verdict::Foreign;
        }
        let expected = self.next();
        if number > expected.number() {
            return Verdict::Gap {
                from: expected.number(),
                to: number - 1,
            };
        }
        if number < expected.number() {
            let head = self
                .head
                .filter(|head| head.number == number)
                .map(|head| head.hash);
            return match head.or(filed) {
                Some(known) if known == envelope.hash => Verdict::AlreadySeen,
                Some(known) => Verdict::Fork {
                    number,
                    known,
                    claimed: envelope.hash,
                },
                None => Verdict::Gap {
                    from: number,
                    to: number,
                },
            };
        }
        if let (Some(head), Some(claimed)) = (self.head, header.previous) {
            if claimed != head.hash {
                return Verdict::Fork {
                    number: head.number,
                    known: head.hash,
                    claimed,
                };
            }
            if header.at < head.at {
                return Verdict::Backdated {
                    last: head.at,
                    claimed: header.at,
                };
            }
        }
        Verdict::Next(Head {
            number,
            hash: envelope.hash,
            at: header.at,
        })
    }

    /// Moves on to `head`, once what [`Verdict::Next`] was said of is safely on file.
    pub fn advance(&mut self, head: Head) {
        self.head = Some(head);
    }
}
