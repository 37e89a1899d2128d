//! A message as it is read: every field parsed, and nobody believed in another's name.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use journal::Act;
use proto::{
    application::v1 as wire,
    coordination::v1::Party,
    matching::v1::SelectedSolver,
    message::{Incoming, PublicEvent, Unreadable},
};
use regulation::ApplicationId;

use crate::{
    domain::{
        Application, Item,
        application::{Answer, Command, Hand, Outcome},
        package::Solver,
    },
    publish::APPLICATION,
};

/// A message.
pub(super) struct Heard<'a>(pub(super) &'a Incoming);

/// A party's word on a document.
pub(super) struct Word<'a> {
    pub(super) kind: &'a str,
    pub(super) assent: &'a str,
    pub(super) subject: &'a str,
    pub(super) digest: &'a str,
    pub(super) party: Option<&'a Party>,
    pub(super) person: &'a str,
    pub(super) role: &'a str,
    /// Why not, if not.
    pub(super) refused: Option<&'a str>,
}

impl Heard<'_> {
    pub(super) fn read<E: PublicEvent>(&self) -> Result<E, Unreadable> {
        self.0.read()
    }

    /// What only the hub may say.
    pub(super) fn of_hub<E: PublicEvent>(&self) -> Result<E, Unreadable> {
        self.of("hub")?;
        self.0.read()
    }

    /// What only `region` may say.
    pub(super) fn of(&self, region: &str) -> Result<(), Unreadable> {
        let origin = self.0.origin;
        if origin.as_str() == region {
            Ok(())
        } else {
            Err(self
                .0
                .unreadable(format!("{origin} may not speak for {region}")))
        }
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(
        &self,
        field: &str,
        text: &str,
    ) -> Result<T, Unreadable> {
        text.parse()
            .map_err(|error: T::Err| self.0.unreadable(format!("{field}: {error}")))
    }

    pub(super) fn optional<T: FromStr<Err: Display>>(
        &self,
        field: &str,
        text: &str,
    ) -> Result<Option<T>, Unreadable> {
        if text.is_empty() {
            Ok(None)
        } else {
            self.parse(field, text).map(Some)
        }
    }

    pub(super) fn valid<T, E: Display>(&self, read: Result<T, E>) -> Result<T, Unreadable> {
        read.map_err(|error| self.0.unreadable(error))
    }

    pub(super) fn no(&self, field: &str) -> Unreadable {
        self.0.unreadable(format!("{field} is missing or wrong"))
    }

    pub(super) fn version(&self, version: i32) -> Result<u32, Unreadable> {
        self.valid(u32::try_from(version))
    }

    pub(super) fn solver(&self, told: &SelectedSolver) -> Result<Solver, Unreadable> {
        let team = told.team_unit_ids.iter();
        let team = team.map(|id| self.parse("team_unit_ids", id));
        Ok(Solver {
            task: self.parse("task_id", &told.task_id)?,
            holder: self.parse("holder_unit_id", &told.holder_unit_id)?,
            team: team.collect::<Result<_, _>>()?,
        })
    }

    /// A unit's word on a frozen package, by its own home.
    pub(super) fn answer(&self, word: &Word<'_>) -> Result<Vec<Act>, Unreadable> {
        if word.kind != APPLICATION {
            return Ok(Vec::new());
        }
        let party = word.party.ok_or_else(|| self.no("party"))?;
        self.of(&party.region)?;
        if word.person.is_empty() || word.role != "unit_member" {
            return Err(self.0.unreadable("a unit's word is its member's"));
        }
        let refused = word.refused.map(|reason| self.parse("reason", reason));
        let answer = Answer {
            assent: self.parse("assent_id", word.assent)?,
            unit: self.parse("party.unit_id", &party.unit_id)?,
            digest: self.parse("digest", word.digest)?,
            origin: self.0.origin,
            hand: Hand {
                person: word.person.to_owned(),
                at: self.0.at,
            },
            refused: refused.transpose()?,
        };
        let id: ApplicationId = self.parse("subject_id", word.subject)?;
        let command = Command::Answer(Box::new(answer));
        Ok(vec![Act::new::<Application>(id, command)])
    }

    pub(super) fn outcome(&self, told: wire::ExaminationConcluded) -> Result<Outcome, Unreadable> {
        // An item that a newer hub knows and this node does not opens nothing, and loses nothing:
        // its note is among the reasons.
        let mut items: BTreeMap<Item, String> = BTreeMap::new();
        let mut reason = told.reason.clone();
        for item in told.items.iter().filter(|item| !item.passed) {
            if let Ok(known) = item.item.parse() {
                items.insert(known, item.note.clone());
            } else {
                reason.push('；');
                reason.push_str(&item.note);
            }
        }
        match told.outcome() {
            wire::ExaminationOutcome::Passed => Ok(Outcome::Passed),
            wire::ExaminationOutcome::CorrectionRequested => Ok(Outcome::Correct {
                items,
                deadline: self.parse("deadline", &told.deadline)?,
                provisional: told.deadline_provisional,
                reason,
            }),
            wire::ExaminationOutcome::NotAccepted => Ok(Outcome::NotAccepted {
                reason,
                items,
                appeal_until: self.optional("appeal_until", &told.appeal_until)?,
            }),
            wire::ExaminationOutcome::Appealed
            | wire::ExaminationOutcome::Reopened
            | wire::ExaminationOutcome::Unspecified => Err(self.no("outcome")),
        }
    }
}
