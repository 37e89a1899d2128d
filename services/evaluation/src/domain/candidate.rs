//! An accepted demand as the hub knows it: its record and the region that sent it, never the
//! demander.

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, DemandId, Refusal, Region};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Record, rules};

/// A department's word for a demand. [Art. 6, 9]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// The order within its province, from 1.
    pub place: u32,
    /// When, by its home's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What the hub knows of a demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The demand.
    pub demand: DemandId,
    /// The node that sent it.
    pub region: Region,
    /// What experts see of it.
    pub record: Record,
    /// The policy version it was taken under, and keeps.
    pub policy: String,
    /// Its department's word, if there is one.
    pub recommended: Option<Recommendation>,
}

/// A demand that may be evaluated. Which round it is in, is the rounds' word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// Never heard of.
    #[default]
    Unknown,
    /// Its department has given its word; that it was accepted is still on its way, since another
    /// service of its home says so.
    Announced {
        /// The node that speaks for it.
        region: Region,
        /// The word, for or against it.
        word: Option<Recommendation>,
    },
    /// Its home accepted it.
    Accepted {
        /// What is known of it.
        entry: Box<Entry>,
        /// When its home did, for the last time.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Its home took it back.
    Withdrawn {
        /// The node that sent it.
        region: Region,
    },
}

/// What its home says.
#[derive(Debug, Clone, PartialEq)]
pub enum CandidateCommand {
    /// It may be evaluated; again when it comes back after a round that did not list it.
    Accept {
        /// What is known of it.
        entry: Box<Entry>,
        /// When.
        at: OffsetDateTime,
    },
    /// Its department recommends it, or does not.
    Recommend {
        /// Who says so.
        origin: Region,
        /// Its place, if it is recommended.
        place: Option<u32>,
        /// When.
        at: OffsetDateTime,
    },
    /// It is taken back.
    Withdraw {
        /// Who says so.
        origin: Region,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateEvent {
    /// It may be evaluated.
    Accepted {
        /// What is known of it.
        entry: Box<Entry>,
        /// When its home said so.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Its department has given its word, for or against it.
    Recommended(Option<Recommendation>),
    /// The same, before it was heard that it was accepted.
    Announced {
        /// The node that speaks for it.
        region: Region,
        /// The word.
        word: Option<Recommendation>,
    },
    /// It was taken back.
    Withdrawn {
        /// Who said so.
        region: Region,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CandidateRejection {
    /// Another region speaks for it.
    NotItsHome {
        /// The one that sent it.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
    /// A withdrawal is for good.
    Withdrawn,
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
            CandidateCommand::Accept { entry, .. } => entry.region,
            CandidateCommand::Withdraw { origin } | CandidateCommand::Recommend { origin, .. } => {
                *origin
            }
        };
        if let Some(home) = self.home().filter(|home| *home != origin) {
            return Err(CandidateRejection::NotItsHome { home, origin });
        }
        match (self, command) {
            (Self::Withdrawn { .. }, CandidateCommand::Accept { .. }) => {
                Err(CandidateRejection::Withdrawn)
            }
            (
                Self::Withdrawn { .. },
                CandidateCommand::Withdraw { .. } | CandidateCommand::Recommend { .. },
            ) => Ok(vec![]),
            (Self::Accepted { at: before, .. }, CandidateCommand::Accept { at, .. })
                if at <= *before =>
            {
                Ok(vec![])
            }
            (Self::Announced { word, .. }, CandidateCommand::Accept { entry, at }) => Ok(vec![
                CandidateEvent::Accepted { entry, at },
                CandidateEvent::Recommended(word.clone()),
            ]),
            (_, CandidateCommand::Accept { entry, at }) => {
                Ok(vec![CandidateEvent::Accepted { entry, at }])
            }
            (
                Self::Unknown | Self::Announced { .. },
                CandidateCommand::Recommend { origin, place, at },
            ) => {
                let word = place.map(|place| Recommendation { place, at });
                let region = origin;
                if *self
                    == (Self::Announced {
                        region,
                        word: word.clone(),
                    })
                {
                    return Ok(vec![]);
                }
                Ok(vec![CandidateEvent::Announced { region, word }])
            }
            (Self::Accepted { entry, .. }, CandidateCommand::Recommend { place, at, .. }) => {
                let word = place.map(|place| Recommendation { place, at });
                if entry.recommended == word {
                    return Ok(vec![]);
                }
                Ok(vec![CandidateEvent::Recommended(word)])
            }
            (_, CandidateCommand::Withdraw { origin }) => {
                Ok(vec![CandidateEvent::Withdrawn { region: origin }])
            }
        }
    }

    fn evolve(&mut self, event: &CandidateEvent) {
        match (&mut *self, event.clone()) {
            (Self::Accepted { entry: before, .. }, CandidateEvent::Accepted { mut entry, at }) => {
                // Its department's word stands until it gives another one.
                entry.recommended = before.recommended.take();
                *self = Self::Accepted { entry, at };
            }
            (_, CandidateEvent::Accepted { entry, at }) => *self = Self::Accepted { entry, at },
            (_, CandidateEvent::Announced { region, word }) => {
                *self = Self::Announced { region, word };
            }
            (Self::Accepted { entry, .. }, CandidateEvent::Recommended(word)) => {
                entry.recommended = word;
            }
            (_, CandidateEvent::Recommended(_)) => {}
            (_, CandidateEvent::Withdrawn { region }) => *self = Self::Withdrawn { region },
        }
    }

    fn publish(&self, _id: &str, _event: &CandidateEvent, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl Candidate {
    fn home(&self) -> Option<Region> {
        match self {
            Self::Unknown => None,
            Self::Announced { region, .. } | Self::Withdrawn { region } => Some(*region),
            Self::Accepted { entry, .. } => Some(entry.region),
        }
    }
}

impl From<CandidateRejection> for Refusal {
    fn from(rejection: CandidateRejection) -> Self {
        match rejection {
            CandidateRejection::NotItsHome { home, origin } => Self::new(
                rules::HOME,
                "这项需求由另一地区的节点提交",
                "请由需求所在地节点办理",
            )
            .with("home", home)
            .with("origin", origin),
            CandidateRejection::Withdrawn => Self::new(
                rules::LIFECYCLE,
                "这项需求已撤回，不能再次受理",
                "请由需求方另行提出新的需求",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use regulation::Region;
    use time::{Duration, OffsetDateTime};

    use super::*;
    use crate::domain::sample;

    fn accept(region: Region, at: OffsetDateTime) -> CandidateCommand {
        let entry = Entry {
            region,
            ..sample::entry(1, region)
        };
        CandidateCommand::Accept {
            entry: Box::new(entry),
            at,
        }
    }

    fn given(commands: &[CandidateCommand]) -> Candidate {
        let mut candidate = Candidate::default();
        for command in commands {
            let context = sample::context(Region::HUB);
            for event in candidate.decide(command.clone(), &context).unwrap() {
                candidate.evolve(&event);
            }
        }
        candidate
    }

    #[test]
    fn an_acceptance_is_taken_once_and_a_later_one_again() {
        let at = OffsetDateTime::UNIX_EPOCH;
        let candidate = given(&[accept(Region::SH, at)]);
        let context = sample::context(Region::HUB);
        assert_eq!(
            candidate.decide(accept(Region::SH, at), &context),
            Ok(vec![])
        );
        let later = accept(Region::SH, at + Duration::days(90));
        assert_eq!(candidate.decide(later, &context).unwrap().len(), 1);
    }

    #[test]
    fn only_its_home_speaks_for_a_demand_and_a_withdrawal_is_for_good() {
        let at = OffsetDateTime::UNIX_EPOCH;
        let context = sample::context(Region::HUB);
        let candidate = given(&[accept(Region::SH, at)]);
        let foreign = CandidateCommand::Withdraw { origin: Region::JS };
        let refused = candidate.decide(foreign, &context).unwrap_err();
        assert_eq!(
            refused,
            CandidateRejection::NotItsHome {
                home: Region::SH,
                origin: Region::JS
            }
        );
        assert_eq!(Refusal::from(refused).rule, rules::HOME);
        let withdraw = CandidateCommand::Withdraw { origin: Region::SH };
        let candidate = given(&[accept(Region::SH, at), withdraw.clone()]);
        assert_eq!(candidate.decide(withdraw, &context), Ok(vec![]));
        let again = accept(Region::SH, at + Duration::days(1));
        assert_eq!(
            candidate.decide(again, &context),
            Err(CandidateRejection::Withdrawn)
        );
    }

    #[test]
    fn a_department_recommends_what_was_accepted_and_may_take_its_word_back() {
        let at = OffsetDateTime::UNIX_EPOCH;
        let context = sample::context(Region::HUB);
        let word = |place| CandidateCommand::Recommend {
            origin: Region::SH,
            place,
            at,
        };
        // Two services say the two: whichever is heard first, the word counts.
        let early = given(&[word(Some(2)), accept(Region::SH, at)]);
        assert_eq!(early, given(&[accept(Region::SH, at), word(Some(2))]));
        let announced = given(&[word(Some(2))]);
        assert!(announced.decide(accept(Region::JS, at), &context).is_err());
        assert_eq!(announced.decide(word(Some(2)), &context), Ok(vec![]));
        let plain = given(&[accept(Region::SH, at), word(None)]);
        let Candidate::Accepted { entry, .. } = &plain else {
            panic!()
        };
        assert_eq!(entry.recommended, None);
        let recommended = given(&[accept(Region::SH, at), word(None), word(Some(2))]);
        assert_eq!(recommended.decide(word(Some(2)), &context), Ok(vec![]));
        let foreign = CandidateCommand::Recommend {
            origin: Region::JS,
            place: Some(1),
            at,
        };
        assert!(recommended.decide(foreign, &context).is_err());
        // Accepted again, the word stands; a new one replaces it.
        let later = accept(Region::SH, at + Duration::days(1));
        let again = given(&[accept(Region::SH, at), word(None), word(Some(2)), later]);
        let Candidate::Accepted { entry, .. } = &again else {
            panic!()
        };
        assert_eq!(entry.recommended.as_ref().map(|word| word.place), Some(2));
    }
}
