//! The door in for events: what others said, and whether they may say it.

mod dialogue;
mod heard;

use std::collections::BTreeMap;

use journal::Act;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    evaluation::v1::ListProposed,
    intake::v1::{DemandOwnerRecorded, DemandWithdrawn, TaskRevised},
    matching::v1 as wire,
    message::{Audience, Incoming, PublicEvent, Scope, Unreadable},
};
use regulation::{BlindId, Context, Day, DemandId, Region, ReserveEntryId, SolutionId, Text};

use heard::Heard;

use crate::{
    domain::{
        BoxListing, Counterpart, FeedbackId, Listed, PublishedList, Solution, SolutionBox, Word,
        posting::{
            self, Owner, Posting,
            reserve::{PoolChange, Status},
        },
        words::{BoxCommand, ListCommand, SolutionCommand},
    },
    dossier::Dossier,
    notice,
};

type Acts = Result<Vec<Act>, Unreadable>;

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Acts {
    let heard = Heard {
        message,
        here: context.node,
    };
    if heard.is_of_intake() {
        return heard.intake();
    }
    // The chassis lets nothing else in; here it is a rule, so that a simulation keeps it too.
    let for_this_node = match message.scope {
        Scope::Node => message.origin == context.node,
        Scope::Share(Audience::All) => true,
        Scope::Share(Audience::One(region)) => region == context.node,
    };
    if !for_this_node {
        return Ok(Vec::new());
    }
    if heard.is_of_catalogue() {
        return heard.catalogue();
    }
    if context.node.is_hub() {
        heard.on_the_hub()
    } else {
        heard.in_a_region()
    }
}

impl Heard<'_> {
    fn is_of_intake(&self) -> bool {
        let kinds = [
            DemandOwnerRecorded::KIND,
            DemandWithdrawn::KIND,
            TaskRevised::KIND,
        ];
        kinds.contains(&self.message.kind.as_str())
    }

    /// Intake of this very node speaks to the posting; what it tells the hub goes by the posting.
    fn intake(&self) -> Acts {
        if self.message.origin != self.here {
            return Ok(Vec::new());
        }
        let (demand, command) = match self.message.kind.as_str() {
            DemandOwnerRecorded::KIND => {
                let told: DemandOwnerRecorded = self.message.read()?;
                let demand = self.parse(&told.demand_id)?;
                let contact = notice::said("contact", &told.contact);
                let affiliates = told.affiliate_unit_ids.iter().map(|id| self.parse(id));
                let owner = Owner {
                    demand,
                    demander: self.parse(&told.demander_unit_id)?,
                    affiliates: affiliates.collect::<Result<_, _>>()?,
                    record: self.convert(told.record)?,
                    contact: contact.map_err(|error| self.message.unreadable(error))?,
                };
                (demand, posting::Command::RecordOwner(Box::new(owner)))
            }
            DemandWithdrawn::KIND => {
                let told: DemandWithdrawn = self.message.read()?;
                (self.parse(&told.demand_id)?, posting::Command::Close)
            }
            _ => {
                let told: TaskRevised = self.message.read()?;
                let agreed = told.agreed_solution_ids.iter().map(|id| self.parse(id));
                let number = u32::try_from(told.number);
                let revision = posting::Revision {
                    demand: self.parse(&told.demand_id)?,
                    number: number.map_err(|error| self.message.unreadable(error))?,
                    agreed: agreed.collect::<Result<_, _>>()?,
                    task: self.convert(told.task)?,
                };
                let demand = revision.demand;
                (demand, posting::Command::ReviseTask(Box::new(revision)))
            }
        };
        Ok(posting_act(demand, command))
    }

    fn is_of_catalogue(&self) -> bool {
        let kinds = [
            wire::ListPublished::KIND,
            wire::CatalogueEntryChanged::KIND,
            wire::ReserveChanged::KIND,
            wire::SolutionSealed::KIND,
            wire::RoadshowAnnounced::KIND,
            wire::DemanderNamed::KIND,
        ];
        kinds.contains(&self.message.kind.as_str())
    }

    /// Nothing is decided on the catalogue; what is absorbed has to be the hub's word, in whole.
    fn catalogue(&self) -> Acts {
        let entries = match self.message.kind.as_str() {
            wire::ListPublished::KIND => {
                let told: wire::ListPublished = self.of_hub()?;
                self.parse::<Day>(&told.published_on)?;
                self.parse::<Day>(&told.call_until)?;
                told.entries
            }
            wire::CatalogueEntryChanged::KIND => {
                let told: wire::CatalogueEntryChanged = self.of_hub()?;
                vec![told.entry.ok_or_else(|| self.no("entry"))?]
            }
            wire::ReserveChanged::KIND => {
                let told: wire::ReserveChanged = self.of_hub()?;
                self.parse::<BlindId>(&told.blind_id)?;
                Vec::new()
            }
            _ => return self.told_to_all(),
        };
        for entry in entries {
            self.entry(entry)?;
        }
        Ok(Vec::new())
    }

    fn on_the_hub(&self) -> Acts {
        match self.message.kind.as_str() {
            DecisionInForce::KIND => self.decision(),
            wire::DemandListed::KIND => {
                let told: wire::DemandListed = self.of_hub()?;
                let entry = self.entry(told.entry.ok_or_else(|| self.no("entry"))?)?;
                let blind_id = entry.blind_id;
                let published = told.published.ok_or_else(|| self.no("published"))?;
                let (demand, listing) = self.listing(published)?;
                let home = self.parse(&told.region)?;
                let listed = BoxListing {
                    demand,
                    home,
                    entry,
                    listing,
                };
                Ok(box_act(blind_id, BoxCommand::List(Box::new(listed))))
            }
            wire::FeedbackCalled::KIND => {
                let told: wire::FeedbackCalled = self.of_hub()?;
                let feedback: FeedbackId = self.parse(&told.feedback_id)?;
                let cut_off = self.instant(&told.cut_off)?;
                let command = BoxCommand::FeedBack { feedback, cut_off };
                Ok(box_act(self.parse(&told.blind_id)?, command))
            }
            wire::SolutionSubmitted::KIND => {
                let told: wire::SolutionSubmitted = self.message.read()?;
                let dossier: Dossier = self.convert(told.solution)?;
                let (region, signed_at) = (self.message.origin, self.message.at);
                let blind_id = dossier.blind_id;
                let dossier = Box::new(dossier);
                let command = BoxCommand::Receive {
                    dossier,
                    region,
                    signed_at,
                };
                Ok(box_act(blind_id, command))
            }
            wire::SolutionWithdrawn::KIND => {
                let told: wire::SolutionWithdrawn = self.message.read()?;
                let (solution, region) = (self.parse(&told.solution_id)?, self.message.origin);
                let command = BoxCommand::Withdraw { solution, region };
                Ok(box_act(self.parse(&told.blind_id)?, command))
            }
            wire::PostingTaskRevised::KIND => {
                let told: wire::PostingTaskRevised = self.message.read()?;
                let task = Box::new(self.convert(told.task)?);
                let command = BoxCommand::ReviseTask {
                    task,
                    region: self.message.origin,
                };
                Ok(box_act(self.parse(&told.blind_id)?, command))
            }
            wire::PostingClosed::KIND => {
                let told: wire::PostingClosed = self.message.read()?;
                let command = BoxCommand::Close {
                    region: self.message.origin,
                };
                Ok(box_act(self.parse(&told.blind_id)?, command))
            }
            wire::ReserveReported::KIND => self.reserve(),
            _ => self.forum(),
        }
    }

    fn decision(&self) -> Acts {
        let decision: DecisionInForce = self.of_hub()?;
        if decision.kind() != DecisionKind::List {
            return Ok(Vec::new());
        }
        let list = <ListProposed as prost::Message>::decode(decision.document.as_slice())
            .map_err(|error| self.message.unreadable(error))?;
        let mut demands = BTreeMap::new();
        for entry in list.entries.into_iter().filter(|entry| entry.listed) {
            let demand: DemandId = self.parse(&entry.demand_id)?;
            let listed = Listed {
                home: self.parse(&entry.region)?,
                record: self.convert(entry.record)?,
            };
            demands.insert(demand, listed);
        }
        let command = ListCommand::Adopt {
            document_number: decision.document_number,
            year: u16::try_from(list.year).map_err(|error| self.message.unreadable(error))?,
            demands,
        };
        let id: regulation::DecisionId = self.parse(&decision.decision_id)?;
        Ok(vec![Act::new::<PublishedList>(id, command)])
    }

    fn reserve(&self) -> Acts {
        let told: wire::ReserveReported = self.message.read()?;
        let change = told.change.ok_or_else(|| self.no("change"))?;
        let status = match change.status() {
            wire::ReserveStatus::Matched => Status::Matched,
            wire::ReserveStatus::PartlyMatched => Status::PartlyMatched,
            wire::ReserveStatus::Other => Status::Other,
            wire::ReserveStatus::Left => Status::Left,
            wire::ReserveStatus::Unspecified => return Err(self.no("status")),
        };
        let matched = change.matched_task_ids.iter().map(|id| self.parse(id));
        let blind_id: BlindId = self.parse(&change.blind_id)?;
        let entry: ReserveEntryId = self.parse(&change.reserve_entry_id)?;
        let change = PoolChange {
            entry,
            status,
            matched: matched.collect::<Result<_, _>>()?,
        };
        let command = BoxCommand::Reserve {
            change,
            region: self.message.origin,
        };
        Ok(box_act(blind_id, command))
    }

    fn in_a_region(&self) -> Acts {
        match self.message.kind.as_str() {
            wire::DemandPublished::KIND => {
                let (demand, listing) = self.listing(self.of_hub()?)?;
                Ok(posting_act(demand, posting::Command::List(listing)))
            }
            wire::FeedbackDelivered::KIND => self.feedback(),
            wire::FeedbackNoted::KIND => {
                let told: wire::FeedbackNoted = self.of_hub()?;
                let noted = told.solution_ids.iter().map(|id| {
                    let id: SolutionId = self.parse(id)?;
                    Ok(Act::new::<Solution>(id, SolutionCommand::NoteFeedback))
                });
                noted.collect()
            }
            wire::FedBackWithdrawn::KIND => {
                let told: wire::FedBackWithdrawn = self.of_hub()?;
                let solution = self.parse(&told.solution_id)?;
                let demand = self.parse(&told.demand_id)?;
                Ok(posting_act(
                    demand,
                    posting::Command::WithdrawSolution(solution),
                ))
            }
            wire::SolutionDisposed::KIND => self.disposed(),
            wire::IntentConfirmed::KIND => {
                let told: wire::IntentConfirmed = self.message.read()?;
                let tasks = told.task_ids.iter().map(|id| self.parse(id));
                let command = posting::Command::Agree {
                    solution: self.parse(&told.solution_id)?,
                    tasks: tasks.collect::<Result<_, _>>()?,
                    region: self.message.origin,
                    signed_at: self.message.at,
                };
                let id: regulation::PostingId = self.parse(&told.posting_id)?;
                Ok(vec![Act::new::<Posting>(id, command)])
            }
            wire::IntentTakenBack::KIND => {
                let told: wire::IntentTakenBack = self.message.read()?;
                let command = posting::Command::TakeBack {
                    solution: self.parse(&told.solution_id)?,
                    region: self.message.origin,
                    reason: self.parse(&told.reason)?,
                };
                let id: regulation::PostingId = self.parse(&told.posting_id)?;
                Ok(vec![Act::new::<Posting>(id, command)])
            }
            _ => self.dialogue(),
        }
    }

    fn feedback(&self) -> Acts {
        let told: wire::FeedbackDelivered = self.of_hub()?;
        let solutions = told.solutions.into_iter().map(|one| {
            let region: Region = self.parse(&one.region)?;
            Ok((self.convert(one.solution)?, region))
        });
        let command = posting::Command::Receive {
            feedback: self.parse(&told.feedback_id)?,
            cut_off: self.instant(&told.cut_off)?,
            solutions: solutions.collect::<Result<_, Unreadable>>()?,
        };
        Ok(posting_act(self.parse(&told.demand_id)?, command))
    }

    fn disposed(&self) -> Acts {
        let told: wire::SolutionDisposed = self.message.read()?;
        let reason = self.parse(&told.reason)?;
        let from = || {
            let posting = self.parse(&told.posting_id)?;
            Ok(Counterpart {
                home: self.message.origin,
                posting,
            })
        };
        let by_hub = self.message.origin.is_hub();
        let command = match told.disposition() {
            wire::Disposition::Lapsed if by_hub => SolutionCommand::Lapse(None, reason),
            _ if by_hub => return Err(self.message.unreadable("the hub disposes of nothing")),
            wire::Disposition::Lapsed if !told.task_ids.is_empty() => {
                SolutionCommand::Narrow(from()?, self.word(&told, reason)?)
            }
            wire::Disposition::Lapsed => SolutionCommand::Lapse(Some(from()?), reason),
            wire::Disposition::Shortlisted => SolutionCommand::Shortlist(from()?, reason),
            wire::Disposition::Declined => SolutionCommand::Decline(from()?, reason),
            wire::Disposition::Selected => {
                SolutionCommand::Select(from()?, self.word(&told, reason)?)
            }
            wire::Disposition::Unspecified => return Err(self.no("disposition")),
        };
        let id: SolutionId = self.parse(&told.solution_id)?;
        Ok(vec![Act::new::<Solution>(id, command)])
    }
}

impl Heard<'_> {
    fn word(&self, told: &wire::SolutionDisposed, reason: Text) -> Result<Word, Unreadable> {
        let tasks = told.task_ids.iter().map(|id| self.parse(id));
        let answer_until = Some(&told.answer_until).filter(|day| !day.is_empty());
        Ok(Word {
            tasks: tasks.collect::<Result<_, _>>()?,
            reason,
            answer_until: answer_until.map(|day| self.parse(day)).transpose()?,
        })
    }
}

fn posting_act(demand: DemandId, command: posting::Command) -> Vec<Act> {
    vec![Act::new::<Posting>(Posting::id(demand), command)]
}

fn box_act(id: BlindId, command: BoxCommand) -> Vec<Act> {
    vec![Act::new::<SolutionBox>(id, command)]
}
