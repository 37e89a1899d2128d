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
            Event::RevisionAnswered { number, .. } => self.revision = *number,
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
            Event::Selected { .. }
            | Event::Agreed { .. }
            | Event::Lapsed { .. }
            | Event::Expired { .. }
            | Event::ExpiryWaits { .. }
            | Event::SolutionWithdrawn(_)
            | Event::IntentTakenBack { .. } => self.evolve_selection(event),
            Event::Question(event) => self.asked(event),
            Event::Meeting(event) => self.met(event),
            Event::Disclosure(event) => self.disclosed(event),
            Event::ReserveProposed { .. }
            | Event::ReserveReturned(_)
            | Event::ReserveAudited { .. }
            | Event::PoolReduced { .. } => self.evolve_reserve(event),
        }
    }

    fn evolve_selection(&mut self, event: &Event) {
        match event {
            Event::Selected {
                task,
                solution,
                answer_until,
                valid_until,
                on,
                ..
            } => {
                self.selected_on = self.selected_on.or(*on);
                let pick = Pick::Asked {
                    answer_until: *answer_until,
                    valid_until: *valid_until,
                    look_at: answer_until.end(),
                };
                self.picks.entry(*task).or_default().insert(*solution, pick);
            }
            Event::Agreed { solution, tasks } => {
                for task in tasks {
                    let pick = self
                        .picks
                        .get_mut(task)
                        .and_then(|all| all.get_mut(solution));
                    if let Some(pick) = pick
                        && let Pick::Asked { valid_until, .. } = *pick
                    {
                        *pick = Pick::Agreed { valid_until };
                    }
                }
            }
            Event::Lapsed { solution, reason } | Event::IntentTakenBack { solution, reason } => {
                self.unselect(*solution);
                self.set(*solution, Standing::Lapsed(reason.clone()));
            }
            Event::Expired {
                task,
                solution,
                reason,
            } => {
                if let Some(picks) = self.picks.get_mut(task) {
                    picks.remove(solution);
                }
                self.picks.retain(|_, picks| !picks.is_empty());
                if self.selected(*solution, false).is_empty() {
                    self.set(*solution, Standing::Lapsed(reason.clone()));
                }
            }
            Event::ExpiryWaits {
                task,
                solution,
                again,
            } => {
                let picks = self.picks.get_mut(task);
                let pick = picks.and_then(|picks| picks.get_mut(solution));
                if let Some(Pick::Asked { look_at, .. }) = pick {
                    *look_at = *again;
                }
            }
            Event::SolutionWithdrawn(solution) => {
                self.unselect(*solution);
                self.set(*solution, Standing::Withdrawn);
            }
            _ => {}
        }
    }

    fn evolve_reserve(&mut self, event: &Event) {
        let present = std::mem::take(&mut self.reserve);
        self.reserve = match (present, event) {
            (
                _,
                Event::ReserveProposed {
                    supplement,
                    situation,
                    by,
                },
            ) => Reserve::Proposed {
                supplement: supplement.clone(),
                situation: situation.clone(),
                by: by.clone(),
            },
            (_, Event::ReserveReturned(reason)) => Reserve::Outside {
                returned: Some(reason.clone()),
            },
            (
                Reserve::Proposed {
                    supplement,
                    situation,
                    by,
                }
                | Reserve::InPool {
                    supplement,
                    situation,
                    by,
                    ..
                },
                Event::ReserveAudited { audited, .. },
            ) => Reserve::InPool {
                supplement,
                // Once something is matched, the tasks alone say where it stands.
                situation: situation.filter(|_| audited.is_empty()),
                by,
                audited: audited.clone(),
            },
            (
                Reserve::InPool {
                    supplement,
                    situation,
                    by,
                    ..
                },
                Event::PoolReduced { left, stays: true },
            ) => Reserve::InPool {
                supplement,
                situation,
                by,
                audited: left.clone(),
            },
            (_, Event::PoolReduced { .. }) => Reserve::default(),
            (other, _) => other,
        };
    }

    fn set(&mut self, solution: SolutionId, standing: Standing) {
        if let Some(received) = self.received.get_mut(&solution) {
            received.standing = standing;
        }
    }

    fn unselect(&mut self, solution: SolutionId) {
        self.picks.retain(|_, picks| {
            picks.remove(&solution);
            !picks.is_empty()
        });
    }
}
