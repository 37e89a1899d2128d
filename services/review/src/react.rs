//! The door in for events: the hub hears homes, homes hear the hub, and nobody speaks for another.

use draws::{Errand, Purpose};
use evidence::Digest;
use journal::Act;
use proto::{
    application::v1::{
        ApplicationPassed, ApplicationWithdrawn, GuidePublished, UnitRole as WireRole,
    },
    coordination::v1::{DecisionChanged, DecisionInForce, DecisionKind, DecisionState},
    evaluation::v1::DemandEvaluated,
    matching::v1::DemandListed,
    message::{Incoming, PublicEvent, Scope, Unreadable},
    registry::v1::{CreditRecordEffective, ExpertPooled, UnitRecorded},
    review::v1 as wire,
};
use regulation::{
    ApplicationId, Context, DemandId, GuideId, Money, Region, ReviewRoundId, SheetId, UnitId,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::{
    Applicant, Blindness, Candidate, CandidateCommand, Entry, Evaluated, EvaluatedCommand, Guide,
    GuideCommand, Invitation, Opinion, Package, ReviewRound, RoundCommand, Sheet, SheetCommand,
    Unit, UnitCommand, UnitRole,
};

type Reaction = Result<Vec<Act>, Unreadable>;

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Reaction {
    if !message.is_for(context.node) {
        return Ok(Vec::new());
    }
    let kind = message.kind.as_str();
    if kind == ExpertPooled::KIND {
        // The hub draws from them; their home knows by it whom they work for.
        return draws::pooled(message);
    }
    if context.node.is_hub() {
        return on_the_hub(kind, message);
    }
    match kind {
        wire::SheetInvited::KIND => sheet_invited(message.read_of_hub()?, message),
        CreditRecordEffective::KIND => draws::credit(message),
        wire::SheetBarCalled::KIND => {
            let event: wire::SheetBarCalled = draws::called(message)?;
            let sheet: SheetId = parse(message, &event.sheet_id)?;
            let until = parse(message, &event.until)?;
            Ok(vec![Act::new::<Sheet>(sheet, SheetCommand::Bar { until })])
        }
        wire::SheetRecalled::KIND => {
            let event: wire::SheetRecalled = message.read_of_hub()?;
            let sheet: SheetId = parse(message, &event.sheet_id)?;
            Ok(vec![Act::new::<Sheet>(sheet, SheetCommand::Recall)])
        }
        _ => Ok(Vec::new()),
    }
}

fn on_the_hub(kind: &str, message: &Incoming) -> Reaction {
    match kind {
        UnitRecorded::KIND => unit_recorded(message),
        GuidePublished::KIND => guide_published(message.read_of_hub()?, message),
        ApplicationPassed::KIND => application_passed(message.read_of_hub()?, message),
        ApplicationWithdrawn::KIND => {
            let event: ApplicationWithdrawn = message.read()?;
            let application: ApplicationId = parse(message, &event.application_id)?;
            let command = CandidateCommand::Withdraw {
                origin: message.origin,
            };
            Ok(vec![Act::new::<Candidate>(application, command)])
        }
        wire::CandidateCalled::KIND => {
            let event: wire::CandidateCalled = draws::called(message)?;
            let application: ApplicationId = parse(message, &event.application_id)?;
            let round = parse(message, &event.round_id)?;
            let command = CandidateCommand::Call { round };
            Ok(vec![Act::new::<Candidate>(application, command)])
        }
        wire::CandidateStands::KIND => {
            let event: wire::CandidateStands = draws::called(message)?;
            let application = parse(message, &event.application_id)?;
            round(message, &event.round_id, RoundCommand::Tell { application })
        }
        wire::SheetCompleted::KIND => sheet_completed(message),
        wire::SheetConflictDeclared::KIND => {
            let event: wire::SheetConflictDeclared = message.read()?;
            let command = RoundCommand::NoteConflict {
                sheet: parse(message, &event.sheet_id)?,
                origin: message.origin,
                after_opening: event.after_opening,
            };
            round(message, &event.round_id, command)
        }
        wire::SheetExpertBarred::KIND => {
            let event: wire::SheetExpertBarred = message.read()?;
            let command = RoundCommand::NoteBarred {
                sheet: parse(message, &event.sheet_id)?,
                origin: message.origin,
            };
            round(message, &event.round_id, command)
        }
        DemandEvaluated::KIND => demand_evaluated(&message.read_of_hub()?, message),
        DemandListed::KIND => demand_listed(message.read_of_hub()?, message),
        DecisionInForce::KIND => decision_in_force(message.read_of_hub()?, message),
        DecisionChanged::KIND => decision_changed(&message.read_of_hub()?, message),
        _ => {
            let Some((round_id, heard)) = draws::heard(message, Purpose::Review)? else {
                return Ok(Vec::new());
            };
            let origin = message.origin;
            round(
                message,
                &round_id,
                RoundCommand::NoteSeeds { origin, heard },
            )
        }
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    message: &Incoming,
    text: &str,
) -> Result<T, Unreadable> {
    text.parse().map_err(|error| message.unreadable(error))
}

fn round(message: &Incoming, round_id: &str, command: RoundCommand) -> Reaction {
    let id: ReviewRoundId = parse(message, round_id)?;
    Ok(vec![Act::new::<ReviewRound>(id, command)])
}

fn demand_evaluated(event: &DemandEvaluated, message: &Incoming) -> Reaction {
    let people = event.person_keys.iter().map(|key| parse(message, key));
    let command = EvaluatedCommand::Judge {
        people: people.collect::<Result<_, _>>()?,
    };
    let demand: DemandId = parse(message, &event.demand_id)?;
    Ok(vec![Act::new::<Evaluated>(demand, command)])
}

fn demand_listed(event: DemandListed, message: &Incoming) -> Reaction {
    let published = event.published.unwrap_or_default();
    let command = EvaluatedCommand::Publish {
        blind: parse(message, &published.blind_id)?,
    };
    let demand: DemandId = parse(message, &published.demand_id)?;
    Ok(vec![Act::new::<Evaluated>(demand, command)])
}

fn unit_recorded(message: &Incoming) -> Reaction {
    let event: UnitRecorded = message.read()?;
    let unit = event.unit.ok_or_else(|| message.unreadable("no unit"))?;
    let region: Region = parse(message, &unit.region)?;
    if region != message.origin {
        return Err(message.unreadable(format!("{} has no unit of {region}", message.origin)));
    }
    let affiliates = unit.affiliate_unit_ids.iter();
    let command = UnitCommand::Record {
        origin: message.origin,
        affiliates: affiliates
            .map(|affiliate| parse(message, affiliate))
            .collect::<Result<_, _>>()?,
    };
    let id: UnitId = parse(message, &unit.unit_id)?;
    Ok(vec![Act::new::<Unit>(id, command)])
}

fn guide_published(event: GuidePublished, message: &Incoming) -> Reaction {
    let guide = event.guide.ok_or_else(|| message.unreadable("no guide"))?;
    // A guide that names no amount sets no limit; nothing is no limit anybody means.
    let ceiling = guide.support_ceiling.filter(|ceiling| ceiling.fen != 0);
    let ceiling = ceiling.map(|ceiling| Money::from_fen(ceiling.fen));
    let ceiling = ceiling.transpose();
    let command = GuideCommand::Publish {
        ceiling: ceiling.map_err(|error| message.unreadable(error))?,
    };
    let id: GuideId = parse(message, &guide.guide_id)?;
    Ok(vec![Act::new::<Guide>(id, command)])
}

fn application_passed(event: ApplicationPassed, message: &Incoming) -> Reaction {
    if message.scope != Scope::Node {
        return Err(message.unreadable("an examination stays on the hub"));
    }
    let package: Package = event
        .package
        .try_into()
        .map_err(|error| message.unreadable(error))?;
    let application = package.application();
    let entry = Entry {
        region: parse(message, &event.region)?,
        package,
    };
    let command = CandidateCommand::Pass {
        entry: Box::new(entry),
        at: message.at,
    };
    Ok(vec![Act::new::<Candidate>(application, command)])
}

fn sheet_completed(message: &Incoming) -> Reaction {
    let event: wire::SheetCompleted = message.read()?;
    let said = OffsetDateTime::parse(&event.completed_at, &Rfc3339)
        .map_err(|error| message.unreadable(error))?;
    let opinion = Opinion::parse(event.scores, &event.comment, event.recommended);
    let command = RoundCommand::NoteCompleted {
        sheet: parse(message, &event.sheet_id)?,
        origin: message.origin,
        opinion: opinion.map_err(|fault| fault.to_string()),
        // The signed time of the message bounds what home claims.
        at: said.max(message.at),
    };
    round(message, &event.round_id, command)
}

fn decision_in_force(event: DecisionInForce, message: &Incoming) -> Reaction {
    if event.kind() != DecisionKind::Establishment {
        return Ok(Vec::new());
    }
    let command = RoundCommand::Adopt {
        decision: parse(message, &event.decision_id)?,
        document_number: event.document_number,
        document: event.document,
    };
    round(message, &event.subject_id, command)
}

fn decision_changed(event: &DecisionChanged, message: &Incoming) -> Reaction {
    let returned = event.state() == DecisionState::Returned;
    if event.kind() != DecisionKind::Establishment || !returned {
        return Ok(Vec::new());
    }
    let command = RoundCommand::NoteReturned {
        decision: parse(message, &event.decision_id)?,
    };
    round(message, &event.subject_id, command)
}

fn sheet_invited(event: wire::SheetInvited, message: &Incoming) -> Reaction {
    let blindness = match event.blindness() {
        wire::Blindness::Open => Blindness::Open,
        // What is not known to be open is shown as if it were not.
        wire::Blindness::Blind | wire::Blindness::Unspecified => Blindness::Blind,
    };
    let applicants = event.units.into_iter().map(|unit| {
        let role = match unit.role() {
            WireRole::Lead => UnitRole::Lead,
            WireRole::Subtask => UnitRole::Subtask,
            WireRole::Participant | WireRole::Unspecified => UnitRole::Participant,
        };
        Ok(Applicant {
            unit: parse(message, &unit.unit_id)?,
            region: parse(message, &unit.region)?,
            role,
            subtask: unit.subtask,
        })
    });
    let barred = event
        .barred_employers
        .iter()
        .map(|mark| Digest::try_from(mark.as_slice()).map_err(|error| message.unreadable(error)));
    let sheet = parse(message, &event.sheet_id)?;
    let invitation = Invitation {
        sheet,
        round: parse(message, &event.round_id)?,
        expert: parse(message, &event.expert_id)?,
        person: parse(message, &event.person_key)?,
        title: parse(message, &event.title)?,
        field: parse(message, &event.field)?,
        content: event.content,
        criteria: draws::criteria(message, event.criteria)?,
        deadline: parse(message, &event.deadline)?,
        blindness,
        applicants: applicants.collect::<Result<_, Unreadable>>()?,
        barred: barred.collect::<Result<_, _>>()?,
    };
    let errand = Errand {
        purpose: Purpose::Review,
        deadline: invitation.deadline,
    };
    let duty = draws::on_duty(&invitation.person, sheet, errand);
    let command = SheetCommand::Invite(Box::new(invitation));
    Ok(vec![Act::new::<Sheet>(sheet, command), duty])
}
