//! The numbers of a policy as people read them.

use regulation::{Amount, Criterion, DecisionKind, Field, Policy, ReportPeriod, Role, Shown};

use crate::{regions, words};

/// A part of the policy file: its heading, and its keys with what each is called.
pub(super) type Part = (&'static str, &'static [(&'static str, &'static str)]);

/// Every key that stands for a number, in the regulation's order.
pub(super) const PARTS: &[Part] = &[
    (
        "范围",
        &[
            ("members", "共同组织的成员"),
            ("fields", "支持领域"),
            ("milestone_fields", "可按里程碑分段推进的领域"),
            ("breakthrough_months", "预期取得突破的月数"),
        ],
    ),
    (
        "需求评估",
        &[
            ("evaluation_criteria", "评估标准及权重"),
            ("evaluation_panel_size", "每项需求的评估专家"),
            ("alternates", "候补专家"),
            ("ballots_trim_from", "去掉最高、最低分的起始票数"),
            ("disagreement_threshold", "提示专家分歧的分差"),
        ],
    ),
    (
        "共同决策",
        &[("publicity_days", "公示期"), ("approvers", "由谁批准")],
    ),
    (
        "征集与对接",
        &[
            ("publication", "对外发布时的简化"),
            ("feedback_period_days", "向需求方反馈方案的周期"),
            ("call_days_min", "征集期最短"),
        ],
    ),
    (
        "申报与形式审查",
        &[
            ("regions_min", "联合体来自的成员地区，至少"),
            ("correction_days", "补正期限"),
            ("correction_rounds_max", "补正次数，至多"),
        ],
    ),
    (
        "项目评审",
        &[
            ("review_rounds_per_year", "每年评审轮次"),
            ("review_criteria", "评审标准及权重"),
            ("review_panel_size", "每项申报的评审专家"),
            ("panel_regions_min", "评审组来自的地区，至少"),
            ("panel_employer_max", "同一单位的专家，至多"),
            ("panel_lead_region_max", "牵头方所在地区的专家，至多"),
            ("expert_load_max", "每位专家每轮评审，至多"),
            ("evaluators_may_review", "评估专家可否参加评审"),
        ],
    ),
    (
        "资金",
        &[
            ("support_ratio_max", "支持资金占项目投资的比例，不高于"),
            (
                "subtask_payment_ratio_min",
                "验收前向子课题单位拨付的比例，不低于",
            ),
            ("payment_two_person", "拨付由两人分别经办和审批"),
            ("payment_director_from", "须由审批人批准的拨付金额，自"),
            ("receipt_silence_days", "收款方未确认时以银行回单为准的天数"),
        ],
    ),
    (
        "实施与验收",
        &[
            ("duration_months_max", "项目期限，至多"),
            ("acceptance_preparation_months", "到期前准备验收"),
            ("report_period", "年度报告的年度"),
            ("report_due_days", "年度报告提交期限"),
            ("report_reminder_days", "提前提醒"),
            ("acceptance_criteria", "验收标准及权重"),
        ],
    ),
    (
        "信用记录",
        &[
            ("credit_appeal_days", "申诉期限"),
            ("credit_record_months", "信用记录有效期"),
        ],
    ),
];

/// What the policy says of one key, as a line or several; nothing for a key that is no number.
pub(super) fn lines(policy: &Policy, key: &str) -> Option<Vec<String>> {
    let one = |text: String| Some(vec![text]);
    match key {
        "members" => {
            let mut members: Vec<_> = policy.members.iter().collect();
            members.sort_by_key(|region| regions::place(region.as_str()));
            one(joined(members.iter().map(|region| region.name())))
        }
        "fields" => one(joined(&policy.fields)),
        "milestone_fields" => one(joined(&policy.milestone_fields)),
        "breakthrough_months" => one(format!("{} 个月", policy.breakthrough_months)),
        "evaluation_criteria" => Some(criteria(&policy.evaluation_criteria)),
        "approvers" => Some(approvers(policy)),
        "review_rounds_per_year" => one(format!("{} 轮", policy.review_rounds_per_year)),
        "review_criteria" => Some(criteria(&policy.review_criteria)),
        "evaluators_may_review" => one(yes(policy.evaluators_may_review)),
        "support_ratio_max" => one(policy.support_ratio_max.to_string()),
        "subtask_payment_ratio_min" => one(policy.subtask_payment_ratio_min.to_string()),
        "payment_two_person" => one(yes(policy.payment_two_person)),
        "payment_director_from" => one(words::money(policy.payment_director_from)),
        "report_period" => one(match policy.report_period {
            ReportPeriod::CalendarYear => "自然年度".to_owned(),
            ReportPeriod::ProjectYear => "项目年度（自合同起每十二个月）".to_owned(),
        }),
        "acceptance_criteria" => Some(criteria(&policy.acceptance_criteria)),
        "publication" => Some(
            policy
                .fields
                .iter()
                .map(|field| simplified(policy, field))
                .collect(),
        ),
        _ => count(policy, key).map(|text| vec![text]),
    }
}

/// The plain numbers with what they count.
fn count(policy: &Policy, key: &str) -> Option<String> {
    let (number, unit) = match key {
        "evaluation_panel_size" => (policy.evaluation_panel_size.to_string(), "人"),
        "alternates" => (policy.alternates.to_string(), "人"),
        "ballots_trim_from" => (policy.ballots_trim_from.to_string(), "票"),
        "disagreement_threshold" => (policy.disagreement_threshold.to_string(), "分"),
        "publicity_days" => (policy.publicity_days.to_string(), "个工作日"),
        "feedback_period_days" => (policy.feedback_period_days.to_string(), "天"),
        "call_days_min" => (policy.call_days_min.to_string(), "天"),
        "regions_min" => (policy.regions_min.to_string(), "个"),
        "correction_days" => (policy.correction_days.to_string(), "个工作日"),
        "correction_rounds_max" => (policy.correction_rounds_max.to_string(), "次"),
        "review_panel_size" => (policy.review_panel_size.to_string(), "人"),
        "panel_regions_min" => (policy.panel_regions_min.to_string(), "个"),
        "panel_employer_max" => (policy.panel_employer_max.to_string(), "人"),
        "panel_lead_region_max" => (policy.panel_lead_region_max.to_string(), "人"),
        "expert_load_max" => (policy.expert_load_max.to_string(), "项"),
        "receipt_silence_days" => (policy.receipt_silence_days.to_string(), "天"),
        "duration_months_max" => (policy.duration_months_max.to_string(), "个月"),
        "acceptance_preparation_months" => {
            (policy.acceptance_preparation_months.to_string(), "个月")
        }
        "report_due_days" => (policy.report_due_days.to_string(), "天"),
        "report_reminder_days" => (policy.report_reminder_days.to_string(), "天"),
        "credit_appeal_days" => (policy.credit_appeal_days.to_string(), "天"),
        "credit_record_months" => (policy.credit_record_months.to_string(), "个月"),
        _ => return None,
    };
    Some(format!("{number} {unit}"))
}

fn joined(parts: impl IntoIterator<Item = impl ToString>) -> String {
    let parts: Vec<_> = parts.into_iter().map(|part| part.to_string()).collect();
    if parts.is_empty() {
        return "无".to_owned();
    }
    parts.join("、")
}

fn yes(it_is: bool) -> String {
    if it_is { "是" } else { "否" }.to_owned()
}

fn criteria(criteria: &[Criterion]) -> Vec<String> {
    let line = |one: &Criterion| format!("{} {}%", one.name, one.weight);
    criteria.iter().map(line).collect()
}

fn approvers(policy: &Policy) -> Vec<String> {
    [
        (DecisionKind::List, "重点揭榜任务清单"),
        (DecisionKind::Guide, "申报指南"),
        (DecisionKind::Establishment, "拟立项建议名单"),
        (DecisionKind::ResultCriteria, "成果评价机制"),
        (DecisionKind::Admission, "成员接入"),
        (DecisionKind::Policy, "政策版本"),
        (DecisionKind::Interpretation, "解释"),
    ]
    .into_iter()
    .map(|(kind, title)| {
        let who = match policy.approver(kind) {
            Role::TaskForce => "工作专班",
            Role::Secretariat => "推进组",
            Role::Director => "科技厅（委）审批人",
            _ => "政策指定的角色",
        };
        format!("{title}：{who}")
    })
    .collect()
}

/// What of a demand of the field is not shown in full. [Art. 10]
fn simplified(policy: &Policy, field: &Field) -> String {
    let template = policy.publication.of(field);
    let mut parts = Vec::new();
    for (text, shown) in [
        ("攻关任务", template.mission),
        ("研究内容", template.content),
        ("考核指标", template.indicators),
    ] {
        if let Shown::Cut(most) = shown {
            parts.push(format!("{text}至多 {most} 字"));
        }
    }
    if template.investment != Amount::Exact {
        parts.push("投资以区间公布".to_owned());
    }
    if !template.milestones {
        parts.push("里程碑不公布".to_owned());
    }
    if parts.is_empty() {
        parts.push("全文".to_owned());
    }
    format!("{field}：{}", parts.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_policy_file_is_on_the_page_with_its_rule() {
        let policy = Policy::parse(regulation::YRD_2023_1).unwrap();
        let shown: Vec<&str> = PARTS
            .iter()
            .flat_map(|(_, keys)| keys.iter().map(|(key, _)| *key))
            .collect();
        for (key, _) in Policy::rules() {
            // The version and its days head the page; weights stand with their criteria.
            let elsewhere = ["version", "in_force_from", "in_force_until"].contains(key)
                || key.ends_with(".weight");
            assert_eq!(shown.contains(key), !elsewhere, "{key}");
        }
        for key in shown {
            let lines = lines(&policy, key).unwrap();
            assert!(
                !lines.is_empty() && lines.iter().all(|line| !line.is_empty()),
                "{key}"
            );
            assert!(Policy::rule(key).is_some(), "{key}");
        }
        assert_eq!(lines(&policy, "support_ratio_max").unwrap(), ["30%"]);
        assert_eq!(
            lines(&policy, "members").unwrap(),
            ["上海、江苏、浙江、安徽"]
        );
        assert_eq!(lines(&policy, "publicity_days").unwrap(), ["5 个工作日"]);
        let shown = lines(&policy, "publication").unwrap();
        assert!(
            shown.contains(&"集成电路：投资以区间公布".to_owned()),
            "{shown:?}"
        );
        assert!(shown.contains(&"人工智能：全文".to_owned()), "{shown:?}");
        assert_eq!(lines(&policy, "nothing"), None);
    }
}
