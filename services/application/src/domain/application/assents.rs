//! What comes from the units' homes: their parts, and their words on the frozen package.

use regulation::{Context, Region, Role, UnitId};

use super::{Answer, Case, Event, Stage};
use crate::domain::{Rejection, assent_to, package::PartVersion};

impl Case {
    /// A unit's home speaks for its unit, nobody else. What comes too late to be frozen waits.
    pub(super) fn receive(
        &self,
        unit: UnitId,
        part: Box<PartVersion>,
        origin: Region,
    ) -> Result<Vec<Event>, Rejection> {
        let Some(seat) = self.seats.get(&unit) else {
            // Left out after it was asked.
            return Ok(vec![]);
        };
        if seat.region != origin {
            let home = seat.region;
            return Err(Rejection::OtherHome { home, origin });
        }
        let news = seat
            .latest
            .as_ref()
            .is_none_or(|latest| latest.version < part.version);
        if self.stage.is_terminal() || !news {
            return Ok(vec![]);
        }
        Ok(vec![Event::PartReceived { unit, part }])
    }

    pub(super) fn revise(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        if context.actor.role != Role::UnitMember || context.actor.unit != Some(self.lead) {
            return Err(Rejection::NotOwn);
        }
        match self.stage {
            Stage::AwaitingAssents { .. } => Ok(vec![Event::Revised(self.recall(None))]),
            Stage::Draft | Stage::CorrectionOpen(_) => Ok(vec![]),
            _ => Err(self.not_now("修改")),
        }
    }

    pub(super) fn answer(&self, answer: Answer) -> Result<Vec<Event>, Rejection> {
        let Some(frozen) = &self.frozen else {
            return Err(Rejection::NotAUnit(answer.unit));
        };
        let Some(member) = frozen.package.units.get(&answer.unit) else {
            return self.earlier(&answer);
        };
        if member.region != answer.origin {
            let (home, origin) = (member.region, answer.origin);
            return Err(Rejection::OtherHome { home, origin });
        }
        if answer.assent != assent_to(self.id, frozen.package.version, answer.unit) {
            return self.earlier(&answer);
        }
        let expected = frozen.document.digest();
        if answer.digest != expected {
            let given = answer.digest;
            return Err(Rejection::AnotherDigest { expected, given });
        }
        let Stage::AwaitingAssents { given, .. } = &self.stage else {
            return Ok(vec![]);
        };
        let unit = answer.unit;
        match answer.refused {
            _ if given.contains_key(&unit) => Ok(vec![]),
            None => Ok(vec![Event::Agreed {
                unit,
                hand: answer.hand,
            }]),
            Some(reason) => Ok(vec![Event::Declined {
                unit,
                reason,
                recall: self.recall(Some(unit)),
            }]),
        }
    }

    /// A word on an earlier package is none on this one; one that nobody asked for is refused.
    fn earlier(&self, answer: &Answer) -> Result<Vec<Event>, Rejection> {
        let asked = (1..self.version())
            .any(|version| answer.assent == assent_to(self.id, version, answer.unit));
        if asked {
            Ok(vec![])
        } else {
            Err(Rejection::NotAUnit(answer.unit))
        }
    }
}
