//! A solution as it is handed over: the team's units, never people or contacts.

use std::{collections::BTreeSet, fmt::Display};

use evidence::Digest;
use prost::Message as _;
use proto::{common::v1 as common, matching::v1 as wire};
use regulation::{BlindId, Money, SolutionId, TaskId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Tasks that one solution may answer at most.
pub const TASKS_MAX: usize = 20;
/// Units that a solving team may have at most.
pub const TEAM_MAX: usize = 20;
/// Months that a solution may take at most.
pub const MONTHS_MAX: i32 = 120;

/// Through which door a solution came. [Art. 11]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The platform itself.
    Platform,
    /// 战略科技力量
    StrategicForce,
    /// 长三角国际创新挑战赛
    ChallengeContest,
}

impl From<Channel> for wire::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Platform => Self::Platform,
            Channel::StrategicForce => Self::StrategicForce,
            Channel::ChallengeContest => Self::ChallengeContest,
        }
    }
}

impl From<wire::Channel> for Channel {
    /// A door of a newer version is the platform's.
    fn from(channel: wire::Channel) -> Self {
        match channel {
            wire::Channel::StrategicForce => Self::StrategicForce,
            wire::Channel::ChallengeContest => Self::ChallengeContest,
            wire::Channel::Platform | wire::Channel::Unspecified => Self::Platform,
        }
    }
}

/// What makes a seal say nothing of what is sealed: random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(pub Digest);

/// A submitted solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its id; known only to its home, the hub and, once fed back, the demand's home.
    pub id: SolutionId,
    /// The demand it answers.
    pub blind_id: BlindId,
    /// The tasks it answers.
    pub tasks: BTreeSet<TaskId>,
    /// The unit that holds it, and would hold the intent.
    pub holder: UnitId,
    /// All units of the team, the holder included.
    pub team: BTreeSet<UnitId>,
    /// How it would be done.
    pub approach: Text,
    /// Why that can be believed.
    pub evidence: Option<Text>,
    /// What it costs.
    pub price: Money,
    /// How long it takes.
    pub months: i32,
    /// How it came.
    pub channel: Channel,
    /// When, by its home's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// Counts what was handed in, from 1.
    pub revision: i32,
    /// What its seal is salted with.
    pub salt: Salt,
}

impl Dossier {
    /// The seal under which it was handed in: told to every node at that moment, so that who opens
    /// the dossier later can tell that nobody on its way changed it. [Art. 11]
    pub fn seal(&self) -> Digest {
        let salt = Vec::new();
        let content = wire::SolutionDossier {
            salt,
            ..self.into()
        };
        evidence::commit(self.salt.0.as_bytes(), &content.encode_to_vec())
    }
}

/// A dossier that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct InvalidDossier {
    field: &'static str,
    fault: String,
}

fn at<E: Display>(field: &'static str) -> impl Fn(E) -> InvalidDossier {
    move |fault| InvalidDossier {
        field,
        fault: fault.to_string(),
    }
}

impl TryFrom<wire::SolutionDossier> for Dossier {
    type Error = InvalidDossier;

    fn try_from(dossier: wire::SolutionDossier) -> Result<Self, InvalidDossier> {
        let channel = dossier.channel().into();
        if dossier.task_ids.len() > TASKS_MAX || dossier.team_unit_ids.len() > TEAM_MAX {
            return Err(at("task_ids, team_unit_ids")("too many"));
        }
        let tasks = dossier
            .task_ids
            .iter()
            .map(|id| id.parse().map_err(at("task_ids")));
        let team = dossier
            .team_unit_ids
            .iter()
            .map(|id| id.parse().map_err(at("team_unit_ids")));
        let evidence = Some(&dossier.evidence).filter(|text| !text.is_empty());
        let fen = dossier.price.ok_or("missing").map_err(at("price"))?.fen;
        let submitted_at = OffsetDateTime::parse(&dossier.submitted_at, &Rfc3339);
        Ok(Self {
            id: dossier.solution_id.parse().map_err(at("solution_id"))?,
            blind_id: dossier.blind_id.parse().map_err(at("blind_id"))?,
            tasks: tasks.collect::<Result<_, _>>()?,
            holder: dossier
                .holder_unit_id
                .parse()
                .map_err(at("holder_unit_id"))?,
            team: team.collect::<Result<_, _>>()?,
            approach: dossier.approach.parse().map_err(at("approach"))?,
            evidence: evidence
                .map(|text| text.parse().map_err(at("evidence")))
                .transpose()?,
            price: Money::from_fen(fen).map_err(at("price"))?,
            months: dossier.months,
            channel,
            submitted_at: submitted_at.map_err(at("submitted_at"))?,
            revision: dossier.revision.max(1),
            salt: Salt(Digest::try_from(dossier.salt.as_slice()).map_err(at("salt"))?),
        })
    }
}

impl From<&Dossier> for wire::SolutionDossier {
    fn from(dossier: &Dossier) -> Self {
        Self {
            solution_id: dossier.id.to_string(),
            blind_id: dossier.blind_id.to_string(),
            task_ids: dossier.tasks.iter().map(ToString::to_string).collect(),
            holder_unit_id: dossier.holder.to_string(),
            team_unit_ids: dossier.team.iter().map(ToString::to_string).collect(),
            approach: dossier.approach.to_string(),
            evidence: dossier
                .evidence
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            price: Some(common::Money {
                fen: dossier.price.fen(),
            }),
            months: dossier.months,
            channel: wire::Channel::from(dossier.channel).into(),
            submitted_at: dossier.submitted_at.format(&Rfc3339).unwrap_or_default(),
            revision: dossier.revision,
            salt: dossier.salt.0.as_bytes().to_vec(),
        }
    }
}
