//! A round from its draw on: panels, sheets, and how each fact changes them.

use std::collections::BTreeMap;

use draws::{Seated, Waiver};
use panel::{DrawInput, ExpertKey, Followed, InputDigest, Panels};
use regulation::{ApplicationId, ExpertId, Region, SheetId};
use serde::{Deserialize, Serialize};

use super::{
    super::{Entry, Opinion},
    Bench, Drawing, Frozen, RoundEvent, Seat, SeatState, Setup, Waivable,
};

/// A round from its draw on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// What it goes by.
    pub setup: Setup,
    /// The digest of the frozen pool.
    pub pool: InputDigest,
    /// Who was named, as the draw saw them.
    pub named: DrawInput,
    /// The panels as they stand.
    pub panels: Panels,
    /// Where the seed comes from, and how seeds were recovered, or gone without.
    pub seeds: draws::Opening,
    /// Who followed whom, in order.
    pub followed: Vec<Followed>,
    /// Who was named, by pseudonym.
    pub keys: BTreeMap<ExpertKey, ExpertId>,
    /// Who was named.
    pub roster: BTreeMap<ExpertId, Seated>,
    /// By application.
    pub benches: BTreeMap<ApplicationId, Bench>,
    /// By sheet.
    pub seats: BTreeMap<SheetId, Seat>,
    /// Regions that are not waited for.
    pub regions_waived: BTreeMap<Region, Waiver>,
}

/// The table as the draw lays it.
pub(super) fn laid(frozen: Frozen, drawing: Drawing) -> Table {
    let Frozen { setup, pool } = frozen;
    let mut benches = BTreeMap::new();
    for (application, barred) in pool.barred {
        let key = setup.proposal_key(application).ok();
        let conflicts = pool.input.conflicts().iter();
        let conflicts = conflicts.filter(|conflict| Some(&conflict.proposal) == key.as_ref());
        let bench = Bench {
            barred,
            conflicts: u32::try_from(conflicts.count()).unwrap_or(u32::MAX),
            ..Bench::default()
        };
        benches.insert(application, bench);
    }
    Table {
        setup,
        pool: drawing.draw.input,
        named: drawing.named.input,
        panels: drawing.draw.panels,
        seeds: pool.seeds,
        followed: Vec::new(),
        keys: drawing.named.keys,
        roster: drawing.named.roster,
        benches,
        seats: BTreeMap::new(),
        regions_waived: BTreeMap::new(),
    }
}

/// What a fact changes at the table.
pub(super) fn seat(table: &mut Table, event: RoundEvent) {
    match event {
        RoundEvent::Invited {
            sheet,
            application,
            expert,
        } => {
            let home = table.roster.get(&expert).map(|seated| seated.region);
            let seat = home.map(|region| Seat {
                application,
                expert,
                region,
                state: SeatState::Invited,
            });
            table.seats.extend(seat.map(|seat| (sheet, seat)));
        }
        RoundEvent::SheetCompleted { sheet, opinion, at } => {
            table.mark(sheet, SeatState::Completed { opinion, at });
        }
        RoundEvent::SheetLate { sheet, at } => table.mark(sheet, SeatState::Late { at }),
        RoundEvent::SheetFaulty { sheet, fault } => table.mark(sheet, SeatState::Faulty(fault)),
        RoundEvent::ConflictNoted {
            sheet,
            after_opening,
            followed,
            vacant,
        } => {
            table.follow(sheet, followed, vacant);
            table.mark(sheet, SeatState::Conflicted { after_opening });
        }
        RoundEvent::BarredNoted {
            sheet,
            followed,
            vacant,
        } => {
            table.follow(sheet, followed, vacant);
            table.mark(sheet, SeatState::Barred);
        }
        RoundEvent::Replaced {
            sheet,
            waiver,
            followed,
            vacant,
        } => {
            table.follow(sheet, followed, vacant);
            table.mark(sheet, SeatState::Replaced(waiver));
        }
        RoundEvent::Waived { what, waiver } => match what {
            Waivable::Sheet(sheet) => table.mark(sheet, SeatState::Waived(waiver)),
            Waivable::Application(application) => {
                table.benches.entry(application).or_default().waiver = Some(waiver);
            }
            Waivable::Region(region) => {
                table.regions_waived.insert(region, waiver);
            }
        },
        _ => {}
    }
}

impl Table {
    fn mark(&mut self, sheet: SheetId, state: SeatState) {
        if let Some(seat) = self.seats.get_mut(&sheet) {
            seat.state = state;
        }
    }

    /// The panel of a sheet's application after somebody left it.
    fn follow(&mut self, sheet: SheetId, followed: Followed, vacant: u32) {
        let Some(application) = self.seats.get(&sheet).map(|seat| seat.application) else {
            return;
        };
        let (proposal, panel) = (followed.proposal.clone(), followed.panel.clone());
        self.panels.0.insert(proposal, panel);
        self.followed.push(followed);
        self.benches.entry(application).or_default().vacant = vacant;
    }

    /// The panel of an application.
    pub fn panel(&self, application: ApplicationId) -> Option<&panel::Panel> {
        self.panels.get(&self.setup.proposal_key(application).ok()?)
    }

    /// Whose pseudonym it is; empty for nobody's.
    pub fn expert(&self, key: &ExpertKey) -> String {
        let expert = self.keys.get(key);
        expert.map(ToString::to_string).unwrap_or_default()
    }

    /// An application of the batch.
    pub fn entry(&self, application: ApplicationId) -> Option<&Entry> {
        self.setup.batch.get(&application)
    }

    /// The opinions on an application that count.
    pub fn opinions(
        &self,
        application: ApplicationId,
    ) -> impl Iterator<Item = (&ExpertId, &Opinion)> {
        let seats = self
            .seats
            .values()
            .filter(move |seat| seat.application == application);
        seats.filter_map(|seat| match &seat.state {
            SeatState::Completed { opinion, .. } => Some((&seat.expert, opinion)),
            _ => None,
        })
    }
}
