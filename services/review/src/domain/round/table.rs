//! A round from its draw on: panels, sheets, and how each fact changes them.

use std::collections::BTreeMap;

use panel::{DrawInput, InputDigest, Panels, Revealing};
use regulation::{ApplicationId, ExpertId, Region, SheetId};
use serde::{Deserialize, Serialize};

use super::{
    super::{Entry, Opinion},
    Bench, Drawing, RoundEvent, Seat, SeatState, Seated, Setup, Waivable, Waiver,
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
    /// Where the seed comes from.
    pub randomness: Revealing,
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
pub(super) fn laid(setup: Setup, drawing: Drawing) -> Table {
    let mut benches = BTreeMap::new();
    for (application, barred) in drawing.barred {
        let key = application.to_string();
        let conflicts = drawing.input.conflicts().iter();
        let conflicts = conflicts.filter(|conflict| conflict.proposal.as_str() == key);
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
        named: drawing.named,
        panels: drawing.draw.panels,
        randomness: drawing.randomness,
        roster: drawing.roster,
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
            panel,
            vacant,
        } => {
            table.follow(sheet, panel, vacant);
            table.mark(sheet, SeatState::Conflicted { after_opening });
        }
        RoundEvent::Replaced {
            sheet,
            waiver,
            panel,
            vacant,
        } => {
            table.follow(sheet, panel, vacant);
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
    fn follow(&mut self, sheet: SheetId, panel: panel::Panel, vacant: u32) {
        let Some(application) = self.seats.get(&sheet).map(|seat| seat.application) else {
            return;
        };
        let name = application.to_string();
        let key = self.panels.0.keys().find(|key| key.as_str() == name);
        if let Some(key) = key.cloned() {
            self.panels.0.insert(key, panel);
        }
        self.benches.entry(application).or_default().vacant = vacant;
    }

    /// The panel of an application.
    pub fn panel(&self, application: ApplicationId) -> Option<&panel::Panel> {
        self.panels.get(&application.to_string().parse().ok()?)
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
