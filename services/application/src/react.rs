//! The door in for events: the hub speaks for guides, the pool and examinations, each region for
//! its own units and applications, and nobody for another.

mod heard;

use std::collections::BTreeSet;

use journal::Act;
use proto::{
    application::v1 as wire,
    coordination::v1::{
        AssentGiven, AssentRefused, DecisionChanged, DecisionInForce, DecisionKind, DecisionState,
    },
    matching::v1::{ReserveChanged, ReserveOwnerRecorded, ReserveStatus},
    message::{Audience, Incoming, PublicEvent, Scope, Unreadable},
    registry::v1::UnitRecorded,
    review::v1::ApplicationJudged,
};
use regulation::{ApplicationId, BlindId, Context, GuideId, Region, TaskId, UnitId, UnitIdentity};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use heard::Heard;

use crate::{
    domain::{
        Application, Document, Examination, Guide, KnownUnit, Part, PoolEntry, PublishedGuide,
        application::{Command, Judgement, Receipt},
        examination::{self, Received},
        guide, known_unit,
        known_unit::Registered,
        package::Solver,
        part::{self, Request},
        part_of,
        pool_entry::{self, Owner, Place, Standing},
        published_guide::{InForce, Publish},
    },
    record,
};

type Acts = Result<Vec<Act>, Unreadable>;

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Acts {
    // The chassis lets nothing else in; here it is a rule, so that a simulation keeps it too.
    let for_this_node = match message.scope {
        Scope::Node => message.origin == context.node,
        Scope::Share(Audience::All) => true,
        Scope::Share(Audience::One(region)) => region == context.node,
    };
    if !for_this_node {
        return Ok(Vec::new());
    }
    let heard = Heard(message);
    match message.kind.as_str() {
        UnitRecorded::KIND => heard.unit(),
        ReserveChanged::KIND => heard.pool(),
        ReserveOwnerRecorded::KIND => heard.owner(),
        wire::GuidePublished::KIND => heard.guide(),
        _ if context.node.is_hub() => heard.on_the_hub(),
        _ => heard.in_a_region(),
    }
}

impl Heard<'_> {
    /// A unit's registry tells of it, no other.
    fn unit(&self) -> Acts {
        let told: UnitRecorded = self.read()?;
        let unit = told.unit.ok_or_else(|| self.no("unit"))?;
        self.of(&unit.region)?;
        let identity: UnitIdentity = self.parse("identity", &unit.identity)?;
        let id = identity.unit_id();
        if unit.unit_id != id.to_string() || self.0.aggregate != unit.unit_id {
            return Err(self.0.unreadable("the id is not that of the identity"));
        }
        // Who sits in a member region is at home there and nowhere else; who sits in none is a guest.
        let seat = Region::of_division(&unit.division_code);
        if seat != (!unit.guest).then_some(self.0.origin) {
            return Err(self.0.unreadable("the unit is not at home there"));
        }
        let registered = Registered {
            region: self.0.origin,
            guest: unit.guest,
            active: unit.active,
            branch_of: self.optional("branch_of_unit_id", &unit.branch_of_unit_id)?,
        };
        let at = self.0.at;
        let note = known_unit::Note { registered, at };
        Ok(vec![Act::new::<KnownUnit>(id, note)])
    }

    fn pool(&self) -> Acts {
        let told: ReserveChanged = self.of_hub()?;
        let matched = told.matched_task_ids.iter();
        let matched = matched.map(|id| self.parse("matched_task_ids", id));
        let matched = matched.collect::<Result<_, _>>()?;
        let standing = self.standing(told.status(), matched)?;
        let id: BlindId = self.parse("blind_id", &told.blind_id)?;
        let command = pool_entry::Command::Change(standing);
        Ok(vec![Act::new::<PoolEntry>(id, command)])
    }

    /// Where a demand stands; nothing: it left the pool.
    fn standing(
        &self,
        status: ReserveStatus,
        matched: BTreeSet<TaskId>,
    ) -> Result<Option<Standing>, Unreadable> {
        let fully = match status {
            ReserveStatus::Matched => true,
            // Another situation is in the pool before anything is matched. [Art. 12]
            ReserveStatus::PartlyMatched | ReserveStatus::Other => false,
            ReserveStatus::Left => return Ok(None),
            ReserveStatus::Unspecified => return Err(self.no("status")),
        };
        Ok(Some(Standing { fully, matched }))
    }

    /// Matching of this very node says whose an entry is, nobody else.
    fn owner(&self) -> Acts {
        if self.0.scope != Scope::Node {
            return Err(self.0.unreadable("only this node's own matching says so"));
        }
        let told: ReserveOwnerRecorded = self.read()?;
        let solvers = told.solvers.iter().map(|solver| self.solver(solver));
        let solvers: BTreeSet<Solver> = solvers.collect::<Result<_, _>>()?;
        let matched = solvers.iter().map(|solver| solver.task).collect();
        let place = match self.standing(told.status(), matched)? {
            _ if told.demand_withdrawn => Place::Withdrawn,
            Some(standing) => Place::In(standing),
            None => Place::Left,
        };
        let owner = Owner {
            demander: self.parse("demander_unit_id", &told.demander_unit_id)?,
            solvers,
            place,
        };
        let id: BlindId = self.parse("blind_id", &told.blind_id)?;
        let command = pool_entry::Command::RecordOwner(owner);
        Ok(vec![Act::new::<PoolEntry>(id, command)])
    }

    fn guide(&self) -> Acts {
        let told: wire::GuidePublished = self.of_hub()?;
        let guide = told.guide.ok_or_else(|| self.no("guide"))?;
        let id: GuideId = self.parse("guide_id", &guide.guide_id)?;
        let in_force = InForce {
            guide: self.valid(record::guideline(&guide))?,
            decision: told.decision_id,
            number: self.parse("document_number", &told.document_number)?,
            at: self.0.at,
        };
        let command = Publish(Box::new(in_force));
        Ok(vec![Act::new::<PublishedGuide>(id, command)])
    }

    fn on_the_hub(&self) -> Acts {
        match self.0.kind.as_str() {
            DecisionInForce::KIND => self.decided(),
            DecisionChanged::KIND => self.returned(),
            wire::ApplicationSubmitted::KIND => self.submitted(),
            wire::ApplicationWithdrawn::KIND => {
                let told: wire::ApplicationWithdrawn = self.read()?;
                let id: ApplicationId = self.parse("application_id", &told.application_id)?;
                let origin = self.0.origin;
                let command = examination::Command::Withdraw { origin };
                Ok(vec![Act::new::<Examination>(id, command)])
            }
            wire::ApplicationAppealed::KIND => {
                let told: wire::ApplicationAppealed = self.read()?;
                let id: ApplicationId = self.parse("application_id", &told.application_id)?;
                let command = examination::Command::Appeal {
                    origin: self.0.origin,
                    version: self.version(told.version)?,
                    at: self.0.at,
                    grounds: self.parse("grounds", &told.grounds)?,
                };
                Ok(vec![Act::new::<Examination>(id, command)])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn decided(&self) -> Acts {
        let told: DecisionInForce = self.of_hub()?;
        if told.kind() != DecisionKind::Guide {
            return Ok(Vec::new());
        }
        let id: GuideId = self.parse("subject_id", &told.subject_id)?;
        let command = guide::Command::Publish {
            decision: told.decision_id,
            number: self.parse("document_number", &told.document_number)?,
            document: self.valid(Document::checked(told.document, &told.digest))?,
        };
        Ok(vec![Act::new::<Guide>(id, command)])
    }

    fn returned(&self) -> Acts {
        let told: DecisionChanged = self.of_hub()?;
        let of_guide = told.kind() == DecisionKind::Guide;
        if !of_guide || told.state() != DecisionState::Returned {
            return Ok(Vec::new());
        }
        let id: GuideId = self.parse("subject_id", &told.subject_id)?;
        let reason = self.parse("reason", &told.reason)?;
        Ok(vec![Act::new::<Guide>(
            id,
            guide::Command::Return { reason },
        )])
    }

    /// What the lead's home hands in: its digest is that of its bytes, which everybody agreed to.
    fn submitted(&self) -> Acts {
        let told: wire::ApplicationSubmitted = self.read()?;
        let document = self.valid(Document::checked(told.document, &told.digest))?;
        let package = self.valid(record::package(document.bytes()))?;
        if told.package.as_ref() != Some(&record::wire_package(&package)) {
            return Err(self.0.unreadable("the package is not the document"));
        }
        let id = package.application;
        let received = Received {
            package,
            document,
            at: self.0.at,
        };
        let command = examination::Command::Receive {
            origin: self.0.origin,
            received: Box::new(received),
        };
        Ok(vec![Act::new::<Examination>(id, command)])
    }

    fn in_a_region(&self) -> Acts {
        match self.0.kind.as_str() {
            wire::PartRequested::KIND => self.part_requested(),
            wire::PartProvided::KIND => self.part_provided(),
            AssentGiven::KIND => {
                let told: AssentGiven = self.read()?;
                self.answer(&heard::Word {
                    kind: &told.document_kind,
                    assent: &told.assent_id,
                    subject: &told.subject_id,
                    digest: &told.digest,
                    party: told.party.as_ref(),
                    person: &told.person,
                    role: &told.role,
                    refused: None,
                })
            }
            AssentRefused::KIND => {
                let told: AssentRefused = self.read()?;
                self.answer(&heard::Word {
                    kind: &told.document_kind,
                    assent: &told.assent_id,
                    subject: &told.subject_id,
                    digest: &told.digest,
                    party: told.party.as_ref(),
                    person: &told.person,
                    role: &told.role,
                    refused: Some(&told.reason),
                })
            }
            wire::PartClosed::KIND => self.part_closed(),
            wire::TopicClosed::KIND => self.topic_closed(),
            _ => self.hubs_word(),
        }
    }

    /// What the hub says of an application of this node.
    fn hubs_word(&self) -> Acts {
        match self.0.kind.as_str() {
            wire::ExaminationOpened::KIND => {
                let told: wire::ExaminationOpened = self.of_hub()?;
                let receipt = Receipt {
                    version: self.version(told.version)?,
                    digest: self.parse("digest", &told.digest)?,
                    at: self.valid(OffsetDateTime::parse(&told.received_at, &Rfc3339))?,
                };
                self.to_application(&told.application_id, Command::Acknowledge(receipt))
            }
            wire::ExaminationConcluded::KIND => {
                let told: wire::ExaminationConcluded = self.of_hub()?;
                let version = self.version(told.version)?;
                let id = told.application_id.clone();
                let outcome = self.outcome(told)?;
                self.to_application(&id, Command::Conclude { version, outcome })
            }
            wire::AppealDecided::KIND => {
                let told: wire::AppealDecided = self.of_hub()?;
                let command = Command::DecideAppeal {
                    version: self.version(told.version)?,
                    granted: told.granted,
                    reason: self.parse("reason", &told.reason)?,
                };
                self.to_application(&told.application_id, command)
            }
            ApplicationJudged::KIND => {
                let told: ApplicationJudged = self.of_hub()?;
                let place = u32::try_from(told.place).map_err(|e| self.0.unreadable(e))?;
                let judgement = Judgement {
                    place,
                    comments: told.comments,
                };
                let established = told.established;
                let command = Command::Judge {
                    established,
                    judgement,
                };
                self.to_application(&told.application_id, command)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The lead's home asks a unit of this node for its part.
    fn part_requested(&self) -> Acts {
        let told: wire::PartRequested = self.read()?;
        let application: ApplicationId = self.parse("application_id", &told.application_id)?;
        let unit: UnitId = self.parse("unit_id", &told.unit_id)?;
        let id = part_of(application, unit);
        if told.part_id != id.to_string() {
            return Err(self.no("part_id"));
        }
        let request = Request {
            application,
            by: self.0.origin,
            unit,
            role: self.valid(told.role().try_into())?,
            title: self.parse("title", &told.title)?,
            lead: self.parse("lead_unit_id", &told.lead_unit_id)?,
            subtask: self.optional("subtask", &told.subtask)?,
        };
        let command = part::Command::Ask(Box::new(request));
        Ok(vec![Act::new::<Part>(id, command)])
    }

    /// The lead's home does not want a unit's part any more.
    fn part_closed(&self) -> Acts {
        let told: wire::PartClosed = self.read()?;
        let application: ApplicationId = self.parse("application_id", &told.application_id)?;
        let unit: UnitId = self.parse("unit_id", &told.unit_id)?;
        let command = part::Command::Close {
            by: self.0.origin,
            end: self.valid(told.end().try_into())?,
        };
        Ok(vec![Act::new::<Part>(part_of(application, unit), command)])
    }

    /// A unit's home provides its part: the bytes are what the digest is over.
    fn part_provided(&self) -> Acts {
        let told: wire::PartProvided = self.read()?;
        let part = told.part.ok_or_else(|| self.no("part"))?;
        let document = self.valid(Document::checked(told.document, &told.digest))?;
        if prost::Message::encode_to_vec(&part) != document.bytes() {
            return Err(self.0.unreadable("the part is not the document"));
        }
        let application: ApplicationId = self.parse("application_id", &part.application_id)?;
        let unit: UnitId = self.parse("unit_id", &part.unit_id)?;
        if part.part_id != part_of(application, unit).to_string() {
            return Err(self.no("part_id"));
        }
        let version = self.valid(record::part_version(&part, document.digest()))?;
        let command = Command::ReceivePart {
            unit,
            part: Box::new(version),
            origin: self.0.origin,
        };
        Ok(vec![Act::new::<Application>(application, command)])
    }

    /// This service's own word: the demand behind an application of this node was withdrawn.
    fn topic_closed(&self) -> Acts {
        if self.0.scope != Scope::Node {
            return Err(self.0.unreadable("only this node itself closes its topics"));
        }
        let told: wire::TopicClosed = self.read()?;
        self.to_application(&told.application_id, Command::CloseTopic)
    }

    fn to_application(&self, id: &str, command: Command) -> Acts {
        let id: ApplicationId = self.parse("application_id", id)?;
        Ok(vec![Act::new::<Application>(id, command)])
    }
}
