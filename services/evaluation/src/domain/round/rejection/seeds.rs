//! Refusals about seeds.

use regulation::Refusal;

use super::{super::super::rules, RoundRejection, unforeseen};

pub(super) fn refusal(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::NotWithheld { region } => Refusal::new(
            rules::SEED_RECOVERY,
            format!("{}的种子并不缺失，或未请各方开启其份额", region.name()),
            "请刷新后查看种子状态",
        )
        .with("region", region),
        R::NoShares { region } => Refusal::new(
            rules::SEED_RECOVERY,
            format!("没有足够的成员保管{}的种子份额", region.name()),
            "请催办该成员，或注明理由后不计入其种子",
        )
        .with("region", region),
        R::RecoverFirst { region } => Refusal::new(
            rules::SEED_RECOVERY,
            format!("{}的种子可由其他成员保管的份额开启", region.name()),
            "请先请各方开启份额；仍不能开启的，再注明理由后不计入",
        )
        .with("region", region),
        R::OtherShares { region } => Refusal::new(
            rules::SEED_SHARES,
            format!("{}没有把种子份额交给全部其他成员", region.name()),
            "请推进组与该成员核对抽取记录",
        )
        .with("region", region),
        _ => unforeseen(),
    }
}
