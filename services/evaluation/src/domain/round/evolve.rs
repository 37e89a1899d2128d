//! How each fact changes a round.

use std::collections::BTreeMap;

use super::{
    Bench, EvaluationRound, Frozen, ReturnedList, RoundEvent, Seat, SeatState, Table, Waivable,
};
use regulation::BallotId;

/// The round after a fact.
pub(super) fn after(round: EvaluationRound, event: RoundEvent) -> EvaluationRound {
    use EvaluationRound as R;
    match (round, event) {
        (R::Unknown, RoundEvent::Opened(gathering)) => R::Open(gathering),
        (R::Open(mut gathering), RoundEvent::Seed(fact)) => {
            gathering.seeds.evolve(&fact);
            R::Open(gathering)
        }
        (R::Open(gathering), RoundEvent::Frozen(freezing)) => R::Frozen(Box::new(Frozen {
            setup: gathering.setup,
            input: freezing.input,
            people: freezing.people,
            seeds: freezing.seeds,
        })),
        (R::Frozen(frozen), RoundEvent::Drawn(drawing)) => {
            let batch = frozen.setup.batch.keys();
            let benches = batch.map(|demand| (*demand, Bench::default())).collect();
            R::Drawn(Box::new(Table {
                setup: frozen.setup,
                pool: drawing.draw.input,
                named: drawing.named.input,
                panels: drawing.draw.panels,
                seeds: frozen.seeds,
                followed: Vec::new(),
                keys: drawing.named.keys,
                roster: drawing.named.roster,
                benches,
                seats: BTreeMap::new(),
                regions_waived: BTreeMap::new(),
                returned: Vec::new(),
            }))
        }
        (R::Frozen(mut frozen), RoundEvent::Seed(fact)) => {
            frozen.seeds.evolve(&fact);
            R::Frozen(frozen)
        }
        (R::Drawn(table), RoundEvent::ScoringBegan) => R::Scoring(table),
        (R::Drawn(table) | R::Scoring(table), RoundEvent::Closed { at }) => R::Closed { table, at },
        (round, event) => listing(round, event),
    }
}

/// From the closed round on.
fn listing(round: EvaluationRound, event: RoundEvent) -> EvaluationRound {
    use EvaluationRound as R;
    match (round, event) {
        (R::Closed { table, at }, RoundEvent::Proposed(proposal)) => R::Proposed {
            table,
            closed: at,
            proposal,
        },
        (
            R::Proposed {
                mut table,
                closed,
                proposal,
            },
            RoundEvent::ListReturned { decision, reason },
        ) => {
            table.returned.push(ReturnedList {
                digest: proposal.digest,
                decision,
                reason,
            });
            R::Closed { table, at: closed }
        }
        (
            R::Proposed {
                table, proposal, ..
            },
            RoundEvent::Adopted { decision },
        ) => R::Adopted {
            table,
            proposal,
            decision,
        },
        (round, RoundEvent::Returned { waiver }) => match round.setup() {
            Some(setup) => R::Returned {
                setup: Box::new(setup.clone()),
                waiver,
            },
            None => round,
        },
        (mut round, event) => {
            if let R::Drawn(table) | R::Scoring(table) | R::Closed { table, .. } = &mut round {
                seat(table, event);
            }
            round
        }
    }
}

/// What a fact changes at the table.
pub(super) fn seat(table: &mut Table, event: RoundEvent) {
    match event {
        RoundEvent::Answered {
            demand,
            strikes,
            followed,
            vacant,
        } => {
            let bench = table.benches.entry(demand).or_default();
            bench.answered = true;
            bench.strikes = strikes;
            bench.vacant = vacant;
            table.follow(followed);
        }
        RoundEvent::Invited {
            ballot,
            demand,
            expert,
            at,
        } => {
            if let Some(seated) = table.roster.get(&expert) {
                let seat = Seat {
                    demand,
                    expert,
                    region: seated.region,
                    invited: at,
                    reminder: None,
                    look_at: table.setup.chase.map(|chase| chase.remind_at(at)),
                    state: SeatState::Invited,
                };
                table.seats.insert(ballot, seat);
            }
        }
        RoundEvent::BallotCast {
            ballot,
            commitment,
            at,
        } => table.mark(ballot, SeatState::Cast { commitment, at }),
        RoundEvent::BallotLate { ballot, at } => table.mark(ballot, SeatState::Late { at }),
        RoundEvent::ConflictNoted {
            ballot,
            followed,
            vacant,
        } => table.drop_out(ballot, followed, vacant, SeatState::Conflicted),
        RoundEvent::BarredNoted {
            ballot,
            followed,
            vacant,
        } => table.drop_out(ballot, followed, vacant, SeatState::Barred),
        RoundEvent::Waived { what, waiver } => match what {
            Waivable::Ballot(ballot) => table.mark(ballot, SeatState::Waived(waiver)),
            Waivable::Demand(demand) => {
                table.benches.entry(demand).or_default().waiver = Some(waiver);
            }
            Waivable::Region(region) => {
                table.regions_waived.insert(region, waiver);
            }
        },
        event => chased(table, event),
    }
}

/// What a fact changes after an invitation that was not answered, and after the round is closed.
fn chased(table: &mut Table, event: RoundEvent) {
    match event {
        RoundEvent::BallotReminded { ballot, reminder } => {
            if let Some(seat) = table.seats.get_mut(&ballot) {
                seat.look_at = Some(reminder.reply_by);
                seat.reminder = Some(reminder);
            }
        }
        RoundEvent::SilenceHeld { ballot, look_at } => {
            if let Some(seat) = table.seats.get_mut(&ballot) {
                seat.look_at = look_at;
            }
        }
        RoundEvent::BallotReplaced { ballot, followed } => {
            table.follow(followed);
            table.mark(ballot, SeatState::Replaced);
        }
        RoundEvent::BallotRevealed { ballot, sheet } => {
            table.mark(ballot, SeatState::Revealed(sheet));
        }
        RoundEvent::BallotFaulty { ballot, fault } => table.mark(ballot, SeatState::Faulty(fault)),
        _ => {}
    }
}

impl Table {
    fn mark(&mut self, ballot: BallotId, state: SeatState) {
        if let Some(seat) = self.seats.get_mut(&ballot) {
            seat.state = state;
        }
    }

    fn drop_out(
        &mut self,
        ballot: BallotId,
        followed: panel::Followed,
        vacant: u32,
        state: SeatState,
    ) {
        if let Some(demand) = self.seats.get(&ballot).map(|seat| seat.demand) {
            self.benches.entry(demand).or_default().vacant = vacant;
        }
        self.follow(followed);
        self.mark(ballot, state);
    }

    fn follow(&mut self, followed: panel::Followed) {
        let (proposal, panel) = (followed.proposal.clone(), followed.panel.clone());
        self.panels.0.insert(proposal, panel);
        if !followed.struck.is_empty() {
            self.followed.push(followed);
        }
    }
}
