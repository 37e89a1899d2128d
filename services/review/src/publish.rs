//! The only door out: what others hear of rounds and sheets. An expert's words only without their
//! name and once all is decided; in a blind round no unit to experts' homes.

use draws::{Purpose, criterion, hundredths, timestamp};
use evidence::Digest;
use prost::Message as _;
use proto::{
    message::{Audience, Message},
    review::v1 as wire,
};
use regulation::{ApplicationId, DecisionId, ExpertId, Money, SheetId};

use crate::domain::{
    Blindness, CandidateEvent, Proposal, ReviewRound, RoundEvent, Sheet, SheetEvent, Table,
    barred_mark,
};

/// What others hear of a round.
pub(crate) fn round(round: &ReviewRound, event: &RoundEvent) -> Vec<Message> {
    let Some(table) = round.table() else {
        return seeds(round, event).into_iter().collect();
    };
    match event {
        RoundEvent::Invited {
            sheet,
            application,
            expert,
        } => invited(table, *sheet, *application, *expert)
            .into_iter()
            .collect(),
        RoundEvent::Replaced { sheet, .. } => recalled(table, *sheet).into_iter().collect(),
        RoundEvent::Confirmed { .. } => round.proposal().map_or_else(Vec::new, |proposal| {
            let event = establishment(table, proposal);
            vec![Message::node(table.setup.round, &event)]
        }),
        RoundEvent::Adopted { .. } => round.proposal().map_or_else(Vec::new, |proposal| {
            let ranked = proposal.ranking.standings.keys();
            ranked
                .map(|application| called(table, *application))
                .collect()
        }),
        RoundEvent::Told { application } => told(round, *application),
        _ => Vec::new(),
    }
}

/// To the application, on the hub: whether it still stands.
fn called(table: &Table, application: ApplicationId) -> Message {
    let event = wire::CandidateCalled {
        round_id: table.setup.round.to_string(),
        application_id: application.to_string(),
    };
    Message::node(application, &event)
}

/// From an application that was not taken back, to the round on the hub.
pub(crate) fn candidate(id: &str, event: &CandidateEvent) -> Vec<Message> {
    let CandidateEvent::Stood { round } = event else {
        return Vec::new();
    };
    let event = wire::CandidateStands {
        round_id: round.to_string(),
        application_id: id.to_owned(),
    };
    vec![Message::node(id, &event)]
}

/// What became of an application: to all, if it is a project now, and to the lead's home.
fn told(round: &ReviewRound, application: ApplicationId) -> Vec<Message> {
    let ReviewRound::Adopted {
        table,
        proposal,
        decision,
        document_number,
        ..
    } = round
    else {
        return Vec::new();
    };
    let established = established(table, proposal, application, *decision, document_number);
    let judged = judged(table, proposal, application);
    established.into_iter().chain(judged).collect()
}

/// What the hub tells the members before the draw.
fn seeds(round: &ReviewRound, event: &RoundEvent) -> Option<Message> {
    let id = round.setup()?.round;
    match (round, event) {
        (ReviewRound::Open(gathering), RoundEvent::Opened(_)) => {
            Some(draws::asked(Purpose::Review, id, &gathering.seeds))
        }
        (ReviewRound::Frozen(frozen), RoundEvent::Frozen(_)) => {
            Some(draws::frozen(Purpose::Review, id, &frozen.pool.seeds))
        }
        (ReviewRound::Frozen(frozen), RoundEvent::Seed(fact)) => {
            draws::told(Purpose::Review, id, &frozen.pool.seeds, fact)
        }
        _ => None,
    }
}

/// To the expert's home: the application, which unit's people may not review it, and who applies
/// unless the round is blind.
fn invited(
    table: &Table,
    sheet: SheetId,
    application: ApplicationId,
    expert: ExpertId,
) -> Option<Message> {
    let seated = table.roster.get(&expert)?;
    let package = &table.entry(application)?.package;
    let barred = table.benches.get(&application)?.barred.iter();
    let barred = barred.map(|unit| barred_mark(sheet, *unit));
    let (blindness, units) = match table.setup.blindness {
        Blindness::Open => (wire::Blindness::Open, package.to_wire().units),
        Blindness::Blind => (wire::Blindness::Blind, Vec::new()),
    };
    let event = wire::SheetInvited {
        sheet_id: sheet.to_string(),
        round_id: table.setup.round.to_string(),
        expert_id: expert.to_string(),
        person_key: seated.person.to_string(),
        title: package.title().to_string(),
        field: package.field().to_string(),
        content: package.content(),
        criteria: table.setup.criteria.iter().map(criterion).collect(),
        deadline: table.setup.deadline.to_string(),
        blindness: blindness.into(),
        units,
        barred_employers: barred
            .map(|mark: Digest| mark.as_bytes().to_vec())
            .collect(),
    };
    Some(Message::share(Audience::One(seated.region), sheet, &event))
}

fn recalled(table: &Table, sheet: SheetId) -> Option<Message> {
    let home = table.seats.get(&sheet)?.region;
    let event = wire::SheetRecalled {
        sheet_id: sheet.to_string(),
        round_id: table.setup.round.to_string(),
    };
    Some(Message::share(Audience::One(home), sheet, &event))
}

/// The proposal as the joint decision is about it, byte for byte.
pub(crate) fn proposal_document(table: &Table, proposal: &Proposal) -> Vec<u8> {
    establishment(table, proposal).encode_to_vec()
}

fn establishment(table: &Table, proposal: &Proposal) -> wire::EstablishmentProposed {
    let mut entries: Vec<_> = proposal
        .ranking
        .standings
        .keys()
        .filter_map(|application| entry(table, proposal, *application))
        .collect();
    entries.sort_by(|a, b| (&a.field, a.place).cmp(&(&b.field, b.place)));
    wire::EstablishmentProposed {
        round_id: table.setup.round.to_string(),
        year: table.setup.year,
        entries,
    }
}

fn entry(
    table: &Table,
    proposal: &Proposal,
    application: ApplicationId,
) -> Option<wire::EstablishmentEntry> {
    let standing = proposal.ranking.standings.get(&application)?;
    let entry = table.entry(application)?;
    let support = proposal.support(application);
    let grant = proposal.grants.get(&application);
    let said = grant.and_then(|grant| grant.reason.as_ref());
    let reason = said.map_or_else(
        || standing.reason.clone(),
        |said| format!("{}{said}", standing.reason),
    );
    Some(wire::EstablishmentEntry {
        application_id: application.to_string(),
        project_id: support
            .map(|_| application.project().to_string())
            .unwrap_or_default(),
        title: entry.package.title().to_string(),
        field: entry.package.field().to_string(),
        lead_unit_id: entry.package.lead().to_string(),
        region: entry.region.to_string(),
        place: i32::try_from(standing.place).unwrap_or(i32::MAX),
        score: hundredths(&standing.score),
        established: support.is_some(),
        reason,
        support: support.map(money),
    })
}

/// To all: the project that the decision puts in force, with its package.
fn established(
    table: &Table,
    proposal: &Proposal,
    application: ApplicationId,
    decision: DecisionId,
    document_number: &str,
) -> Option<Message> {
    proposal.support(application)?;
    let event = wire::ProjectEstablished {
        entry: Some(entry(table, proposal, application)?),
        package: Some(table.entry(application)?.package.to_wire()),
        decision_id: decision.to_string(),
        document_number: document_number.to_owned(),
    };
    let project = application.project();
    Some(Message::share(Audience::All, project, &event))
}

/// To the lead's home: the outcome, with the experts' comments.
fn judged(table: &Table, proposal: &Proposal, application: ApplicationId) -> Option<Message> {
    let standing = proposal.ranking.standings.get(&application)?;
    let event = wire::ApplicationJudged {
        application_id: application.to_string(),
        established: proposal.support(application).is_some(),
        place: i32::try_from(standing.place).unwrap_or(i32::MAX),
        comments: comments(table, application),
    };
    let home = table.entry(application)?.region;
    Some(Message::share(Audience::One(home), application, &event))
}

/// What the experts say of an application, without saying who they are.
fn comments(table: &Table, application: ApplicationId) -> Vec<String> {
    let opinions = (1..).zip(table.opinions(application));
    let comments = opinions.map(|(number, (_, opinion))| {
        let mut said = opinion.marks.reasons(&table.setup.criteria);
        said.push(format!("总体：{}", opinion.comment));
        format!("专家{number}：{}", said.join("；"))
    });
    comments.collect()
}

/// What the hub hears of a sheet.
pub(crate) fn sheet(sheet: &Sheet, event: &SheetEvent) -> Vec<Message> {
    let Some(invitation) = sheet.invitation() else {
        return Vec::new();
    };
    let id = invitation.sheet;
    let (sheet_id, round_id) = (id.to_string(), invitation.round.to_string());
    match event {
        SheetEvent::Invited(_) | SheetEvent::Opened { .. } | SheetEvent::Recalled { .. } => {
            Vec::new()
        }
        SheetEvent::Completed { opinion, at } => {
            let event = wire::SheetCompleted {
                sheet_id,
                round_id,
                scores: opinion.marks.scores(),
                comment: opinion.comment.to_string(),
                recommended: opinion.recommended,
                completed_at: timestamp(*at),
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        SheetEvent::Barred { .. } => {
            let event = wire::SheetExpertBarred { sheet_id, round_id };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        SheetEvent::ConflictDeclared { after_opening } => {
            let event = wire::SheetConflictDeclared {
                sheet_id,
                round_id,
                after_opening: *after_opening,
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
    }
}

/// An amount as others are told it.
pub(crate) fn money(money: Money) -> proto::common::v1::Money {
    proto::common::v1::Money { fen: money.fen() }
}
