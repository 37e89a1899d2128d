//! An application that passed the formal examination: it may be reviewed. [Art. 14]

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Refusal, Region, ReviewRoundId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Package, rules};
use crate::publish;

/// What is reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The lead's home.
    pub region: Region,
    /// What was handed in.
    pub package: Package,
}

/// An application that may be reviewed. Which round it is in, is the rounds' word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// Never heard of.
    #[default]
    Unknown,
    /// It passed.
    Passed {
        /// What is known of it.
        entry: Box<Entry>,
        /// When, for the last time.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// The round by whose decision it stands, if one was made.
        #[serde(default)]
        stands: Option<ReviewRoundId>,
    },
    /// Its lead took it back.
    Withdrawn {
        /// The lead's home.
        region: Region,
    },
}

/// What is said of it.
#[derive(Debug, Clone, PartialEq)]
pub enum CandidateCommand {
    /// The examination was passed; again with a later version.
    Pass {
        /// What is known of it.
        entry: Box<Entry>,
        /// When.
        at: OffsetDateTime,
    },
    /// It is taken back.
    Withdraw {
        /// Who says so.
        origin: Region,
    },
    /// The proposal that names it is decided.
    Call {
        /// Of which round.
        round: ReviewRoundId,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateEvent {
    /// It may be reviewed.
    Passed {
        /// What is known of it.
        entry: Box<Entry>,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// It was taken back.
    Withdrawn {
        /// The lead's home.
        region: Region,
    },
    /// It had not been taken back when the proposal was decided.
    Stood {
        /// Of which round.
        round: ReviewRoundId,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CandidateRejection {
    /// Another region speaks for it.
    NotItsHome {
        /// The lead's home.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
    /// A withdrawal is for good.
    Withdrawn,
    /// The same version with other contents.
    OtherContents,
}

impl Aggregate for Candidate {
    const KIND: &'static str = "candidate";
    type Command = CandidateCommand;
    type Event = CandidateEvent;
    type Rejection = CandidateRejection;

    fn decide(
        &self,
        command: CandidateCommand,
        _context: &Context,
    ) -> Result<Vec<CandidateEvent>, CandidateRejection> {
        let origin = match &command {
            CandidateCommand::Pass { entry, .. } => entry.region,
            CandidateCommand::Withdraw { origin } => *origin,
            CandidateCommand::Call { round } => return Ok(self.call(*round)),
        };
        if let Some(home) = self.home().filter(|home| *home != origin) {
            return Err(CandidateRejection::NotItsHome { home, origin });
        }
        match (self, command) {
            (Self::Withdrawn { .. }, CandidateCommand::Pass { .. }) => {
                Err(CandidateRejection::Withdrawn)
            }
            (Self::Withdrawn { .. }, CandidateCommand::Withdraw { .. })
            | (_, CandidateCommand::Call { .. }) => Ok(vec![]),
            (Self::Passed { entry: before, .. }, CandidateCommand::Pass { entry, .. })
                if entry.package.version() <= before.package.version() =>
            {
                let same = entry.package.version() < before.package.version() || entry == *before;
                if same {
                    Ok(vec![])
                } else {
                    Err(CandidateRejection::OtherContents)
                }
            }
            (_, CandidateCommand::Pass { entry, at }) => {
                Ok(vec![CandidateEvent::Passed { entry, at }])
            }
            (_, CandidateCommand::Withdraw { origin }) => {
                Ok(vec![CandidateEvent::Withdrawn { region: origin }])
            }
        }
    }

    fn evolve(&mut self, event: &CandidateEvent) {
        match event.clone() {
            CandidateEvent::Passed { entry, at } => {
                *self = Self::Passed {
                    entry,
                    at,
                    stands: None,
                };
            }
            CandidateEvent::Withdrawn { region } => *self = Self::Withdrawn { region },
            CandidateEvent::Stood { round } => {
                if let Self::Passed { stands, .. } = self {
                    *stands = Some(round);
                }
            }
        }
    }

    fn publish(&self, id: &str, event: &CandidateEvent, _context: &Context) -> Vec<Message> {
        publish::candidate(id, event)
    }
}

impl Candidate {
    /// Only what was not taken back is established, or told that it is not.
    fn call(&self, round: ReviewRoundId) -> Vec<CandidateEvent> {
        match self {
            Self::Passed { stands, .. } if *stands != Some(round) => {
                vec![CandidateEvent::Stood { round }]
            }
            _ => Vec::new(),
        }
    }

    fn home(&self) -> Option<Region> {
        match self {
            Self::Unknown => None,
            Self::Passed { entry, .. } => Some(entry.region),
            Self::Withdrawn { region } => Some(*region),
        }
    }
}

impl From<CandidateRejection> for Refusal {
    fn from(rejection: CandidateRejection) -> Self {
        match rejection {
            CandidateRejection::NotItsHome { home, origin } => Self::new(
                rules::HOME,
                "这项申报属于另一地区的牵头单位",
                "请由牵头单位所在地节点办理",
            )
            .with("home", home)
            .with("origin", origin),
            CandidateRejection::Withdrawn => Self::new(
                rules::LIFECYCLE,
                "这项申报已撤回，不能再进入评审",
                "请由牵头单位另行申报",
            ),
            CandidateRejection::OtherContents => Self::new(
                rules::BATCH,
                "同一版本的申报书内容与此前通过形式审查的不一致",
                "请受理机构核对申报书版本",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn pass(region: Region, version: i32) -> CandidateCommand {
        let mut wire = sample::wire_package(1, region);
        wire.version = version;
        let package = wire.try_into().unwrap();
        CandidateCommand::Pass {
            entry: Box::new(Entry { region, package }),
            at: sample::now(),
        }
    }

    fn given(commands: &[CandidateCommand]) -> Candidate {
        let mut candidate = Candidate::default();
        for command in commands {
            let context = sample::context(Region::HUB);
            for event in candidate.decide(command.clone(), &context).unwrap() {
                let kept = serde_json::to_string(&event).unwrap();
                candidate.evolve(&serde_json::from_str(&kept).unwrap());
            }
        }
        candidate
    }

    #[test]
    fn an_application_is_taken_once_a_version() {
        let context = sample::context(Region::HUB);
        let candidate = given(&[pass(Region::SH, 1)]);
        assert_eq!(candidate.decide(pass(Region::SH, 1), &context), Ok(vec![]));
        assert_eq!(
            candidate
                .decide(pass(Region::SH, 2), &context)
                .unwrap()
                .len(),
            1
        );
        let later = given(&[pass(Region::SH, 1), pass(Region::SH, 2)]);
        assert_eq!(later.decide(pass(Region::SH, 1), &context), Ok(vec![]));
        let CandidateCommand::Pass { mut entry, at } = pass(Region::SH, 1) else {
            unreachable!()
        };
        let mut wire = entry.package.to_wire();
        wire.indicators.push('变');
        entry.package = wire.try_into().unwrap();
        assert_eq!(
            candidate.decide(CandidateCommand::Pass { entry, at }, &context),
            Err(CandidateRejection::OtherContents)
        );
    }

    #[test]
    fn only_the_leads_home_takes_it_back_and_that_is_for_good() {
        let context = sample::context(Region::HUB);
        let candidate = given(&[pass(Region::SH, 1)]);
        let foreign = CandidateCommand::Withdraw { origin: Region::JS };
        assert_eq!(
            candidate.decide(foreign, &context),
            Err(CandidateRejection::NotItsHome {
                home: Region::SH,
                origin: Region::JS
            })
        );
        let withdraw = CandidateCommand::Withdraw { origin: Region::SH };
        let candidate = given(&[pass(Region::SH, 1), withdraw.clone()]);
        assert_eq!(candidate.decide(withdraw, &context), Ok(vec![]));
        assert_eq!(
            candidate.decide(pass(Region::SH, 2), &context),
            Err(CandidateRejection::Withdrawn)
        );
    }
}
