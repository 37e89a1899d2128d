//! Why a round says no, and what to do about it.

use std::collections::{BTreeMap, BTreeSet};

use draws::SeedRejection;
use panel::{
    DrawRefused, InputFault, InvalidKey, ReplaceRefused, SeedFault,
    aggregate::{BallotFault, RankFault},
};
use regulation::{BallotId, Day, DemandId, Field, Refusal, Region};

use super::{super::rules, Outstanding};

mod list;
mod opening;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundRejection {
    /// Rounds live on the hub.
    NotTheHub,
    /// No policy is in force.
    NoPolicy,
    /// The round stands elsewhere.
    WrongState {
        /// Where it would have to stand, in Chinese.
        needed: &'static str,
    },
    /// The deadline has passed already.
    DeadlineInThePast {
        /// The deadline.
        deadline: Day,
        /// Today.
        today: Day,
    },
    /// Nothing to evaluate.
    EmptyBatch,
    /// The policy does not support the field.
    UnknownField(Field),
    /// A demand's field has no number of places.
    NoQuota(Field),
    /// Its department has not recommended it, or not by the cut-off.
    NotRecommended {
        /// Which demand.
        demand: DemandId,
    },
    /// The cut-off has not passed.
    CutOffAhead {
        /// The last day.
        cut_off: Day,
    },
    /// Members who have not been heard beyond the cut-off.
    UnheardOf {
        /// The last day.
        cut_off: Day,
        /// Who.
        unheard: BTreeSet<Region>,
    },
    /// A reminder has to come before the replacement.
    Chase,
    /// Numbers of places stand until a list was returned.
    QuotasStand,
    /// The list is one that was returned.
    SameList,
    /// The decision is on another version of the list.
    OtherList,
    /// Not as many are preferred as there are places left.
    Choices {
        /// Places left.
        places: u32,
        /// How many are preferred.
        chosen: usize,
    },
    /// The demand is not one of several equals across the cut.
    NotTied {
        /// Which.
        demand: DemandId,
    },
    /// A number or name of the policy or of the draw is out of range.
    Numbers,
    /// The draw's input is not sound.
    Input(InputFault),
    /// No expert who was invited and may judge works in any of the round's fields. [Art. 9]
    NobodyInvited,
    /// The panels cannot be filled.
    Draw(DrawRefused),
    /// Something about seeds is refused.
    Seed(SeedRejection),
    /// Nobody can follow.
    Replace(ReplaceRefused),
    /// The demand is not in this round.
    NotInBatch {
        /// Which.
        demand: DemandId,
    },
    /// Another region speaks.
    NotItsHome {
        /// The one whose word counts.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
    /// Home has struck others before.
    AnsweredOtherwise {
        /// Which demand.
        demand: DemandId,
    },
    /// Nobody was drawn for such a ballot.
    NotDrawn {
        /// Which.
        ballot: BallotId,
    },
    /// Another ballot was cast before.
    CastTwice {
        /// Which.
        ballot: BallotId,
    },
    /// The expert declared a conflict.
    InConflict {
        /// Which ballot.
        ballot: BallotId,
    },
    /// A credit record bars the expert.
    IsBarred {
        /// Which ballot.
        ballot: BallotId,
    },
    /// Nothing of that name is missing.
    NothingToWaive,
    /// What is missing before the round can be closed.
    Outstanding(Box<Outstanding>),
    /// Nothing was cast that could be opened.
    NothingSealed {
        /// Which.
        ballot: BallotId,
    },
    /// Ballots that have not been opened, with the homes that have to.
    StillSealed(BTreeMap<BallotId, Region>),
    /// Ballots do not add up.
    Ballot(BallotFault),
    /// The ranking does not come out.
    Rank(RankFault),
}

macro_rules! from {
    ($($fault:ident => $variant:ident),*) => {$(
        impl From<$fault> for RoundRejection {
            fn from(fault: $fault) -> Self { Self::$variant(fault) }
        }
    )*};
}
from!(
    InputFault => Input, DrawRefused => Draw, SeedRejection => Seed, BallotFault => Ballot,
    RankFault => Rank
);

impl From<SeedFault> for RoundRejection {
    fn from(fault: SeedFault) -> Self {
        Self::Seed(fault.into())
    }
}

impl From<InvalidKey> for RoundRejection {
    fn from(_: InvalidKey) -> Self {
        Self::Numbers
    }
}

impl From<RoundRejection> for Refusal {
    fn from(rejection: RoundRejection) -> Self {
        use RoundRejection as R;
        match rejection {
            R::Draw(refused) => refused.into(),
            R::Seed(rejection) => rejection.into(),
            R::Replace(refused) => refused.into(),
            R::Ballot(fault) => fault.into(),
            R::Outstanding(outstanding) => closing(&outstanding),
            R::StillSealed(ballots) => still_sealed(&ballots),
            R::NotRecommended { .. }
            | R::CutOffAhead { .. }
            | R::UnheardOf { .. }
            | R::Chase
            | R::UnknownField(_)
            | R::NoQuota(_) => opening::refusal(rejection),
            R::QuotasStand | R::SameList | R::OtherList | R::Choices { .. } | R::NotTied { .. } => {
                list::refusal(rejection)
            }
            rejection => about_setup(rejection),
        }
    }
}

/// Refusals of those who run the round.
fn about_setup(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::NotTheHub => Refusal::new(
            rules::ON_THE_HUB,
            "本节点不办理评估轮次",
            "请在推进组节点办理",
        ),
        R::NoPolicy => Refusal::new(
            rules::POLICY_IN_FORCE,
            "当前没有有效的政策版本，不能开启评估轮次或提出清单建议",
            "请待新的政策版本生效后办理",
        ),
        R::WrongState { needed } => Refusal::new(
            rules::LIFECYCLE,
            format!("当前状态不能办理此事，轮次应{needed}"),
            "请刷新后查看轮次状态",
        ),
        R::DeadlineInThePast { deadline, today } => {
            Refusal::new(rules::DEADLINE, "评估截止日早于今天", "请重新设定截止日")
                .with("deadline", deadline)
                .with("today", today)
        }
        R::EmptyBatch => Refusal::new(
            rules::BATCH,
            "这些领域没有可纳入本轮的需求",
            "请待各地受理需求后再开启轮次，或调整领域",
        ),
        R::NobodyInvited => Refusal::new(
            rules::EXPERTS,
            "受邀专家中没有可评估本轮需求的专家，不能抽取",
            "请三省一市科技厅（委）邀请本轮领域的专家后抽取",
        ),
        R::Input(fault) => Refusal::new(
            panel::PANEL_LIMITS,
            "抽取参数或专家库资料有误，不能抽取",
            "请调整专家组人数等参数，或由专家所在地更新资料后重试",
        )
        .with("fault", fault),
        R::NothingToWaive => Refusal::new(
            rules::CLOSING,
            "所指事项并不缺失，无需豁免",
            "请刷新后查看轮次状态",
        ),
        rejection => about_origin(rejection),
    }
}

/// Refusals of what other nodes say.
fn about_origin(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    const CHECK: &str = "请推进组与相关节点核对记录";
    match rejection {
        R::NotInBatch { demand } => {
            Refusal::new(rules::BATCH, "这项需求不在本轮中", CHECK).with("demand", demand)
        }
        R::NotItsHome { home, origin } => {
            Refusal::new(rules::HOME, "消息来自无权就此发声的节点", CHECK)
                .with("home", home)
                .with("origin", origin)
        }
        R::AnsweredOtherwise { demand } => Refusal::new(
            rules::CONFLICT,
            "该需求的回避名单此前已答复，两次不一致",
            CHECK,
        )
        .with("demand", demand),
        R::NotDrawn { ballot } => {
            Refusal::new(rules::DRAWN_ONLY, "本轮没有抽取这张选票", CHECK).with("ballot", ballot)
        }
        R::CastTwice { ballot } => {
            Refusal::new(rules::ONCE, "这张选票的评估意见此前已登记", CHECK).with("ballot", ballot)
        }
        R::InConflict { ballot } => Refusal::new(
            rules::CONFLICT,
            "专家已声明利益冲突，其评估意见不计入",
            CHECK,
        )
        .with("ballot", ballot),
        R::IsBarred { ballot } => Refusal::new(
            rules::STANDING,
            "专家因信用记录不得参加评估，其评估意见不计入",
            CHECK,
        )
        .with("ballot", ballot),
        R::NothingSealed { ballot } => {
            Refusal::new(rules::SEALED, "这张选票没有登记过密封的评估意见", CHECK)
                .with("ballot", ballot)
        }
        R::Rank(fault) => {
            Refusal::new(rules::LIST, "评分无法汇总排序", "请联系运维人员").with("fault", fault)
        }
        _ => unforeseen(),
    }
}

fn unforeseen() -> Refusal {
    Refusal::new(
        rules::LIFECYCLE,
        "政策或抽取记录中的数值超出范围",
        "请联系运维人员核对政策文件",
    )
}

fn names(items: impl IntoIterator<Item = impl ToString>) -> String {
    items
        .into_iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

fn chinese<'a>(regions: impl IntoIterator<Item = &'a Region>) -> String {
    let names: std::collections::BTreeSet<_> = regions.into_iter().map(Region::name).collect();
    names.into_iter().collect::<Vec<_>>().join("、")
}

/// Names everything that is missing, and from whom.
fn closing(outstanding: &Outstanding) -> Refusal {
    let mut parts = Vec::new();
    if !outstanding.unanswered.is_empty() {
        let homes = chinese(outstanding.unanswered.values());
        parts.push(format!(
            "{}项需求尚未完成回避（{homes}）",
            outstanding.unanswered.len()
        ));
    }
    if !outstanding.vacancies.is_empty() {
        parts.push(format!(
            "{}项需求的专家组有缺额",
            outstanding.vacancies.len()
        ));
    }
    if !outstanding.ballots.is_empty() {
        let homes = chinese(outstanding.ballots.values());
        parts.push(format!(
            "缺{}份评估意见（{homes}）",
            outstanding.ballots.len()
        ));
    }
    if let Some(deadline) = outstanding.deadline {
        parts.push(format!("意见未收齐且评估截止日{deadline}未过"));
    }
    if !outstanding.unheard.is_empty() {
        let regions = chinese(&outstanding.unheard);
        parts.push(format!("尚未收到{regions}截止时点之后的消息"));
    }
    let mut refusal = Refusal::new(
        rules::CLOSING,
        format!("轮次尚不能关闭：{}", parts.join("；")),
        "请待上述事项收齐，或截止后由推进组逐一注明理由后继续",
    )
    .with(
        "demands",
        names(
            outstanding
                .unanswered
                .keys()
                .chain(outstanding.vacancies.keys()),
        ),
    )
    .with("ballots", names(outstanding.ballots.keys()))
    .with("unheard", names(&outstanding.unheard))
    .with("regions", names(outstanding.regions()));
    if let Some(deadline) = outstanding.deadline {
        refusal = refusal.with("deadline", deadline);
    }
    refusal
}

fn still_sealed(ballots: &BTreeMap<BallotId, Region>) -> Refusal {
    Refusal::new(
        rules::SEALED,
        format!(
            "还有{}份评估意见未开启（{}）",
            ballots.len(),
            chinese(ballots.values())
        ),
        "请待专家所在地节点开启，或由推进组逐一注明理由后继续",
    )
    .with("ballots", names(ballots.keys()))
    .with(
        "regions",
        names(ballots.values().collect::<std::collections::BTreeSet<_>>()),
    )
}
