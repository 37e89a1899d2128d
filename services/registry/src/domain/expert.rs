//! 专家: a person who may be drawn, hosted by the node that took them in. [Art. 9, 15]

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{
    Context, ExpertId, Field, PersonKey, Refusal, RefusalKind, Region, Title, UnitId,
};
use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use super::rules;
use crate::publish;

/// The namespace of expert ids. Never changes: every node derives the same id from the same person.
const EXPERTS: Uuid = uuid!("0a7c7a52-97f1-5d35-8a0e-2f6f5b8f4c10");

/// The id of the expert who is this person.
pub fn expert_id(person: &PersonKey) -> ExpertId {
    ExpertId(Uuid::new_v5(&EXPERTS, person.as_str().as_bytes()))
}

/// An expert; nobody before they are taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expert(pub Option<Hosted>);

/// An expert hosted here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hosted {
    /// This node.
    pub home: Region,
    /// Who they are and what they know.
    pub profile: Profile,
    /// Why they can't be drawn at present, if they can't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resting: Option<Title>,
    /// The node that hosted them before this one, as the hub says: it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_at: Option<Region>,
}

impl Hosted {
    /// Whether they may be drawn.
    pub fn may_be_drawn(&self) -> bool {
        self.resting.is_none() && self.counts_at.is_none()
    }

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        let rests = self.resting.is_some();
        let event = match (command, self.counts_at) {
            (Command::NoteElsewhere(region), None) if region != self.home => {
                Some(Event::FoundElsewhere(region))
            }
            // Registering was dealt with before.
            (Command::NoteElsewhere(_), _) | (Command::Register { .. }, None) => None,
            (_, Some(region)) => return Err(Rejection::HostedElsewhere(region)),
            (Command::Deactivate(reason), None) => (!rests).then_some(Event::Deactivated(reason)),
            (Command::Reactivate, None) => rests.then_some(Event::Reactivated),
        };
        Ok(event.into_iter().collect())
    }
}

/// Who an expert is and what they know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The person's pseudonym; the identity number itself is not kept.
    pub person: PersonKey,
    /// The person's name; never leaves home but in a dossier.
    pub name: Title,
    /// Whom they work for.
    pub employer: UnitId,
    /// Where they come from.
    pub origin: Origin,
    /// Their fields.
    pub fields: BTreeSet<Field>,
    /// Their expertise, in words.
    pub keywords: BTreeSet<Title>,
}

/// Where an expert comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// 国家科技专家库: may review applications. [Art. 15]
    NationalPool,
    /// Invited by a department: evaluates demands. [Art. 9]
    Invited,
}

/// What can be asked of an expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take them in.
    Register {
        /// Who.
        profile: Box<Profile>,
        /// Whether the employer is a unit that some node has registered.
        employer_known: bool,
        /// Whether this takes the place of another profile of the same person.
        replace: bool,
    },
    /// They can't be drawn at present.
    Deactivate(Title),
    /// They can again.
    Reactivate,
    /// Another node hosts them, says the hub.
    NoteElsewhere(Region),
}

/// What happened to an expert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// They were taken in.
    Registered {
        /// By which node.
        home: Region,
        /// With what.
        profile: Box<Profile>,
    },
    /// Their profile was replaced.
    Revised(Box<Profile>),
    /// They can't be drawn at present, and why.
    Deactivated(Title),
    /// They can again.
    Reactivated,
    /// Another node hosts them.
    FoundElsewhere(Region),
}

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The person is an expert already, with another profile.
    Exists,
    /// Nobody knows the employer.
    UnknownEmployer(UnitId),
    /// Another node hosted them before.
    HostedElsewhere(Region),
    /// They are not hosted here.
    NotHere,
}

impl Aggregate for Expert {
    const KIND: &'static str = "expert";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (
                hosted,
                Command::Register {
                    profile,
                    employer_known,
                    replace,
                },
            ) => register(hosted.as_ref(), profile, (employer_known, replace), context),
            (None, Command::NoteElsewhere(_)) => Ok(vec![]),
            (None, _) => Err(Rejection::NotHere),
            (Some(hosted), command) => hosted.decide(command),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (event, &mut self.0) {
            (Event::Registered { home, profile }, _) => {
                self.0 = Some(Hosted {
                    home: *home,
                    profile: (**profile).clone(),
                    resting: None,
                    counts_at: None,
                });
            }
            (Event::Revised(profile), Some(hosted)) => hosted.profile = (**profile).clone(),
            (Event::Deactivated(reason), Some(hosted)) => hosted.resting = Some(reason.clone()),
            (Event::Reactivated, Some(hosted)) => hosted.resting = None,
            (Event::FoundElsewhere(region), Some(hosted)) => hosted.counts_at = Some(*region),
            (_, None) => {}
        }
    }

    fn publish(&self, id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .iter()
            .flat_map(|hosted| publish::expert(id, hosted))
            .collect()
    }
}

fn register(
    hosted: Option<&Hosted>,
    profile: Box<Profile>,
    (employer_known, replace): (bool, bool),
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    match hosted {
        Some(hosted) if hosted.profile == *profile => Ok(vec![]),
        Some(Hosted {
            counts_at: Some(region),
            ..
        }) => Err(Rejection::HostedElsewhere(*region)),
        Some(_) if !replace => Err(Rejection::Exists),
        _ if !employer_known => Err(Rejection::UnknownEmployer(profile.employer)),
        Some(_) => Ok(vec![Event::Revised(profile)]),
        None => Ok(vec![Event::Registered {
            home: context.node,
            profile,
        }]),
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Exists => Refusal::new(
                rules::ONE_EXPERT,
                "此人已是本节点的专家，登记内容不同",
                "请查询已有的专家信息",
            )
            .kind(RefusalKind::Exists),
            Rejection::UnknownEmployer(unit) => Refusal::new(
                rules::EMPLOYER,
                "专家的工作单位尚未登记",
                "请先登记其工作单位，或核对单位编号",
            )
            .with("unit_id", unit),
            Rejection::HostedElsewhere(region) => Refusal::new(
                rules::ONE_EXPERT,
                format!("该专家已由{}的节点入库", region.name()),
                format!("请由{}科技厅（委）办理", region.name()),
            )
            .kind(RefusalKind::Exists)
            .with("home", region),
            Rejection::NotHere => Refusal::new(
                rules::ONE_EXPERT,
                "本节点没有这位专家",
                "请核对专家编号，或由其入库的节点办理",
            )
            .kind(RefusalKind::NotFound),
        }
    }
}

#[cfg(test)]
#[path = "expert_tests.rs"]
mod tests;
