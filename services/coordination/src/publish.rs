//! The only door out: what others hear of a decision, an assent, an objection.
//!
//! A decision's document is for the members; an objection goes without who filed it; an officer's
//! note stays at home.

use proto::{
    coordination::v1::{
        AssentGiven, AssentRefused, DecisionChanged, DecisionInForce, DecisionOpened,
        ObjectionAnswered, ObjectionFiled, Party as WireParty,
    },
    message::{Audience, Message, PublicEvent},
};
use regulation::{Context, Region};
use time::OffsetDateTime;

use crate::{
    domain::{
        assent::{self, Party, Request},
        decision::{self, Decision, Judgement, Untimely},
        objection::{self, Outcome},
    },
    words,
};

/// What is told of an event of a joint decision, which stands as `decision` after it.
pub(crate) fn decision(
    id: &str,
    decision: &Decision,
    event: &decision::Event,
    context: &Context,
) -> Vec<Message> {
    use decision::Event;
    match event {
        Event::Opened(_) => vec![Message::share(Audience::All, id, &opened(id, decision))],
        Event::Assented(_)
        | Event::Objected { .. }
        | Event::Approved(_)
        | Event::PublicityBegan(_) => vec![changed(id, decision, context)],
        Event::PublicityHeld { .. } | Event::ObjectionReceived { .. } => Vec::new(),
        Event::ObjectionDeclined {
            id: objection,
            region,
            why,
            at,
        } => {
            let answer = answer(
                id,
                &objection.to_string(),
                Outcome::Declined,
                because(*why),
                *at,
            );
            vec![to_one(*region, context, &objection.to_string(), &answer)]
        }
        Event::ObjectionJudged {
            id: objection,
            judgement,
        } => {
            let mut told = Vec::new();
            if let Some(filed) = decision.objections.get(objection) {
                let answer = judged(id, &objection.to_string(), judgement);
                told.push(to_one(
                    filed.region,
                    context,
                    &objection.to_string(),
                    &answer,
                ));
            }
            if judgement.upheld {
                told.push(changed(id, decision, context));
            }
            told
        }
        Event::TookForce { at, .. } => vec![
            changed(id, decision, context),
            Message::share(Audience::All, id, &in_force(id, decision, *at)),
        ],
    }
}

fn opened(id: &str, decision: &Decision) -> DecisionOpened {
    let matter = &decision.matter;
    DecisionOpened {
        decision_id: id.to_owned(),
        kind: words::kind(matter.kind).into(),
        title: matter.title.to_string(),
        document: matter.document.bytes().to_vec(),
        digest: matter.document.digest().to_string(),
        members: words::regions(&matter.terms.members),
        subject_id: matter.subject_id.clone(),
        opened_at: words::instant(matter.opened_at),
        former_decision_id: matter.former.map(|id| id.to_string()).unwrap_or_default(),
        policy_version: matter.terms.policy_version.clone(),
    }
}

fn changed(id: &str, decision: &Decision, context: &Context) -> Message {
    let matter = &decision.matter;
    let period = decision.period();
    let reason = decision.returned_because();
    let event = DecisionChanged {
        decision_id: id.to_owned(),
        kind: words::kind(matter.kind).into(),
        title: matter.title.to_string(),
        digest: matter.document.digest().to_string(),
        state: words::stage(&decision.stage).into(),
        assented: words::regions(decision.assents.keys()),
        missing: words::regions(&decision.missing()),
        document_number: number(decision),
        changed_at: words::instant(context.now),
        subject_id: matter.subject_id.clone(),
        publicity_until: period
            .map(|period| period.until.to_string())
            .unwrap_or_default(),
        publicity_provisional: period.is_some_and(|period| period.provisional),
        reason: reason.map(ToString::to_string).unwrap_or_default(),
    };
    Message::share(Audience::All, id, &event)
}

fn in_force(id: &str, decision: &Decision, at: OffsetDateTime) -> DecisionInForce {
    let matter = &decision.matter;
    let approval = decision.approval().map(|approval| &approval.by);
    let waiver = decision.waiver();
    DecisionInForce {
        decision_id: id.to_owned(),
        kind: words::kind(matter.kind).into(),
        subject_id: matter.subject_id.clone(),
        title: matter.title.to_string(),
        document: matter.document.bytes().to_vec(),
        digest: matter.document.digest().to_string(),
        document_number: number(decision),
        assented: words::regions(decision.assents.keys()),
        in_force_at: words::instant(at),
        approved_by: approval.map(|by| by.person.clone()).unwrap_or_default(),
        approver_role: approval.map(|by| words::role(by.role)).unwrap_or_default(),
        approved_at: approval.map(|by| words::instant(by.at)).unwrap_or_default(),
        publicity_until: decision
            .period()
            .map(|period| period.until.to_string())
            .unwrap_or_default(),
        not_heard: waiver
            .map(|waiver| words::regions(&waiver.silent))
            .unwrap_or_default(),
        waiver_reason: waiver
            .map(|waiver| waiver.reason.to_string())
            .unwrap_or_default(),
        policy_version: matter.terms.policy_version.clone(),
    }
}

fn number(decision: &Decision) -> String {
    decision
        .approval()
        .map(|approval| approval.number.to_string())
        .unwrap_or_default()
}

fn because(why: Untimely) -> &'static str {
    match why {
        Untimely::Early => "该决策尚未公示",
        Untimely::Late => "公示期已满",
        Untimely::Returned => "该决策已退回",
    }
}

fn judged(decision_id: &str, objection_id: &str, judgement: &Judgement) -> ObjectionAnswered {
    let outcome = if judgement.upheld {
        Outcome::Upheld
    } else {
        Outcome::Dismissed
    };
    answer(
        decision_id,
        objection_id,
        outcome,
        judgement.reason.as_str(),
        judgement.by.at,
    )
}

fn answer(
    decision_id: &str,
    objection_id: &str,
    outcome: Outcome,
    reason: &str,
    at: OffsetDateTime,
) -> ObjectionAnswered {
    ObjectionAnswered {
        objection_id: objection_id.to_owned(),
        decision_id: decision_id.to_owned(),
        outcome: words::outcome(outcome).into(),
        reason: reason.to_owned(),
        answered_at: words::instant(at),
    }
}

/// To one region; what is for the own one does not cross the border.
fn to_one<E: PublicEvent>(
    region: Region,
    context: &Context,
    aggregate: &str,
    event: &E,
) -> Message {
    if region == context.node {
        Message::node(aggregate, event)
    } else {
        Message::share(Audience::One(region), aggregate, event)
    }
}

/// What is told of an event of an assent.
pub(crate) fn assent(
    id: &str,
    request: &Request,
    event: &assent::Event,
    context: &Context,
) -> Vec<Message> {
    use assent::Event;
    let party = Some(WireParty {
        region: context.node.to_string(),
        unit_id: match request.party {
            Party::Department => String::new(),
            Party::Unit(unit) => unit.to_string(),
        },
    });
    let assent_id = request.about.known_as(id);
    let document_kind = request.about.document_kind().to_owned();
    let (subject_id, digest) = (
        request.about.subject_id(),
        request.document.digest().to_string(),
    );
    match event {
        Event::Given(by) => {
            let given = AssentGiven {
                assent_id,
                document_kind,
                subject_id,
                digest,
                party,
                person: by.person.clone(),
                role: words::role(by.role),
                given_at: words::instant(by.at),
            };
            vec![to_asker(id, request, &given, context)]
        }
        Event::Refused { by, reason } => {
            let refused = AssentRefused {
                assent_id,
                document_kind,
                subject_id,
                digest,
                party,
                person: by.person.clone(),
                role: words::role(by.role),
                reason: reason.to_string(),
                refused_at: words::instant(by.at),
            };
            vec![to_asker(id, request, &refused, context)]
        }
        Event::Asked(_) | Event::Prepared(_) | Event::Lapsed => Vec::new(),
    }
}

fn to_asker<E: PublicEvent>(id: &str, request: &Request, event: &E, context: &Context) -> Message {
    match request.about.audience() {
        Audience::All => Message::share(Audience::All, id, event),
        Audience::One(region) => to_one(region, context, id, event),
    }
}

/// What is told of an event of an objection: never who filed it.
pub(crate) fn objection(id: &str, event: &objection::Event) -> Vec<Message> {
    match event {
        objection::Event::Filed(filing) => {
            let filed = ObjectionFiled {
                objection_id: id.to_owned(),
                decision_id: filing.decision.to_string(),
                text: filing.text.to_string(),
                filed_at: words::instant(filing.at),
            };
            // Heard on its own node too, so that the hub's own objections go the same way.
            vec![Message::share(Audience::HUB, id, &filed)]
        }
        objection::Event::Answered(_) => Vec::new(),
    }
}
