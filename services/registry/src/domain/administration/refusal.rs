//! How the registry says no where it is about who acts for a unit.

use regulation::{Refusal, RefusalKind};

use super::{DELEGATES_MAX, Rejection};
use crate::domain::rules;

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnitNotHere => Refusal::new(
                rules::REGISTERED,
                "该单位没有在本节点登记，或已停用",
                "请由登记该单位的节点办理",
            ),
            Rejection::Named => Refusal::new(
                rules::HANDOVER,
                "该单位已有管理员",
                "请由现任管理员移交，或由审批人说明理由后更换",
            ),
            Rejection::Nobody => Refusal::new(
                rules::REPRESENTATIVE,
                "该单位还没有管理员",
                "请先由所在地经办人指定管理员",
            ),
            Rejection::NotAdministrator => Refusal::new(
                rules::REPRESENTATIVE,
                "您不是该单位的管理员",
                "请由该单位的管理员办理",
            )
            .kind(RefusalKind::Forbidden),
            other => handover_refusal(other),
        }
    }
}

fn handover_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotOffered => Refusal::new(
            rules::HANDOVER,
            "现任管理员没有向您移交",
            "请由现任管理员先提出移交，或由审批人说明理由后更换",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::Themselves => Refusal::new(
            rules::HANDOVER,
            "此人已是该单位的管理员",
            "请填写另一个账号",
        ),
        Rejection::Until(latest) => Refusal::new(
            rules::DELEGATE_TERM,
            "委托的截止日期应在今天至一年之内",
            format!("请填写不晚于 {latest} 的日期"),
        )
        .with("latest", latest),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::DELEGATE_TERM,
            format!("一个单位最多有 {DELEGATES_MAX} 个有效的受托人"),
            "请先取消不再需要的委托",
        )
        .with("delegates_max", DELEGATES_MAX),
    }
}
