//! 导入导出: a table that went in or out, so that it is known who did it, when, and how many rows.

use evidence::Digest;
use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Refusal};
use serde::{Deserialize, Serialize};

/// What went in or out under one request; nothing before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transfer {
    /// Nothing yet.
    #[default]
    Nothing,
    /// A table that goes in.
    Import {
        /// Of what.
        table: Table,
        /// The file, as `sha256sum` has it; the file itself is not kept.
        file: Digest,
        /// What it came to; none while it goes on or after it was interrupted.
        counts: Option<Counts>,
    },
    /// A table that went out.
    Export {
        /// Of what.
        table: Table,
        /// The file, as `sha256sum` has it: a copy that turns up somewhere is known by it.
        file: Digest,
        /// How many rows.
        rows: u64,
    },
}

/// A table that can go in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// 专家
    Experts,
    /// 单位
    Units,
    /// 单位成果
    ProfileItems,
}

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// New here.
    pub accepted: u64,
    /// There already with another content, and replaced.
    pub replaced: u64,
    /// There already with the same content.
    pub unchanged: u64,
    /// Not good.
    pub rejected: u64,
}

impl Counts {
    /// Rows read.
    pub fn read(&self) -> u64 {
        self.accepted + self.replaced + self.unchanged + self.rejected
    }

    /// With the rows of `other` too.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.replaced += other.replaced;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}

/// What can be noted of a transfer. Who does it and when is part of every fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A table begins to go in.
    Begin {
        /// Of what.
        table: Table,
        /// The file.
        file: Digest,
        /// Whether what is there is replaced.
        replace: bool,
    },
    /// It is in.
    Finish(Counts),
    /// A table goes out.
    Export {
        /// Of what.
        table: Table,
        /// The file.
        file: Digest,
        /// How many rows.
        rows: u64,
    },
}

/// What was noted of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A table began to go in.
    Begun {
        /// Of what.
        table: Table,
        /// The file.
        file: Digest,
        /// Whether what is there is replaced.
        replace: bool,
    },
    /// It is in.
    Finished(Counts),
    /// A table went out.
    Exported {
        /// Of what.
        table: Table,
        /// The file.
        file: Digest,
        /// How many rows.
        rows: u64,
    },
}

impl Aggregate for Transfer {
    const KIND: &'static str = "transfer";
    type Command = Command;
    type Event = Event;
    type Rejection = Refusal;

    fn decide(&self, command: Command, _: &Context) -> Result<Vec<Event>, Refusal> {
        Ok(match (self, command) {
            (
                Self::Nothing,
                Command::Begin {
                    table,
                    file,
                    replace,
                },
            ) => vec![Event::Begun {
                table,
                file,
                replace,
            }],
            (Self::Nothing, Command::Export { table, file, rows }) => {
                vec![Event::Exported { table, file, rows }]
            }
            (Self::Import { counts: None, .. }, Command::Finish(counts)) => {
                vec![Event::Finished(counts)]
            }
            // Noted already; what is noted stays.
            _ => vec![],
        })
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (_, Event::Begun { table, file, .. }) => {
                *self = Self::Import {
                    table: *table,
                    file: *file,
                    counts: None,
                };
            }
            (_, Event::Exported { table, file, rows }) => {
                *self = Self::Export {
                    table: *table,
                    file: *file,
                    rows: *rows,
                };
            }
            (Self::Import { counts, .. }, Event::Finished(all)) => *counts = Some(*all),
            (Self::Nothing | Self::Export { .. }, Event::Finished(_)) => {}
        }
    }

    /// Nobody else hears of it.
    fn publish(&self, _: &str, _: &Event, _: &Context) -> Vec<Message> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use regulation::{Actor, Region, Role};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_noted_of_a_transfer_stays() {
        let context = Context {
            now: datetime!(2024-09-02 09:00 +8),
            actor: Actor::person("officer", Role::Officer, Region::JS),
            node: Region::JS,
            policy: None,
            heard: [].into(),
        };
        let counts = |accepted| Counts {
            accepted,
            ..Counts::default()
        };
        let (table, file) = (Table::Units, Digest::of_document(b"file"));
        let begin = Command::Begin {
            table,
            file,
            replace: false,
        };
        let mut transfer = Transfer::default();
        for command in [begin.clone(), Command::Finish(counts(2))] {
            let events = transfer.decide(command, &context).unwrap();
            assert_eq!(events.len(), 1);
            transfer.evolve(&events[0]);
        }
        let rows = 1;
        let export = Command::Export { table, file, rows };
        for later in [begin, Command::Finish(counts(3)), export] {
            assert_eq!(transfer.decide(later, &context), Ok(vec![]));
        }
    }
}
