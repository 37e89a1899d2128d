//! One typed id per kind of thing, so that an expert's id can't be passed as a demand's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An id that is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id (a UUID is expected): {0:?}")]
pub struct InvalidId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId(text.chars().take(64).collect()))
            }
        }
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
    )*};
}

// Append only.
ids! {
    /// A unit 单位.
    UnitId,
    /// An expert 专家.
    ExpertId,
    /// A demand 需求, known by this id at its home and the hub only.
    DemandId,
    /// One external task 对外揭榜任务 of a demand.
    TaskId,
    /// What the public knows a published demand by: random, linked to nothing.
    BlindId,
    /// An evaluation round 评估轮次.
    EvaluationRoundId,
    /// One expert's ballot on one demand.
    BallotId,
    /// A joint decision 联合决策.
    DecisionId,
    /// Somebody's recorded agreement to a document.
    AssentId,
    /// A solution 解决方案.
    SolutionId,
    /// A posting: the demander's side of a published demand.
    PostingId,
    /// An entry of the reserve pool 储备库.
    ReserveEntryId,
    /// A guide 指南.
    GuideId,
    /// One topic of a guide.
    TopicId,
    /// An application 申报.
    ApplicationId,
    /// A unit's own part of an application.
    PartId,
    /// A formal examination 形式审查.
    ExaminationId,
    /// A review round 评审轮次.
    ReviewRoundId,
    /// One expert's review sheet 评审表.
    SheetId,
    /// A project 项目.
    ProjectId,
    /// An appropriation 预算安排.
    AppropriationId,
    /// A project's allocation 支持资金.
    AllocationId,
    /// One payment 拨付.
    PaymentId,
    /// A caller's name for one request; a repeat gets the first answer.
    RequestId,
}

/// The namespace within an application under which its project is named. Never changes.
const PROJECT: &[u8] = b"jiebang/review/project/v1";

impl ApplicationId {
    /// The project that comes of it if it is established: always the same one, on every node.
    pub fn project(self) -> ProjectId {
        ProjectId(Uuid::new_v5(&self.0, PROJECT))
    }
}
