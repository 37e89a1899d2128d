//! Silent experts: reminded, then replaced by whoever follows by the same rule.

use journal::Alarm;
use regulation::{BallotId, Context, Day};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    EvaluationRound, RoundCommand, RoundEvent, RoundRejection, Seat, SeatState, Table, evolve,
    seats,
};

/// After how many days an expert who says nothing is reminded and replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chase {
    /// Days from the invitation to the reminder.
    pub reminder_days: u32,
    /// Days from the invitation to the replacement.
    pub reply_days: u32,
}

/// A reminder that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Until when the expert can answer before somebody else is asked.
    #[serde(with = "time::serde::rfc3339")]
    pub reply_by: OffsetDateTime,
}

impl Chase {
    /// Whether a reminder comes before the replacement, and neither on the day of the invitation.
    pub fn is_possible(self) -> bool {
        0 < self.reminder_days && self.reminder_days < self.reply_days
    }

    /// When an expert who was asked then is reminded: when the day is over.
    pub fn remind_at(self, invited: OffsetDateTime) -> OffsetDateTime {
        after_days(invited, self.reminder_days)
    }

    /// Until when an expert can answer who is reminded now: never less than a whole day.
    fn reply_by(self, invited: OffsetDateTime, reminded: OffsetDateTime) -> OffsetDateTime {
        after_days(invited, self.reply_days).max(after_days(reminded, 1))
    }
}

/// The first instant after so many whole days.
fn after_days(from: OffsetDateTime, days: u32) -> OffsetDateTime {
    Day::of(from).plus_days(days.saturating_add(1)).start()
}

fn silent(seat: &Seat) -> Option<OffsetDateTime> {
    seat.look_at
        .filter(|_| matches!(seat.state, SeatState::Invited))
}

/// The next time that somebody has to look after a silent expert.
pub(super) fn alarms(round: &EvaluationRound) -> Vec<Alarm<RoundCommand>> {
    let (EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table)) = round else {
        return Vec::new();
    };
    // Beyond the deadline nobody could follow in time.
    let last = table.setup.deadline.end();
    let due = table.seats.values().filter_map(silent).min();
    due.filter(|due| *due <= last)
        .map(|due| Alarm {
            name: "silence",
            due,
            command: RoundCommand::Chase,
        })
        .into_iter()
        .collect()
}

/// Looks after every expert whose time has come.
pub(super) fn chase(
    round: &EvaluationRound,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let (EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table)) = round else {
        return Ok(Vec::new());
    };
    let mut table = table.clone();
    let due: Vec<BallotId> = table
        .seats
        .iter()
        .filter(|(_, seat)| silent(seat).is_some_and(|look_at| look_at <= context.now))
        .map(|(ballot, _)| *ballot)
        .collect();
    let mut events = Vec::new();
    for ballot in due {
        let next = look_after(&table, ballot, context)?;
        for event in &next {
            // Whoever was called for one demand may be too busy for the next.
            evolve::seat(&mut table, event.clone());
        }
        events.extend(next);
    }
    Ok(events)
}

fn look_after(
    table: &Table,
    ballot: BallotId,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let (Some(seat), Some(chase)) = (table.seats.get(&ballot), table.setup.chase) else {
        return Ok(Vec::new());
    };
    let Some(reminder) = seat.reminder else {
        let reminder = Reminder {
            at: context.now,
            reply_by: chase.reply_by(seat.invited, context.now),
        };
        return Ok(vec![RoundEvent::BallotReminded { ballot, reminder }]);
    };
    let heard = context.heard.get(&seat.region);
    if heard.is_none_or(|until| *until < reminder.reply_by) {
        // An answer given in time may be on its way.
        let look_at = Some(context.now + Duration::hours(1));
        return Ok(vec![RoundEvent::SilenceHeld { ballot, look_at }]);
    }
    let (followed, vacant) = seats::follow(table, seat.demand, [&seat.expert])?;
    if vacant > 0 {
        // Nobody can follow: a late answer is better than an empty seat.
        let look_at = None;
        return Ok(vec![RoundEvent::SilenceHeld { ballot, look_at }]);
    }
    let panel = followed.panel.clone();
    let mut events = vec![RoundEvent::BallotReplaced { ballot, followed }];
    events.extend(seats::invitations(table, seat.demand, &panel, context.now)?);
    Ok(events)
}
