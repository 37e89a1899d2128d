//! An open call at the demander's home: what was fed back, and what becomes of it. [Art. 11, 12]

use std::collections::{BTreeMap, BTreeSet};

use anonymity::Known;
use journal::Alarm;
use regulation::{Context, Day, Region, Role, SolutionId, TaskId, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Command, Event, Owner, Pick, Reason, Received, Standing,
    disclosure::{Disclosure, Naming},
    meetings::Meeting,
    questions::Inquiry,
    reserve::{Match, Reserve},
};
use crate::{
    domain::{FeedbackId, Listing, MeetingId, QuestionId, Rejection, anonymous::anonymous},
    dossier::Dossier,
};

/// A published demand with its demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whose it is.
    pub owner: Owner,
    /// Under which names and terms it is published.
    pub listing: Listing,
    /// What was fed back.
    pub received: BTreeMap<SolutionId, Received>,
    /// Who is selected for which task, and whether both sides gave their word.
    pub picks: BTreeMap<TaskId, BTreeMap<SolutionId, Pick>>,
    /// Where it stands in the reserve pool.
    pub reserve: Reserve,
    /// What solvers asked.
    pub questions: BTreeMap<QuestionId, Inquiry>,
    /// Roadshows and one-to-ones.
    pub meetings: BTreeMap<MeetingId, Meeting>,
    /// Who was told the demander, in order.
    pub disclosures: Vec<Disclosure>,
    /// The demander's wish to be named, while it waits.
    pub naming: Option<Naming>,
    /// The last proposed revision that was judged.
    #[serde(default)]
    pub revision: u32,
    /// The day of the first selection.
    #[serde(default)]
    pub selected_on: Option<Day>,
}

impl Call {
    /// A call that was opened just now.
    pub fn new(owner: Owner, listing: Listing) -> Self {
        let (received, picks) = (BTreeMap::new(), BTreeMap::new());
        Self {
            owner,
            listing,
            received,
            picks,
            reserve: Reserve::default(),
            questions: BTreeMap::new(),
            meetings: BTreeMap::new(),
            disclosures: Vec::new(),
            naming: None,
            revision: 0,
            selected_on: None,
        }
    }

    /// What follows from a command while the call is open.
    pub(super) fn decide(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::RecordOwner(_) | Command::List(_) | Command::Close => Ok(vec![]),
            Command::ReviseTask(revision) => Ok(self.revise(&revision)),
            Command::Receive {
                feedback,
                cut_off,
                solutions,
            } => Ok(self.receive(feedback, cut_off, solutions)),
            Command::OpenSolution(solution, sealed) => self.open(solution, sealed, context),
            Command::Shortlist(solution, reason) => self.shortlist(solution, reason, context),
            Command::Decline(solution, reason) => self.decline(solution, reason, context),
            Command::DeclineAffiliates => Ok(self.decline_affiliates(context)),
            Command::ProposeReserve {
                supplement,
                situation,
            } => self.propose(supplement, situation, context),
            Command::AuditReserve { returned } => self.audit(returned, context),
            Command::Question(command) => {
                let events = self.question(command, context)?;
                Ok(events.into_iter().map(Event::Question).collect())
            }
            Command::Meeting(command) => {
                let events = self.meet(command, context)?;
                Ok(events.into_iter().map(Event::Meeting).collect())
            }
            Command::Disclosure(command) => {
                let events = self.disclosure(command, context)?;
                Ok(events.into_iter().map(Event::Disclosure).collect())
            }
            other => self.decide_selection(other, context),
        }
    }

    /// What ends with the demand, in order: what lies ahead of meetings, and its place in the pool.
    pub(super) fn ended(&self, context: &Context) -> Vec<Event> {
        let mut events: Vec<_> = self
            .call_off_all(context)
            .into_iter()
            .map(Event::Meeting)
            .collect();
        if matches!(self.reserve, Reserve::InPool { .. }) {
            events.push(Event::PoolReduced {
                left: BTreeSet::new(),
                stays: false,
            });
        }
        events
    }

    /// What has to happen by itself.
    pub(super) fn alarms(&self) -> Vec<Alarm<Command>> {
        let alarm = |name, due: Option<OffsetDateTime>, command| {
            due.map(|due| Alarm { name, due, command })
        };
        let declines = alarm(
            "decline_affiliates",
            self.next_decline(),
            Command::DeclineAffiliates,
        );
        let lapses = alarm("lapse_overdue", self.next_expiry(), Command::LapseOverdue);
        declines.into_iter().chain(lapses).collect()
    }

    /// All matches: tasks with a solver to whom both sides gave their word.
    pub fn matches(&self) -> BTreeSet<Match> {
        let pairs = self.picks.iter().flat_map(|(task, picks)| {
            picks
                .iter()
                .map(move |(solution, pick)| ((*task, *solution), *pick))
        });
        pairs
            .filter(|(_, pick)| pick.is_agreed())
            .map(|(pair, _)| pair)
            .collect()
    }

    /// Tasks that a solution is selected for, those with both words only if `agreed`.
    pub fn selected(&self, solution: SolutionId, agreed: bool) -> BTreeSet<TaskId> {
        let picked = self
            .picks
            .iter()
            .filter(|(_, picks)| match picks.get(&solution) {
                Some(pick) => pick.is_agreed() || !agreed,
                None => false,
            });
        picked.map(|(task, _)| *task).collect()
    }

    pub(super) fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.owner.demander);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    /// By what the demander could be recognised: its unit's names, and its contact. [Art. 10]
    pub(super) fn known_by(&self, names: &[String]) -> Known {
        let contact = self.owner.contact.as_ref();
        Known::of_units(names).and_contact(contact.map_or("", Text::as_str))
    }

    pub(super) fn get(&self, solution: SolutionId) -> Result<&Received, Rejection> {
        self.received
            .get(&solution)
            .ok_or(Rejection::UnknownSolution)
    }

    pub(super) fn receive(
        &self,
        feedback: FeedbackId,
        cut_off: OffsetDateTime,
        solutions: Vec<(Dossier, Region)>,
    ) -> Vec<Event> {
        let fresh = solutions
            .into_iter()
            .filter(|(dossier, region)| self.is_news(dossier, *region))
            .map(|(dossier, region)| {
                let standing = if self.owner.is_close_to(&dossier) {
                    Standing::Affiliate { told: false }
                } else {
                    Standing::Unopened
                };
                Received {
                    dossier,
                    region,
                    feedback,
                    cut_off,
                    standing,
                }
            });
        let fresh: Vec<_> = fresh.collect();
        if fresh.is_empty() {
            vec![]
        } else {
            vec![Event::Received(fresh)]
        }
    }

    /// A solution that is new, or handed in anew before anything followed from the one before.
    fn is_news(&self, dossier: &Dossier, region: Region) -> bool {
        self.received.get(&dossier.id).is_none_or(|known| {
            known.region == region
                && known.dossier.revision < dossier.revision
                && !known.standing.is_terminal()
                && self.selected(dossier.id, false).is_empty()
        })
    }

    pub(super) fn open(
        &self,
        solution: SolutionId,
        sealed: Option<OffsetDateTime>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let received = self.get(solution)?;
        match &received.standing {
            Standing::Unopened if sealed.is_none_or(|at| at > received.cut_off) => {
                Err(Rejection::SealUnknown)
            }
            Standing::Unopened => Ok(vec![Event::SolutionOpened(solution)]),
            Standing::Affiliate { .. } | Standing::Withdrawn => Err(self.unavailable(solution)),
            _ => Ok(vec![]),
        }
    }

    /// A reason as the solver may read it: without the demander, unless it was told. [Art. 10]
    pub(super) fn told(&self, solution: SolutionId, reason: Reason) -> Result<Text, Rejection> {
        if !self.knows(solution) {
            anonymous(&[reason.text.as_str()], &self.known_by(&reason.names))?;
        }
        Ok(reason.text)
    }

    pub(super) fn unavailable(&self, solution: SolutionId) -> Rejection {
        match self.get(solution) {
            Ok(received) if matches!(received.standing, Standing::Affiliate { .. }) => {
                Rejection::OfOwnHouse
            }
            Ok(received) => Rejection::NotAvailable {
                standing: received.standing.name(),
            },
            Err(rejection) => rejection,
        }
    }

    pub(super) fn shortlist(
        &self,
        solution: SolutionId,
        reason: Reason,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let reason = self.told(solution, reason)?;
        match &self.get(solution)?.standing {
            Standing::Unopened => Err(Rejection::NotOpened),
            Standing::Opened => Ok(vec![Event::Shortlisted { solution, reason }]),
            Standing::Shortlisted(before) if *before == reason => Ok(vec![]),
            _ => Err(self.unavailable(solution)),
        }
    }

    pub(super) fn decline(
        &self,
        solution: SolutionId,
        reason: Reason,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let reason = self.told(solution, reason)?;
        let received = self.get(solution)?;
        match &received.standing {
            Standing::Unopened => Err(Rejection::NotOpened),
            Standing::Opened | Standing::Shortlisted(_)
                if !self.selected(solution, false).is_empty() =>
            {
                Err(Rejection::IsSelected)
            }
            Standing::Opened | Standing::Shortlisted(_) => {
                let mut events = vec![Event::Declined { solution, reason }];
                let batch = self.untold(|other| other.feedback == received.feedback);
                if !batch.is_empty() {
                    events.push(Event::AffiliatesDeclined(batch));
                }
                Ok(events)
            }
            Standing::Declined(before) if *before == reason => Ok(vec![]),
            _ => Err(self.unavailable(solution)),
        }
    }

    /// Affiliates' solutions whose decline was not told yet.
    fn untold(&self, which: impl Fn(&Received) -> bool) -> BTreeSet<SolutionId> {
        let waiting = self.received.iter().filter(|(_, received)| {
            received.standing == (Standing::Affiliate { told: false }) && which(received)
        });
        waiting.map(|(id, _)| *id).collect()
    }

    /// When the next affiliate's decline is told at the latest: as long after its cut-off as the
    /// next feedback would be.
    pub(super) fn next_decline(&self) -> Option<OffsetDateTime> {
        let untold = self.untold(|_| true);
        untold
            .iter()
            .filter_map(|id| self.received.get(id))
            .map(|r| self.decline_due(r))
            .min()
    }

    fn decline_due(&self, received: &Received) -> OffsetDateTime {
        let period = time::Duration::days(self.listing.terms.feedback_days.into());
        received.cut_off.saturating_add(period)
    }

    pub(super) fn decline_affiliates(&self, context: &Context) -> Vec<Event> {
        let due = self.untold(|received| self.decline_due(received) <= context.now);
        if due.is_empty() {
            vec![]
        } else {
            vec![Event::AffiliatesDeclined(due)]
        }
    }

    /// How many solutions that were fed back nobody has read.
    pub fn unopened(&self) -> usize {
        self.received
            .values()
            .filter(|received| received.standing == Standing::Unopened)
            .count()
    }

    /// How many solutions that were fed back have no disposition that can stay: not read, read
    /// without an answer, or shortlisted for tasks that all have their solvers. [Art. 11]
    pub fn undisposed(&self) -> usize {
        let waits = |one: &&Received| {
            let free = || self.selected(one.dossier.id, false).is_empty();
            match one.standing {
                Standing::Unopened => true,
                Standing::Opened => free(),
                Standing::Shortlisted(_) => {
                    free() && one.dossier.tasks.iter().all(|task| self.is_full(*task))
                }
                _ => false,
            }
        };
        self.received.values().filter(waits).count()
    }
}

/// The demand's department alone, whoever of it.
pub(super) fn department(context: &Context) -> Result<(), Rejection> {
    match context.actor.role {
        Role::Officer | Role::Director => Ok(()),
        _ => Err(Rejection::NotOwn),
    }
}
