//! Refusals about the list proposal.

use regulation::Refusal;

use super::{super::super::rules, RoundRejection, unforeseen};

pub(super) fn refusal(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::QuotasStand => Refusal::new(
            rules::NEW_VERSION,
            "名额在开启轮次时已确定，清单建议未被退回前不得调整",
            "请按原定名额提出清单建议",
        ),
        R::SameList => Refusal::new(
            rules::NEW_VERSION,
            "新版清单建议与被退回的版本相同",
            "请按退回意见调整名额并说明理由，或终止本轮次",
        ),
        R::OtherList => Refusal::new(
            rules::NEW_VERSION,
            "生效的决策针对的不是当前版本的清单建议",
            "请推进组核对决策与轮次记录",
        ),
        R::Choices { places, chosen } => Refusal::new(
            rules::TIE,
            format!("并列需求仅余{places}个名额，选定了{chosen}项"),
            "请按剩余名额选定，或暂不选定",
        )
        .with("places", places)
        .with("chosen", chosen),
        R::NotTied { demand } => Refusal::new(
            rules::TIE,
            "所选需求并非名额边界上的并列需求",
            "请只在得分完全相同、名额不足的需求中选定",
        )
        .with("demand", demand),
        _ => unforeseen(),
    }
}
