//! How an open call changes with what happens.

use regulation::SolutionId;

use super::{Call, Event, Pick, Standing, reserve::Reserve};

impl Call {
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::OwnerRecorded(_) | Event::Listed(_) => {}
            Event::Closed => {
                self.picks.clear();
                let open = self
                    .received
                    .values_mut()
                    .filter(|one| !one.standing.is_terminal());
                open.for_each(|one| one.standing = Standing::Closed);
            }
            Event::TaskRevised(task) => {
                let tasks = &mut self.owner.record.tasks;
                if let Some(old) = tasks.iter_mut().find(|old| old.id == task.id) {
                    *old = (**task).clone();
                }
            }
            Event::Received(all) => {
                self.received
                    .extend(all.iter().map(|one| (one.dossier.id, one.clone())));
            }
            Event::SolutionOpened(solution) => self.set(*solution, Standing::Opened),
            Event::Shortlisted { solution, reason } => {
                self.set(*solution, Standing::Shortlisted(reason.clone()));
            }
            Event::Declined { solution, reason } => {
                self.set(*solution, Standing::Declined(reason.clone()));
            }
            Event::AffiliatesDeclined(solutions) => {
                for solution in solutions {
                    self.set(*solution, Standing::Affiliate { told: true });
                }
            }
            Event::Selected { task, solution, .. } => {
                self.picks
                    .entry(*task)
                    .or_default()
                    .insert(*solution, Pick::Asked);
            }
            Event::Agreed { solution, tasks } => {
                for task in tasks {
                    let pick = self
                        .picks
                        .get_mut(task)
                        .and_then(|all| all.get_mut(solution));
                    if let Some(pick) = pick {
                        *pick = Pick::Agreed;
                    }
                }
            }
            Event::Lapsed { solution, reason } => {
                self.release(*solution);
                self.set(*solution, Standing::Lapsed(reason.clone()));
            }
            Event::SolutionWithdrawn(solution) => {
                self.release(*solution);
                self.set(*solution, Standing::Withdrawn);
            }
            Event::ReserveProposed { .. }
            | Event::ReserveReturned(_)
            | Event::ReserveAudited { .. }
            | Event::PoolReduced { .. } => self.evolve_reserve(event),
        }
    }

    fn evolve_reserve(&mut self, event: &Event) {
        let present = std::mem::take(&mut self.reserve);
        self.reserve = match (present, event) {
            (_, Event::ReserveProposed { supplement, by }) => Reserve::Proposed {
                supplement: supplement.clone(),
                by: by.clone(),
            },
            (_, Event::ReserveReturned(reason)) => Reserve::Outside {
                returned: Some(reason.clone()),
            },
            (
                Reserve::Proposed { supplement, by } | Reserve::InPool { supplement, by, .. },
                Event::ReserveAudited { audited, .. },
            ) => Reserve::InPool {
                supplement,
                by,
                audited: audited.clone(),
            },
            (Reserve::InPool { supplement, by, .. }, Event::PoolReduced { left })
                if !left.is_empty() =>
            {
                Reserve::InPool {
                    supplement,
                    by,
                    audited: left.clone(),
                }
            }
            (_, Event::PoolReduced { .. }) => Reserve::default(),
            (other, _) => other,
        };
    }

    fn set(&mut self, solution: SolutionId, standing: Standing) {
        if let Some(received) = self.received.get_mut(&solution) {
            received.standing = standing;
        }
    }

    fn release(&mut self, solution: SolutionId) {
        self.picks.retain(|_, picks| {
            picks.remove(&solution);
            !picks.is_empty()
        });
    }
}
