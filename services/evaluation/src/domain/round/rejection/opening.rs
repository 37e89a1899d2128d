//! Refusals to open a round.

use regulation::Refusal;

use super::{super::super::rules, RoundRejection, chinese, names, unforeseen};

pub(super) fn refusal(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::NotRecommended { demand } => Refusal::new(
            rules::RECOMMENDED,
            "有需求未经所在省（市）推荐，或在推荐截止日之后推荐",
            "请待所在地预审并推荐后纳入下一轮次",
        )
        .with("demand", demand),
        R::CutOffAhead { cut_off } => Refusal::new(
            rules::CUT_OFF,
            format!("推荐截止日{cut_off}尚未过"),
            "请在截止日之后开启轮次，或改用已过的截止日",
        )
        .with("cut_off", cut_off),
        R::UnheardOf { cut_off, unheard } => Refusal::new(
            rules::CUT_OFF,
            format!(
                "尚未收到{}在推荐截止日{cut_off}之后的消息",
                chinese(&unheard)
            ),
            "请待其恢复联系，或逐一注明理由后继续",
        )
        .with("cut_off", cut_off)
        .with("unheard", names(&unheard)),
        R::Chase => Refusal::new(
            rules::SILENCE,
            "催办日数应至少为1日且小于回应期限日数",
            "请重新设定催办和回应期限，或均不设定",
        ),
        R::UnknownField(field) => Refusal::new(
            rules::QUOTA,
            format!("“{field}”不是本轮或现行政策的领域"),
            "请在政策列明、本轮涉及的领域中选择",
        )
        .with("field", field),
        R::NoQuota(field) => Refusal::new(
            rules::QUOTA,
            format!("没有为“{field}”领域确定名额"),
            "请为每个领域确定名额并说明理由",
        )
        .with("field", field),
        _ => unforeseen(),
    }
}
