//! What may happen to a joint decision, command by command.

use std::collections::BTreeSet;

use evidence::Digest;
use regulation::{Calendar, Context, Day, DecisionKind, Region, Role, Text};
use time::OffsetDateTime;

use super::{
    Approval, Command, Decision, Event, Former, JointDecision, Judgement, Matter, Opening, Period,
    PublicObjection, Rejection, Stage, Terms, Untimely, Waiver, Word,
};
use crate::domain::{DocumentNumber, ObjectionId, Signature, fits};

pub(super) fn decide(
    state: &JointDecision,
    command: Command,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    if !context.node.is_hub() {
        return Err(Rejection::NotHub);
    }
    if let Command::Open(opening) = command {
        return open(state, *opening, context);
    }
    let decision = state.opened().ok_or(Rejection::NotFound)?;
    match command {
        Command::Open(_) => Err(Rejection::Exists),
        Command::Assent(word) => assent(decision, word),
        Command::Object { word, reason } => object(decision, word, reason),
        Command::Approve { number, digest } => approve(decision, number, digest, context),
        Command::EndPublicity => end_publicity(decision, None, context),
        Command::EndPublicityAnyway { reason } => end_publicity(decision, Some(reason), context),
        Command::ReceiveObjection {
            id,
            region,
            text,
            filed_at,
        } => {
            let objection = PublicObjection {
                region,
                text,
                filed_at,
                judgement: None,
            };
            Ok(receive(decision, id, objection, context.now))
        }
        Command::JudgeObjection { id, upheld, reason } => {
            judge(decision, id, upheld, reason, context)
        }
    }
}

fn open(
    state: &JointDecision,
    opening: Opening,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    if let Some(decision) = state.opened() {
        return if is_repeat(&decision.matter, &opening) {
            Ok(Vec::new())
        } else {
            Err(Rejection::Exists)
        };
    }
    let by_itself = context.actor.role == Role::System;
    let proposed = matches!(
        opening.kind,
        DecisionKind::List | DecisionKind::Guide | DecisionKind::Establishment
    );
    if proposed && !by_itself {
        return Err(Rejection::OpensByProposal);
    }
    let last_terms = opening
        .last_terms
        .filter(|_| opening.kind == DecisionKind::Policy);
    let in_force = context
        .policy
        .as_deref()
        .map(|policy| Terms::of(policy, opening.kind));
    let terms = in_force.or(last_terms).ok_or(Rejection::NoPolicy)?;
    let (kind, subject) = (opening.kind, &opening.subject_id);
    fits(
        kind,
        subject,
        &opening.document,
        &terms.members,
        &opening.known,
    )
    .map_err(Rejection::Unfit)?;
    let follows =
        |former: &Former| former.returned && (former.kind, &former.subject_id) == (kind, subject);
    if !opening.former.as_ref().is_none_or(follows) {
        return Err(Rejection::NotAFormer);
    }
    Ok(vec![Event::Opened(Box::new(Matter {
        kind: opening.kind,
        title: opening.title,
        document: opening.document,
        subject_id: opening.subject_id,
        former: opening.former.map(|former| former.id),
        opened_by: context.actor.clone(),
        opened_at: context.now,
        terms,
    }))])
}

fn is_repeat(matter: &Matter, opening: &Opening) -> bool {
    matter.kind == opening.kind
        && matter.document == opening.document
        && matter.subject_id == opening.subject_id
}

/// Whether the word is one that the decision asks for.
fn entitled(decision: &Decision, word: &Word) -> Result<(), Rejection> {
    let terms = &decision.matter.terms;
    let region = word.signature.region;
    if !terms.members.contains(&region) {
        return Err(Rejection::NotAMember { region });
    }
    if word.signature.role != Role::Director {
        return Err(Rejection::NotADirector { region });
    }
    let expected = decision.matter.document.digest();
    if word.digest != expected {
        return Err(Rejection::AnotherDigest {
            expected,
            given: word.digest,
        });
    }
    Ok(())
}

fn assent(decision: &Decision, word: Word) -> Result<Vec<Event>, Rejection> {
    entitled(decision, &word)?;
    let region = word.signature.region;
    match (&decision.stage, decision.assents.get(&region)) {
        (_, Some(first)) if *first == word => Ok(Vec::new()),
        (_, Some(_)) => Err(Rejection::SecondWord { region }),
        (Stage::Open, None) => Ok(vec![Event::Assented(word)]),
        // The other member's objection was first; this word comes to nothing, as it should.
        (Stage::Returned(_), None) => Ok(Vec::new()),
        (_, None) => Err(Rejection::NotOpen),
    }
}

fn object(decision: &Decision, word: Word, reason: Text) -> Result<Vec<Event>, Rejection> {
    entitled(decision, &word)?;
    let region = word.signature.region;
    if decision.assents.contains_key(&region) {
        return Err(Rejection::SecondWord { region });
    }
    match &decision.stage {
        Stage::Open => Ok(vec![Event::Objected { word, reason }]),
        Stage::Returned(_) => Ok(Vec::new()),
        _ => Err(Rejection::NotOpen),
    }
}

fn approve(
    decision: &Decision,
    number: DocumentNumber,
    digest: Digest,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let matter = &decision.matter;
    let by = Signature::of(context);
    match &decision.stage {
        Stage::Open => {
            return Err(Rejection::NotAllAssented {
                missing: decision.missing(),
            });
        }
        Stage::Returned(_) => return Err(Rejection::Returned),
        Stage::Assented => {}
        Stage::Approved(_) | Stage::Publicity { .. } | Stage::InForce { .. } => {
            return Err(Rejection::AlreadyApproved);
        }
    }
    if context.actor.role != matter.terms.approver {
        return Err(Rejection::NotTheApprover {
            approver: matter.terms.approver,
        });
    }
    if by.is_by(&matter.opened_by) {
        return Err(Rejection::OpenedIt);
    }
    let expected = matter.document.digest();
    if digest != expected {
        return Err(Rejection::AnotherDigest {
            expected,
            given: digest,
        });
    }
    let days = matter.terms.publicity_days;
    let end = Calendar::in_use().nth_workday_after(Day::of(context.now), days);
    Ok(vec![
        Event::Approved(Approval { number, by }),
        Event::PublicityBegan(Period::new(end.day, end.beyond_table)),
    ])
}

/// Ends the publicity period, if it is over and everybody has been heard past it; or else because
/// somebody says why to go on.
fn end_publicity(
    decision: &Decision,
    anyway: Option<Text>,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let period = match &decision.stage {
        Stage::Publicity { period, .. } => period,
        Stage::InForce { .. } => return Ok(Vec::new()),
        _ => return Err(Rejection::NotPublic),
    };
    if context.now <= period.until.end() {
        return Err(Rejection::StillPublic {
            until: period.until,
        });
    }
    if decision.has_pending_objections() {
        return Err(Rejection::ObjectionsPending);
    }
    let silent = silent(decision, period, context);
    let waiver = match anyway {
        _ if silent.is_empty() => None,
        Some(reason) => Some(Waiver {
            silent,
            by: Signature::of(context),
            reason,
        }),
        None => {
            let look_at = period.next_look(context.now);
            return Ok(vec![Event::PublicityHeld { silent, look_at }]);
        }
    };
    Ok(vec![Event::TookForce {
        at: context.now,
        waiver,
    }])
}

/// Members that may have told, in time, what has not arrived.
fn silent(decision: &Decision, period: &Period, context: &Context) -> BTreeSet<Region> {
    let past = |region: &Region| {
        context
            .heard
            .get(region)
            .is_some_and(|until| *until >= period.until.end())
    };
    decision
        .matter
        .terms
        .members
        .iter()
        .filter(|member| !past(member))
        .copied()
        .collect()
}

fn receive(
    decision: &Decision,
    id: ObjectionId,
    objection: PublicObjection,
    at: OffsetDateTime,
) -> Vec<Event> {
    if decision.objections.contains_key(&id) {
        return Vec::new();
    }
    let why = match &decision.stage {
        Stage::Open | Stage::Assented | Stage::Approved(_) => Untimely::Early,
        Stage::Publicity { period, .. } if objection.filed_at <= period.until.end() => {
            return vec![Event::ObjectionReceived { id, objection }];
        }
        Stage::Publicity { .. } | Stage::InForce { .. } => Untimely::Late,
        Stage::Returned(_) => Untimely::Returned,
    };
    vec![Event::ObjectionDeclined {
        id,
        region: objection.region,
        why,
        at,
    }]
}

fn judge(
    decision: &Decision,
    id: ObjectionId,
    upheld: bool,
    reason: Text,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let objection = decision
        .objections
        .get(&id)
        .ok_or(Rejection::NoSuchObjection)?;
    if objection.judgement.is_some() {
        return Err(Rejection::JudgedAlready);
    }
    if !matches!(decision.stage, Stage::Publicity { .. }) {
        return Err(Rejection::NotPublic);
    }
    if !matches!(context.actor.role, Role::Secretariat | Role::TaskForce) {
        return Err(Rejection::NotAJudge);
    }
    let judgement = Judgement {
        upheld,
        by: Signature::of(context),
        reason,
    };
    Ok(vec![Event::ObjectionJudged { id, judgement }])
}
