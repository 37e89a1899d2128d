//! How what the machine finds wrong is said, with its rule and what to do.

use chassis::Barred;
use regulation::{Money, Refusal, Region};

use super::Fault;
use crate::domain::{pool_entry::Place, rules};

impl Fault {
    /// The fault as an answer.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::OutsideWindow { from, until, day } => Refusal::new(
                rules::WINDOW,
                format!("申报期限为 {from} 至 {until}，今日为 {day}"),
                "请在申报期限内提交，或等待下一期指南",
            )
            .with("from", from)
            .with("until", until),
            Self::UnknownTopic => Refusal::new(
                rules::TOPIC,
                "指南中没有这一课题",
                "请从已发布的指南中选择课题",
            ),
            Self::NotInPool(place) => not_in_pool(place),
            Self::LeadNotDemander => Refusal::new(
                rules::LEAD_IS_DEMANDER,
                "牵头单位不是该课题的需求方",
                "请由需求方牵头申报，其他单位可作为子课题承担或参与单位",
            ),
            Self::LeadOutside { region, guest } => {
                let whose = if *guest { "来宾单位" } else { "单位" };
                Refusal::new(
                    rules::LEAD_IN_MEMBERS,
                    format!("牵头单位是{}登记的{whose}，不在三省一市", region.name()),
                    "请由三省一市的单位牵头",
                )
                .with("region", region)
            }
            Self::OneLead(unit) => Refusal::new(
                rules::ROLES,
                "牵头单位应有且只有一个",
                "请调整各承担单位的角色",
            )
            .with("unit_id", unit),
            Self::TooFewRegions { regions, least } => {
                let names: Vec<_> = regions.iter().map(Region::name).collect();
                Refusal::new(
                    rules::REGIONS_MIN,
                    format!(
                        "承担单位只来自{}个成员地区（{}），少于 {least} 个",
                        regions.len(),
                        names.join("、")
                    ),
                    "请邀请其他省市登记的单位共同承担；来宾单位不计入",
                )
                .with("regions", regions.len())
                .with("least", least)
            }
            other => other.of_units(),
        }
    }

    fn of_units(&self) -> Refusal {
        match self {
            Self::OtherSolvers => Refusal::new(
                rules::SOLVER_TAKES_PART,
                "需求解决方与储备库中选定的不一致",
                "请重新打包申报书，以取得最新的揭榜结果",
            ),
            Self::TaskWithoutSolver(task) => Refusal::new(
                rules::SOLVER_TAKES_PART,
                "有已揭榜的任务没有列明需求解决方",
                "请由需求方所在节点核对揭榜结果",
            )
            .with("task_id", task),
            Self::SolverMissing(unit) => Refusal::new(
                rules::SOLVER_TAKES_PART,
                "选定的需求解决方不在承担单位中",
                "请将其列为子课题承担单位",
            )
            .with("unit_id", unit),
            Self::SolverNotSubtask(unit) => Refusal::new(
                rules::SOLVER_TAKES_PART,
                "选定的需求解决方不是子课题承担单位",
                "请将其角色改为子课题承担单位",
            )
            .with("unit_id", unit),
            Self::TeamMissing(unit) => Refusal::new(
                rules::SOLVER_TEAM,
                "解决方团队中有单位未列入承担单位",
                "请将其列为子课题承担单位或参与单位",
            )
            .with("unit_id", unit),
            Self::NotRegistered(unit) => Refusal::new(
                rules::UNIT_REGISTERED,
                "有承担单位未登记、已停用，或所在地与登记不一致",
                "请核对单位登记，或移出该单位后重新加入",
            )
            .with("unit_id", unit),
            Self::Barred { unit, by } => {
                barred("承担单位", "请调整承担单位", by).with("unit_id", unit)
            }
            Self::PersonBarred { person, post, by } => {
                barred(post.name(), "请更换人员", by).with("person_key", person)
            }
            Self::NoPart(unit) => Refusal::new(
                rules::PART_PROVIDED,
                "有承担单位尚未按其角色填报本单位的部分",
                "请该单位在其所在节点填报后再打包",
            )
            .with("unit_id", unit),
            other => other.of_money(),
        }
    }

    fn of_money(&self) -> Refusal {
        match self {
            Self::BudgetSum {
                support,
                asked,
                whole,
                investment,
            } => {
                let shown = |sum: &Option<Money>| {
                    sum.map_or_else(|| "超出可计范围".to_owned(), |sum| sum.to_string())
                };
                let (support_shown, whole_shown) = (shown(support), shown(whole));
                Refusal::new(
                    rules::BUDGET_SUM,
                    format!(
                        "各单位预算中支持资金合计 {support_shown}（申请 {asked}），\
                         全部经费合计 {whole_shown}（总投入 {investment}）"
                    ),
                    "请各单位核对预算，或调整总投入与申请支持资金，应分毫不差",
                )
                .with("support_fen", asked.fen())
                .with("investment_fen", investment.fen())
            }
            Self::SupportRatio { support, most } => Refusal::new(
                rules::SUPPORT_RATIO,
                format!("申请支持资金 {support}，超过上限 {most}"),
                "请调减申请支持资金，或增加总投入",
            )
            .with("support_fen", support.fen())
            .with("most_fen", most.fen()),
            Self::Ceiling { support, ceiling } => Refusal::new(
                rules::CEILING,
                format!("申请支持资金 {support}，超过指南上限 {ceiling}"),
                "请调减申请支持资金",
            )
            .with("support_fen", support.fen())
            .with("ceiling_fen", ceiling.fen()),
            Self::Contract { unit, count } => Refusal::new(
                rules::CONTRACTS,
                format!("有单位的技术合同为 {count} 份，或金额为零，或不应有技术合同"),
                "请为每个子课题承担单位填写一份技术合同，其他单位不填",
            )
            .with("unit_id", unit)
            .with("contracts", count),
            Self::ContractsTooMuch { investment, .. } => Refusal::new(
                rules::CONTRACTS,
                format!("技术合同额合计超过总投入 {investment}"),
                "请核对技术合同额与总投入",
            )
            .with("investment_fen", investment.fen()),
            other => other.of_content(),
        }
    }

    fn of_content(&self) -> Refusal {
        match self {
            Self::Duration {
                months,
                most,
                reasoned,
            } => Refusal::new(
                rules::DURATION,
                format!("实施周期 {months} 个月，超过 {most} 个月"),
                if *reasoned {
                    "理由已填写，须经所在地科技厅（委）审批人批准"
                } else {
                    "请缩短周期，或填写理由并报所在地科技厅（委）审批人批准"
                },
            )
            .with("months", months)
            .with("most", most),
            Self::NoLeader => Refusal::new(rules::TEAM, "没有项目负责人", "请填写项目负责人"),
            Self::LeaderNotOfLead => Refusal::new(
                rules::TEAM,
                "项目负责人不在牵头单位填报的人员中",
                "请在牵头单位的部分中列入项目负责人",
            ),
            Self::TeamNotInParts(strangers) => Refusal::new(
                rules::TEAM,
                format!("核心团队中有 {strangers} 人不在任何承担单位填报的人员中"),
                "请核对核心团队，或请所在单位补充人员",
            )
            .with("strangers", strangers),
            Self::SecondLive(other) => Refusal::new(
                rules::ONE_LIVE,
                "该负责人在本期指南下已有一项在办申报",
                "请更换负责人，或先撤回另一项申报",
            )
            .with("application_id", other),
            Self::NoIndicators => Refusal::new(rules::INDICATORS, "没有考核指标", "请填写考核指标"),
            Self::Shares(sum) => Refusal::new(
                rules::SHARES,
                format!(
                    "知识产权份额合计 {}.{:02}%，或含有非承担单位",
                    sum / 100,
                    sum % 100
                ),
                "请核对各单位份额，合计应为 100%",
            )
            .with("basis_points", sum),
            Self::NotAskedFor(section) => Refusal::new(
                rules::CORRECTION_SCOPE,
                format!("“{}”不在要求补正的内容中，不能修改", section.name()),
                "请恢复原内容，只修改要求补正的部分",
            ),
            // The only one left; the others are worded above.
            _ => Refusal::new(
                rules::COMMITMENT,
                "牵头单位没有作出承诺",
                "请确认申报内容真实、未重复申请支持后勾选承诺",
            ),
        }
    }
}

fn not_in_pool(place: &Place) -> Refusal {
    let (message, remedy) = match place {
        Place::Withdrawn => (
            "该课题对应的需求已由需求方撤回，课题随之关闭",
            "请选择其他课题",
        ),
        Place::Left => (
            "该课题对应的需求已退出储备库：已没有成立的揭榜意向，需求仍然有效",
            "请重新完成揭榜并经审核入库后再申报",
        ),
        Place::Never | Place::In(_) => (
            "该课题对应的需求未纳入储备库",
            "请完成揭榜并经审核入库后再申报",
        ),
    };
    Refusal::new(rules::IN_POOL, message, remedy)
}

/// Somebody whom a credit record keeps out. [Art. 20]
pub(crate) fn barred(whom: &str, instead: &str, by: &Barred) -> Refusal {
    let Barred { until, record } = by;
    Refusal::new(
        rules::NOT_BARRED,
        format!("有{whom}存在生效中的限制性信用记录（{record}），限制期至 {until}（含当日）"),
        format!("{instead}，或于限制期满后再办理；当事方如有异议可在规定期限内申诉"),
    )
    .with("barred_until", until)
    .with("credit_record", record)
}
