//! The real services, by the two things that a node in memory needs of them: what they hear, and
//! which commands follow from it.

use std::{collections::BTreeSet, sync::LazyLock};

use chassis::Service;
use journal::Act;
use proto::message::{Incoming, Unreadable};
use regulation::Context;

/// A service as the simulation runs it.
pub(crate) struct Served {
    /// [`Service::NAME`].
    pub(crate) name: &'static str,
    /// [`Service::react`].
    pub(crate) react: fn(&Incoming, &Context) -> Result<Vec<Act>, Unreadable>,
    /// The kinds of events that it hears.
    pub(crate) hears: BTreeSet<&'static str>,
}

/// The services that run on every node here.
pub(crate) static SERVED: LazyLock<[Served; 5]> = LazyLock::new(|| {
    [
        served::<registry::Registry>(),
        served::<intake::Intake>(),
        served::<evaluation::Evaluation>(),
        served::<coordination::Coordination>(),
        served::<matching::Matching>(),
    ]
});

fn served<S: Service>() -> Served {
    Served {
        name: S::NAME,
        react: S::react,
        hears: chassis::hears(S::NAME).into_iter().collect(),
    }
}

/// Where a service stands in [`SERVED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    /// 单位与人员库
    Registry,
    /// 需求征集
    Intake,
    /// 需求评估
    Evaluation,
    /// 跨区域协调
    Coordination,
    /// 需求对接与储备
    Matching,
}

impl Name {
    /// All, in the order of [`SERVED`].
    pub(crate) const ALL: [Self; 5] = [
        Self::Registry,
        Self::Intake,
        Self::Evaluation,
        Self::Coordination,
        Self::Matching,
    ];

    /// The service itself.
    pub(crate) fn served(self) -> &'static Served {
        let [registry, intake, evaluation, coordination, matching] = &*SERVED;
        match self {
            Self::Registry => registry,
            Self::Intake => intake,
            Self::Evaluation => evaluation,
            Self::Coordination => coordination,
            Self::Matching => matching,
        }
    }
}
