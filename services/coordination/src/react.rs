//! The door in for events. Only the hub speaks for decisions, and only a region for itself.

mod told;

use std::str::FromStr;

use journal::Act;
use proto::{
    application::v1::{ApplicationAssentRequested, ApplicationAssentWithdrawn, GuideProposed},
    coordination::v1::{
        AssentGiven, AssentRefused, AssentRequest, AssentWithdrawal, DecisionChanged,
        DecisionInForce, DecisionOpened, DecisionState, ObjectionAnswered, ObjectionFiled,
    },
    evaluation::v1::ListProposed,
    fund::v1::{AllocationRecorded, PaymentConfirmed},
    intake::v1::{DemandAccepted, DemandWithdrawn},
    message::{Incoming, PublicEvent, Scope, Unreadable},
    project::v1::{
        ContractAssentRequested, ContractAssentWithdrawn, ProjectActivated, ProjectWithdrawn,
    },
    review::v1::EstablishmentProposed,
};
use regulation::{AssentId, Context, DecisionId, DecisionKind, Region, Text, Title};
use uuid::Uuid;

use crate::{
    domain::{
        Document, Known, ObjectionId, Signature,
        assent::{self, About, Assent, DECISION, Party, Request},
        assent_asked_by, assent_to,
        decision::{self, JointDecision, Opening, Word},
        decision_opened_by,
        objection::{self, Answer, Objection},
    },
    words,
};

type Reaction = Result<Vec<Act>, Unreadable>;

/// Which commands follow from a message.
///
/// # Errors
/// When it is not readable as what it says it is, or its origin may not say it.
pub(crate) fn react(message: &Incoming, context: &Context) -> Reaction {
    match message.kind.as_str() {
        ListProposed::KIND => list(message),
        GuideProposed::KIND => guide(message),
        EstablishmentProposed::KIND => establishment(message),
        DecisionOpened::KIND => opened(message, context),
        DecisionChanged::KIND => changed(message, context),
        DecisionInForce::KIND => {
            from_hub(message)?;
            noted::<DecisionInForce>(message)
        }
        ApplicationAssentRequested::KIND => {
            let asked: ApplicationAssentRequested = message.read()?;
            requested(message, asked.request, context)
        }
        ApplicationAssentWithdrawn::KIND => {
            let taken_back: ApplicationAssentWithdrawn = message.read()?;
            withdrawn(message, taken_back.withdrawal, context)
        }
        ContractAssentRequested::KIND => {
            let asked: ContractAssentRequested = message.read()?;
            requested(message, asked.request, context)
        }
        ContractAssentWithdrawn::KIND => {
            let taken_back: ContractAssentWithdrawn = message.read()?;
            withdrawn(message, taken_back.withdrawal, context)
        }
        AssentGiven::KIND => given(message, context),
        AssentRefused::KIND => refused(message, context),
        ObjectionFiled::KIND => filed(message, context),
        ObjectionAnswered::KIND => answered(message, context),
        _ => told::react(message),
    }
}

/// Nothing follows; what is to be read is noted with it, and has to be readable.
fn noted<E: PublicEvent>(message: &Incoming) -> Reaction {
    message.read::<E>().map(|_| Vec::new())
}

fn field<T: FromStr<Err: std::fmt::Display>>(
    message: &Incoming,
    name: &str,
    text: &str,
) -> Result<T, Unreadable> {
    text.parse()
        .map_err(|error: T::Err| message.unreadable(format!("{name}: {error}")))
}

fn from_hub(message: &Incoming) -> Result<(), Unreadable> {
    if message.origin.is_hub() {
        Ok(())
    } else {
        Err(message.unreadable(format!("{} can't speak for the hub", message.origin)))
    }
}

fn list(message: &Incoming) -> Reaction {
    let proposed: ListProposed = message.read()?;
    let title = format!("{}年度长三角联合攻关重点揭榜任务清单", proposed.year);
    propose(message, DecisionKind::List, &title, &proposed.round_id)
}

fn guide(message: &Incoming) -> Reaction {
    let proposed: GuideProposed = message.read()?;
    let guide = proposed
        .guide
        .ok_or_else(|| message.unreadable("no guide"))?;
    propose(message, DecisionKind::Guide, &guide.title, &guide.guide_id)
}

fn establishment(message: &Incoming) -> Reaction {
    let proposed: EstablishmentProposed = message.read()?;
    let title = format!("{}年度长三角联合攻关拟立项建议名单", proposed.year);
    propose(
        message,
        DecisionKind::Establishment,
        &title,
        &proposed.round_id,
    )
}

/// Opens a decision on a proposal. The document is the proposal as it was told, byte for byte, so
/// that whoever hears of the decision reads it as the same type.
fn propose(message: &Incoming, kind: DecisionKind, title: &str, subject: &str) -> Reaction {
    from_hub(message)?;
    if message.scope != Scope::Node {
        return Err(message.unreadable("a proposal stays on the hub"));
    }
    let subject: Uuid = field(message, "subject", subject)?;
    let document =
        Document::new(message.body.clone()).map_err(|error| message.unreadable(error))?;
    let opening = Opening {
        kind,
        title: field(message, "title", title)?,
        document,
        subject_id: subject.to_string(),
        former: None,
        known: Known::default(),
        last_terms: None,
    };
    let command = decision::Command::Open(Box::new(opening));
    Ok(vec![Act::new::<JointDecision>(
        decision_opened_by(message.id),
        command,
    )])
}

/// A decision was opened: if this node is a member, its department is asked for its word.
fn opened(message: &Incoming, context: &Context) -> Reaction {
    from_hub(message)?;
    let opened: DecisionOpened = message.read()?;
    let id: DecisionId = field(message, "decision_id", &opened.decision_id)?;
    let document = Document::checked(opened.document, &opened.digest)
        .map_err(|error| message.unreadable(error))?;
    let title: Title = field(message, "title", &opened.title)?;
    if !opened
        .members
        .iter()
        .any(|member| member == context.node.as_str())
    {
        return Ok(Vec::new());
    }
    let request = Request {
        about: About::Decision(id),
        title,
        document,
        party: Party::Department,
        at: message.at,
    };
    let command = assent::Command::Ask(Box::new(request));
    Ok(vec![Act::new::<Assent>(
        assent_to(id, context.node),
        command,
    )])
}

/// A decision that is returned needs nobody's word any more.
fn changed(message: &Incoming, context: &Context) -> Reaction {
    from_hub(message)?;
    let changed: DecisionChanged = message.read()?;
    let id: DecisionId = field(message, "decision_id", &changed.decision_id)?;
    if changed.state() != DecisionState::Returned {
        return Ok(Vec::new());
    }
    Ok(vec![Act::new::<Assent>(
        assent_to(id, context.node),
        assent::Command::Lapse,
    )])
}

/// Somebody asks a unit or a department for its agreement to an application or a contract.
fn requested(message: &Incoming, request: Option<AssentRequest>, context: &Context) -> Reaction {
    let request = request.ok_or_else(|| message.unreadable("no request"))?;
    let party = request
        .party
        .ok_or_else(|| message.unreadable("no party"))?;
    let region: Region = field(message, "party.region", &party.region)?;
    if region != context.node {
        // What is asked of others is heard on its own node too.
        return Ok(Vec::new());
    }
    if request.document_kind == DECISION {
        return Err(message.unreadable("only the hub asks for words on a decision"));
    }
    let party = match party.unit_id.as_str() {
        "" => Party::Department,
        unit => Party::Unit(field(message, "party.unit_id", unit)?),
    };
    let asked_as: AssentId = field(message, "assent_id", &request.assent_id)?;
    let document = Document::checked(request.document, &request.digest)
        .map_err(|error| message.unreadable(error))?;
    let request = Request {
        about: About::Paper {
            kind: field(message, "document_kind", &request.document_kind)?,
            subject_id: field(message, "subject_id", &request.subject_id)?,
            by: message.origin,
            asked_as,
        },
        title: field(message, "title", &request.title)?,
        document,
        party,
        at: message.at,
    };
    Ok(vec![Act::new::<Assent>(
        assent_asked_by(message.origin, asked_as),
        assent::Command::Ask(Box::new(request)),
    )])
}

/// Who asked for an agreement does not need it any more.
fn withdrawn(
    message: &Incoming,
    withdrawal: Option<AssentWithdrawal>,
    context: &Context,
) -> Reaction {
    let withdrawal = withdrawal.ok_or_else(|| message.unreadable("no withdrawal"))?;
    let party = withdrawal
        .party
        .ok_or_else(|| message.unreadable("no party"))?;
    let region: Region = field(message, "party.region", &party.region)?;
    if region != context.node {
        return Ok(Vec::new());
    }
    let asked_as: AssentId = field(message, "assent_id", &withdrawal.assent_id)?;
    let by = message.origin;
    Ok(vec![Act::new::<Assent>(
        assent_asked_by(by, asked_as),
        assent::Command::Withdraw { by },
    )])
}

/// What a member's node signed as its word on a decision.
struct Signed<'a> {
    kind: &'a str,
    subject: &'a str,
    digest: &'a str,
    party: Option<&'a proto::coordination::v1::Party>,
    person: &'a str,
    role: &'a str,
}

/// The word of a member on a decision, told to all and heard on the hub; `None` where it is on
/// something else. None speaks for another.
fn word(
    message: &Incoming,
    signed: &Signed<'_>,
    context: &Context,
) -> Result<Option<(DecisionId, Word)>, Unreadable> {
    let party = signed.party.ok_or_else(|| message.unreadable("no party"))?;
    if party.region != message.origin.as_str() {
        let claim = format!("{} can't speak for {:?}", message.origin, party.region);
        return Err(message.unreadable(claim));
    }
    if !context.node.is_hub() || signed.kind != DECISION {
        return Ok(None);
    }
    if !party.unit_id.is_empty() {
        return Err(message.unreadable("a unit has no word in a joint decision"));
    }
    if signed.person.is_empty() {
        return Err(message.unreadable("nobody signed"));
    }
    let id = field(message, "subject_id", signed.subject)?;
    let signature = Signature {
        person: signed.person.to_owned(),
        role: words::read_role(signed.role).map_err(|error| message.unreadable(error))?,
        region: message.origin,
        at: message.at,
    };
    Ok(Some((
        id,
        Word {
            signature,
            digest: field(message, "digest", signed.digest)?,
        },
    )))
}

fn given(message: &Incoming, context: &Context) -> Reaction {
    let given: AssentGiven = message.read()?;
    let signed = Signed {
        kind: &given.document_kind,
        subject: &given.subject_id,
        digest: &given.digest,
        party: given.party.as_ref(),
        person: &given.person,
        role: &given.role,
    };
    let word = word(message, &signed, context)?;
    Ok(word
        .map(|(id, word)| Act::new::<JointDecision>(id, decision::Command::Assent(word)))
        .into_iter()
        .collect())
}

fn refused(message: &Incoming, context: &Context) -> Reaction {
    let refused: AssentRefused = message.read()?;
    let signed = Signed {
        kind: &refused.document_kind,
        subject: &refused.subject_id,
        digest: &refused.digest,
        party: refused.party.as_ref(),
        person: &refused.person,
        role: &refused.role,
    };
    let Some((id, word)) = word(message, &signed, context)? else {
        return Ok(Vec::new());
    };
    let reason: Text = field(message, "reason", &refused.reason)?;
    Ok(vec![Act::new::<JointDecision>(
        id,
        decision::Command::Object { word, reason },
    )])
}

/// The public's objection arrives on the hub. It was filed when its home signed it, whatever it
/// says itself.
fn filed(message: &Incoming, context: &Context) -> Reaction {
    let filed: ObjectionFiled = message.read()?;
    if !context.node.is_hub() {
        return Ok(Vec::new());
    }
    let id: DecisionId = field(message, "decision_id", &filed.decision_id)?;
    let objection: ObjectionId = field(message, "objection_id", &filed.objection_id)?;
    let command = decision::Command::ReceiveObjection {
        id: objection,
        region: message.origin,
        text: field(message, "text", &filed.text)?,
        filed_at: message.at,
    };
    Ok(vec![Act::new::<JointDecision>(id, command)])
}

/// The hub's answer arrives where the objection was filed.
fn answered(message: &Incoming, context: &Context) -> Reaction {
    from_hub(message)?;
    let answered: ObjectionAnswered = message.read()?;
    let elsewhere = match message.scope {
        Scope::Node => false,
        // Told to another region, and heard on the hub that told it.
        Scope::Share(_) => context.node.is_hub(),
    };
    if elsewhere {
        return Ok(Vec::new());
    }
    let id: ObjectionId = field(message, "objection_id", &answered.objection_id)?;
    let outcome =
        words::read_outcome(answered.outcome()).map_err(|error| message.unreadable(error))?;
    let reason = field(message, "reason", &answered.reason)?;
    let command = objection::Command::Answer(Answer {
        outcome,
        reason,
        at: message.at,
    });
    Ok(vec![Act::new::<Objection>(id, command)])
}

#[cfg(test)]
mod tests;
