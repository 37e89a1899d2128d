//! Why something about seeds is refused, and what to do about it.

use panel::SeedFault;
use regulation::{Refusal, Region};

use crate::rules;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedRejection {
    /// Nothing is opened before the pool is frozen.
    NotFrozen,
    /// The member's seed is not withheld, or nobody asked for shares of it.
    NotWithheld {
        /// Whose.
        region: Region,
    },
    /// Nobody keeps enough shares of the member's seed.
    NoShares {
        /// Whose.
        region: Region,
    },
    /// The others' shares have not been asked for.
    RecoverFirst {
        /// Whose seed.
        region: Region,
    },
    /// Shares were dealt to others than the members.
    OtherShares {
        /// By whom.
        region: Region,
    },
    /// The protocol itself says no.
    Fault(SeedFault),
}

impl From<SeedFault> for SeedRejection {
    fn from(fault: SeedFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<SeedRejection> for Refusal {
    fn from(rejection: SeedRejection) -> Self {
        use SeedRejection as R;
        match rejection {
            R::Fault(fault) => fault.into(),
            R::NotFrozen => Self::new(
                rules::SEED_SHARES,
                "抽取名单尚未固定，种子和份额不予开启",
                "请推进组与相关节点核对抽取记录",
            ),
            R::NotWithheld { region } => Self::new(
                rules::SEED_RECOVERY,
                format!("{}的种子并不缺失，或未请各方开启其份额", region.name()),
                "请刷新后查看种子状态",
            )
            .with("region", region),
            R::NoShares { region } => Self::new(
                rules::SEED_RECOVERY,
                format!("没有足够的成员保管{}的种子份额", region.name()),
                "请催办该成员，或注明理由后不计入其种子",
            )
            .with("region", region),
            R::RecoverFirst { region } => Self::new(
                rules::SEED_RECOVERY,
                format!("{}的种子可由其他成员保管的份额开启", region.name()),
                "请先请各方开启份额；仍不能开启的，再注明理由后不计入",
            )
            .with("region", region),
            R::OtherShares { region } => Self::new(
                rules::SEED_SHARES,
                format!("{}没有把种子份额交给全部其他成员", region.name()),
                "请推进组与该成员核对抽取记录",
            )
            .with("region", region),
        }
    }
}
