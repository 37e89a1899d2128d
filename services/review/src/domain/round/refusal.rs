//! What people are told when a round says no: a Chinese sentence, its rule, what to do.

use regulation::{ApplicationId, Money, Refusal, Region, Rule, rules::SUPPORT_RATIO_MAX};

use super::{super::rules, Outstanding, RoundRejection};

impl From<RoundRejection> for Refusal {
    fn from(rejection: RoundRejection) -> Self {
        use RoundRejection as R;
        match rejection {
            R::Draw(refused) => refused.into(),
            R::Seed(fault) => fault.into(),
            R::Replace(refused) => refused.into(),
            R::Ballot(fault) => fault.into(),
            R::TooMany(refusal) => *refusal,
            R::Outstanding(outstanding) => closing(&outstanding),
            rejection => about_opening(rejection),
        }
    }
}

/// Refusals of those who open a round.
fn about_opening(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::NotTheHub => Refusal::new(
            rules::ON_THE_HUB,
            "本节点不办理评审轮次",
            "请在推进组节点办理",
        ),
        R::NoPolicy => Refusal::new(
            rules::POLICY_IN_FORCE,
            "当前没有有效的政策版本，不能开启评审轮次",
            "请待新的政策版本生效后办理",
        ),
        R::DeadlineInThePast { deadline, today } => {
            Refusal::new(rules::DEADLINE, "评审截止日早于今天", "请重新设定截止日")
                .with("deadline", deadline)
                .with("today", today)
        }
        R::EmptyBatch => Refusal::new(
            rules::BATCH,
            "这些领域没有可纳入本轮的申报",
            "请待申报通过形式审查后再开启轮次，或调整领域；已开启的轮次请予退回",
        ),
        R::UnknownField(field) => Refusal::new(
            rules::PLACES,
            format!("现行政策不支持“{field}”领域"),
            "请在政策列明的领域中选择",
        )
        .with("field", field),
        R::NoPlaces(field) => Refusal::new(
            rules::PLACES,
            format!("没有为“{field}”领域确定名额"),
            "请为每个领域确定名额并说明理由",
        )
        .with("field", field),
        R::UnknownGuide(guide) => Refusal::new(
            rules::GUIDE_CEILING,
            "有申报所依据的指南尚未在本节点登记",
            "请待指南发布消息送达后再开启轮次",
        )
        .with("guide", guide),
        rejection => about_running(rejection),
    }
}

/// Refusals of those who run a round.
fn about_running(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::WrongState { needed } => Refusal::new(
            rules::LIFECYCLE,
            format!("当前状态不能办理此事，轮次应{needed}"),
            "请刷新后查看轮次状态",
        ),
        R::NothingToApprove => Refusal::new(
            regulation::rules::REVIEW_ROUNDS_PER_YEAR,
            "本轮次符合评审频次要求，无需批准",
            "可直接抽取专家",
        ),
        R::OwnRound => Refusal::new(
            rules::TWO_PEOPLE,
            "开启轮次的人不能批准其例外",
            "请由工作专班的另一人批准",
        ),
        R::NobodyInPool => Refusal::new(
            rules::NATIONAL_POOL,
            "国家科技专家库中没有可评审本轮申报的专家，不能抽取",
            "请各地从国家科技专家库导入本轮领域的专家后抽取",
        ),
        R::Input(fault) => Refusal::new(
            panel::PANEL_LIMITS,
            "抽取参数或专家库资料有误，不能抽取",
            "请调整专家组人数等参数，或由专家所在地更新资料后重试",
        )
        .with("fault", fault),
        R::NothingToWaive => Refusal::new(
            rules::CLOSING,
            "所指事项并不缺失，无需豁免或更换",
            "请刷新后查看轮次状态",
        ),
        rejection => about_origin(rejection),
    }
}

/// Refusals of what other nodes say.
fn about_origin(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    const CHECK: &str = "请评审管理机构与相关节点核对记录";
    match rejection {
        R::NotInBatch { application } => {
            Refusal::new(rules::BATCH, "这项申报不在本轮中", CHECK).with("application", application)
        }
        R::NotItsHome { home, origin } => {
            Refusal::new(rules::HOME, "消息来自无权就此发声的节点", CHECK)
                .with("home", home)
                .with("origin", origin)
        }
        R::NotDrawn { sheet } => {
            Refusal::new(rules::DRAWN_ONLY, "本轮没有抽取这份评审表", CHECK).with("sheet", sheet)
        }
        R::CompletedTwice { sheet } => {
            Refusal::new(rules::ONCE, "这份评审表此前已登记", CHECK).with("sheet", sheet)
        }
        R::InConflict { sheet } => Refusal::new(
            rules::CONFLICT,
            "专家已声明利益冲突，其评审意见不计入",
            CHECK,
        )
        .with("sheet", sheet),
        R::IsBarred { sheet } => Refusal::new(
            rules::STANDING,
            "专家因信用记录不得参加评审，其评审意见不计入",
            CHECK,
        )
        .with("sheet", sheet),
        R::OtherDocument { decision } => Refusal::new(
            rules::ESTABLISHMENT,
            "生效的决策与本轮提出的拟立项建议不一致",
            CHECK,
        )
        .with("decision", decision),
        R::Rank(fault) => {
            Refusal::new(rules::RANKING, "评分无法汇总排序", "请联系运维人员").with("fault", fault)
        }
        rejection => about_proposal(rejection),
    }
}

/// Refusals of the establishment proposal.
fn about_proposal(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::NotRanked { application } => Refusal::new(
            rules::RANKING,
            "这项申报没有排名：没有计入的评审表，或已撤回",
            "请从建议中去掉这项申报",
        )
        .with("application", application),
        R::ReasonWanted {
            application,
            within,
        } => {
            let message = if within {
                "名额内的申报未列入拟立项，应说明理由"
            } else {
                "名额外的申报列入拟立项，应说明理由"
            };
            Refusal::new(rules::RANKING, message, "请补充理由，或按排名提出")
                .with("application", application)
        }
        R::PassedOver { application } => Refusal::new(
            rules::RANKING,
            "有名额内或排名在前的申报未作说明",
            "请对排名在前的每项申报给出支持金额，或说明未列入的理由",
        )
        .with("application", application),
        R::TooManyEstablished {
            field,
            places,
            established,
        } => Refusal::new(
            rules::RANKING,
            format!("“{field}”领域拟立项{established}项，超过名额{places}项"),
            "请按名额减少拟立项的申报",
        )
        .with("places", places)
        .with("established", established),
        rejection => about_confirming(rejection),
    }
}

/// Refusals of who confirms it.
fn about_confirming(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::OwnProposal => Refusal::new(
            rules::TWO_PEOPLE,
            "提出人不能确认自己提出的拟立项建议",
            "请由另一人确认",
        ),
        R::WithdrawnSince { application } => Refusal::new(
            rules::ESTABLISHMENT,
            "提出建议后有申报已撤回",
            "请重新提出拟立项建议",
        )
        .with("application", application),
        rejection => about_money(rejection),
    }
}

/// Refusals of amounts.
fn about_money(rejection: RoundRejection) -> Refusal {
    use RoundRejection as R;
    match rejection {
        R::OverRatio {
            application,
            support,
            most,
        } => over(
            SUPPORT_RATIO_MAX,
            "项目投入的规定比例",
            application,
            support,
            most,
        ),
        R::OverCeiling {
            application,
            support,
            most,
        } => over(rules::GUIDE_CEILING, "指南上限", application, support, most),
        R::OverRequest {
            application,
            support,
            most,
        } => over(rules::REQUESTED, "申请额", application, support, most),
        R::OverBudget {
            region,
            total,
            budget,
        } => Refusal::new(
            rules::BUDGET,
            format!("{}拟支持合计{total}，超过预算{budget}", region.name()),
            "请调减支持资金，或由所在地科技厅（委）追加预算",
        )
        .with("region", region)
        .with("total", total)
        .with("budget", budget),
        _ => Refusal::new(
            rules::LIFECYCLE,
            "政策或抽取记录中的数值超出范围",
            "请联系运维人员核对政策文件",
        ),
    }
}

fn over(
    rule: Rule,
    what: &str,
    application: ApplicationId,
    support: Money,
    most: Money,
) -> Refusal {
    let message = format!("支持资金{support}超过{what}，最多{most}");
    Refusal::new(rule, message, "请调减支持资金")
        .with("application", application)
        .with("support", support)
        .with("most", most)
}

fn names(items: impl IntoIterator<Item = impl ToString>) -> String {
    let names: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    names.join(",")
}

fn chinese<'a>(regions: impl IntoIterator<Item = &'a Region>) -> String {
    let names: std::collections::BTreeSet<_> = regions.into_iter().map(Region::name).collect();
    names.into_iter().collect::<Vec<_>>().join("、")
}

/// Names everything that is missing, and from whom.
fn closing(outstanding: &Outstanding) -> Refusal {
    let mut parts = Vec::new();
    if !outstanding.vacancies.is_empty() {
        let number = outstanding.vacancies.len();
        parts.push(format!("{number}项申报的专家组有缺额"));
    }
    if !outstanding.sheets.is_empty() {
        let homes = chinese(outstanding.sheets.values());
        parts.push(format!("缺{}份评审表（{homes}）", outstanding.sheets.len()));
    }
    if let Some(deadline) = outstanding.deadline {
        parts.push(format!("评审表未收齐且评审截止日{deadline}未过"));
    }
    if !outstanding.unheard.is_empty() {
        let regions = chinese(&outstanding.unheard);
        parts.push(format!("尚未收到{regions}截止时点之后的消息"));
    }
    let refusal = Refusal::new(
        rules::CLOSING,
        format!("轮次尚不能关闭：{}", parts.join("；")),
        "请待上述事项收齐，或截止后由评审管理机构逐一注明理由后继续",
    )
    .with("applications", names(outstanding.vacancies.keys()))
    .with("sheets", names(outstanding.sheets.keys()))
    .with("unheard", names(&outstanding.unheard))
    .with("regions", names(outstanding.regions()));
    match outstanding.deadline {
        Some(deadline) => refusal.with("deadline", deadline),
        None => refusal,
    }
}
