//! The only door out: what others hear of guides, applications, parts and examinations.
//!
//! Who demands leaves its home in a package alone: to the units of the consortium, who are asked
//! for their word, and with the submission to the hub. [Art. 10]

use std::collections::BTreeMap;

use proto::{
    application::v1 as wire,
    coordination::v1::{AssentRequest, AssentWithdrawal, Party},
    message::{Audience, Message, PublicEvent},
};
use regulation::{ApplicationId, Context, Region, UnitId};
use time::OffsetDateTime;

use crate::{
    domain::{
        Item,
        application::{self, Case, Frozen, Outcome, Recall, Seat},
        assent_to,
        examination::{self, Exam, Stage, Verdict},
        guide::{self, Work},
        part::{Asked, End, Provided},
        part_of,
    },
    record::{self, instant, number, text},
};

/// What an assent to an application is called in the published language.
pub(crate) const APPLICATION: &str = "application";

/// To one node; what is for the own node does not cross the border.
fn to<E: PublicEvent>(
    region: Region,
    here: Region,
    aggregate: impl ToString,
    event: &E,
) -> Message {
    if region == here {
        Message::node(aggregate, event)
    } else {
        Message::share(Audience::One(region), aggregate, event)
    }
}

/// What others hear of a guide.
pub(crate) fn guide(
    id: &str,
    work: &Work,
    event: &guide::Event,
    _context: &Context,
) -> Vec<Message> {
    let guide = Some(record::wire_guide(id, &work.content.guideline));
    match event {
        guide::Event::Proposed(_) => vec![Message::node(id, &wire::GuideProposed { guide })],
        guide::Event::Published {
            decision, number, ..
        } => {
            let published = wire::GuidePublished {
                guide,
                decision_id: decision.clone(),
                document_number: number.to_string(),
            };
            vec![Message::share(Audience::All, id, &published)]
        }
        guide::Event::Written(_) | guide::Event::Returned { .. } => Vec::new(),
    }
}

/// What others hear of an application, which stands as `case` after `event`.
pub(crate) fn application(
    case: &Case,
    event: &application::Event,
    context: &Context,
) -> Vec<Message> {
    use application::Event;
    match event {
        Event::Created { .. } => {
            let lead = case.seats.get(&case.lead);
            lead.map(|seat| ask_for_part(case, case.lead, seat, context))
                .into_iter()
                .collect()
        }
        Event::UnitPut { unit, seat } => vec![ask_for_part(case, *unit, seat, context)],
        Event::LeftOut(unit) => {
            let seat = case.seats.get(unit);
            seat.map(|seat| close_part(case, *unit, seat, End::LeftOut, context))
                .into_iter()
                .collect()
        }
        Event::Frozen(frozen) => ask_all(case, frozen, context),
        Event::Revised(recall) | Event::Declined { recall, .. } => take_back(case, recall, context),
        Event::DeadlineMissed { recall, .. } => {
            let mut told = take_back(case, recall, context);
            told.extend(close_parts(case, End::MissedDeadline, context));
            told
        }
        Event::Concluded(Outcome::NotAccepted { .. }) => {
            close_parts(case, End::NotAccepted, context)
        }
        Event::Judged {
            established: false, ..
        } => close_parts(case, End::NotEstablished, context),
        Event::Appealed { grounds } => {
            let appealed = wire::ApplicationAppealed {
                application_id: case.id.to_string(),
                version: number(case.version()),
                grounds: grounds.to_string(),
            };
            vec![Message::share(Audience::HUB, case.id, &appealed)]
        }
        // Examined again, it may have to be corrected: the parts are wanted again.
        Event::AppealDecided { granted: true, .. } => {
            let seats = case.seats.iter();
            seats
                .map(|(unit, seat)| ask_for_part(case, *unit, seat, context))
                .collect()
        }
        Event::Submitted { at } => submitted(case, *at).into_iter().collect(),
        Event::Withdrawn { recall, .. } => withdrawn(case, recall, context),
        Event::Written(_)
        | Event::UnitRemoved(_)
        | Event::DepartureApproved(_)
        | Event::PartReceived { .. }
        | Event::Agreed { .. }
        | Event::Acknowledged
        | Event::Receipted(_)
        | Event::Concluded(_)
        | Event::AppealEnded
        | Event::AppealDecided { .. }
        | Event::Judged { .. } => Vec::new(),
    }
}

/// The whole package, for the hub.
fn submitted(case: &Case, at: OffsetDateTime) -> Option<Message> {
    let frozen = case.frozen.as_ref()?;
    let event = wire::ApplicationSubmitted {
        package: Some(record::wire_package(&frozen.package)),
        digest: frozen.document.digest().to_string(),
        submitted_at: instant(at),
        document: frozen.document.bytes().to_vec(),
    };
    Some(Message::share(Audience::HUB, case.id, &event))
}

fn withdrawn(case: &Case, recall: &Recall, context: &Context) -> Vec<Message> {
    let mut told = take_back(case, recall, context);
    told.extend(close_parts(case, End::Withdrawn, context));
    // Who never heard of it need not hear that it is gone.
    if case.told {
        let application_id = case.id.to_string();
        let event = wire::ApplicationWithdrawn { application_id };
        told.push(Message::share(Audience::HUB, case.id, &event));
        // Its project, should the decision on it have crossed with this.
        told.push(Message::node(case.id, &event));
    }
    told
}

/// Every unit hears that nothing is asked of it any more; why is said without naming the demand,
/// which the units of a draft need not know. [Art. 10]
fn close_parts(case: &Case, end: End, context: &Context) -> Vec<Message> {
    let seats = case.seats.iter();
    seats
        .map(|(unit, seat)| close_part(case, *unit, seat, end, context))
        .collect()
}

fn close_part(case: &Case, unit: UnitId, seat: &Seat, end: End, context: &Context) -> Message {
    let part = part_of(case.id, unit);
    let closed = wire::PartClosed {
        application_id: case.id.to_string(),
        part_id: part.to_string(),
        unit_id: unit.to_string(),
        end: wire::PartEnd::from(end).into(),
    };
    to(seat.region, context.node, part, &closed)
}

fn ask_for_part(case: &Case, unit: UnitId, seat: &Seat, context: &Context) -> Message {
    let part = part_of(case.id, unit);
    let requested = wire::PartRequested {
        application_id: case.id.to_string(),
        part_id: part.to_string(),
        unit_id: unit.to_string(),
        role: wire::UnitRole::from(seat.role).into(),
        title: case.content.title.to_string(),
        lead_unit_id: case.lead.to_string(),
        subtask: text(seat.subtask.as_ref()),
    };
    to(seat.region, context.node, part, &requested)
}

fn party(region: Region, unit: UnitId) -> Party {
    Party {
        region: region.to_string(),
        unit_id: unit.to_string(),
    }
}

fn ask_all(case: &Case, frozen: &Frozen, context: &Context) -> Vec<Message> {
    let asked = frozen.package.units.iter().map(|(unit, member)| {
        let request = AssentRequest {
            assent_id: assent_to(case.id, frozen.package.version, *unit).to_string(),
            document_kind: APPLICATION.to_owned(),
            subject_id: case.id.to_string(),
            title: case.content.title.to_string(),
            document: frozen.document.bytes().to_vec(),
            digest: frozen.document.digest().to_string(),
            party: Some(party(member.region, *unit)),
        };
        let request = Some(request);
        let event = wire::ApplicationAssentRequested { request };
        to(member.region, context.node, case.id, &event)
    });
    asked.collect()
}

fn take_back(case: &Case, recall: &Recall, context: &Context) -> Vec<Message> {
    let waiting = recall.waiting.iter().map(|(unit, region)| {
        let withdrawal = AssentWithdrawal {
            assent_id: assent_to(case.id, recall.version, *unit).to_string(),
            party: Some(party(*region, *unit)),
        };
        let withdrawal = Some(withdrawal);
        let event = wire::ApplicationAssentWithdrawn { withdrawal };
        to(*region, context.node, case.id, &event)
    });
    waiting.collect()
}

/// The demand behind an application was withdrawn.
pub(crate) fn topic_closed(application: ApplicationId) -> Message {
    let application_id = application.to_string();
    Message::node(application, &wire::TopicClosed { application_id })
}

/// A unit's part goes to who asked for it.
pub(crate) fn part(id: &str, asked: &Asked, provided: &Provided, here: Region) -> Message {
    let document = provided.document.bytes().to_vec();
    let event = wire::PartProvided {
        part: prost::Message::decode(document.as_slice()).ok(),
        digest: provided.document.digest().to_string(),
        document,
    };
    to(asked.request.by, here, id, &event)
}

/// What others hear of an examination, which stands as `exam` after `event`.
pub(crate) fn examination(id: &str, exam: &Exam, event: &examination::Event) -> Vec<Message> {
    use examination::Event;
    let home = Audience::One(exam.region);
    let package = &exam.received.package;
    let digest = exam.received.document.digest().to_string();
    match event {
        Event::Received { received, .. } => {
            let opened = wire::ExaminationOpened {
                application_id: id.to_owned(),
                version: number(package.version),
                digest,
                received_at: instant(received.at),
            };
            vec![Message::share(home, id, &opened)]
        }
        Event::Passed { .. } => {
            let passed = wire::ApplicationPassed {
                package: Some(record::wire_package(package)),
                digest,
                region: exam.region.to_string(),
            };
            let concluded = concluded(id, exam);
            vec![
                Message::share(home, id, &concluded),
                Message::node(id, &passed),
                Message::node(id, &followed(&concluded)),
            ]
        }
        Event::CorrectionRequested { .. } | Event::NotAccepted { .. } => {
            let concluded = concluded(id, exam);
            vec![
                Message::share(home, id, &concluded),
                Message::node(id, &followed(&concluded)),
            ]
        }
        Event::Appealed { .. } => {
            let followed = followed_by(id, wire::ExaminationOutcome::Appealed);
            vec![Message::node(id, &followed)]
        }
        Event::AppealDecided {
            granted, reason, ..
        } => {
            let decided = wire::AppealDecided {
                application_id: id.to_owned(),
                version: number(package.version),
                granted: *granted,
                reason: reason.to_string(),
            };
            let outcome = if *granted {
                wire::ExaminationOutcome::Reopened
            } else {
                wire::ExaminationOutcome::NotAccepted
            };
            vec![
                Message::share(home, id, &decided),
                Message::node(id, &followed_by(id, outcome)),
            ]
        }
        Event::Recorded(_) | Event::ExpiryHeld { .. } | Event::Withdrawn => Vec::new(),
    }
}

fn followed_by(id: &str, outcome: wire::ExaminationOutcome) -> wire::ExaminationFollowed {
    wire::ExaminationFollowed {
        application_id: id.to_owned(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

/// The same for those on the hub who follow all applications: without what was found.
fn followed(concluded: &wire::ExaminationConcluded) -> wire::ExaminationFollowed {
    wire::ExaminationFollowed {
        application_id: concluded.application_id.clone(),
        outcome: concluded.outcome,
        deadline: concluded.deadline.clone(),
    }
}

fn concluded(id: &str, exam: &Exam) -> wire::ExaminationConcluded {
    let told = wire::ExaminationConcluded {
        application_id: id.to_owned(),
        version: number(exam.received.package.version),
        ..Default::default()
    };
    match &exam.stage {
        Stage::Passed { record, .. } => wire::ExaminationConcluded {
            outcome: wire::ExaminationOutcome::Passed.into(),
            items: items(&record.verdicts),
            ..told
        },
        Stage::CorrectionRequested {
            record,
            deadline,
            provisional,
            reason,
            ..
        } => wire::ExaminationConcluded {
            outcome: wire::ExaminationOutcome::CorrectionRequested.into(),
            items: items(&record.verdicts),
            deadline: deadline.to_string(),
            deadline_provisional: *provisional,
            reason: reason.to_string(),
            ..told
        },
        Stage::NotAccepted {
            items,
            reason,
            appeal_until,
            ..
        } => wire::ExaminationConcluded {
            outcome: wire::ExaminationOutcome::NotAccepted.into(),
            items: items.iter().map(failed).collect(),
            reason: reason.to_string(),
            appeal_until: text(appeal_until.as_ref()),
            ..told
        },
        Stage::Pending | Stage::Examined(_) | Stage::Appealed { .. } | Stage::Withdrawn => told,
    }
}

fn items(verdicts: &BTreeMap<Item, Verdict>) -> Vec<wire::ExaminationItem> {
    let items = verdicts
        .iter()
        .map(|(item, verdict)| wire::ExaminationItem {
            item: item.code().to_owned(),
            passed: verdict.holds(),
            note: verdict.why(),
        });
    items.collect()
}

/// An item that did not pass.
pub(crate) fn failed((item, note): (&Item, &String)) -> wire::ExaminationItem {
    wire::ExaminationItem {
        item: item.code().to_owned(),
        passed: false,
        note: note.clone(),
    }
}
