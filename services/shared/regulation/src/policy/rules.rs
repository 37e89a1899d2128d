//! Where each number of a policy comes from, who says so and how strictly it binds.
//!
//! The sentence states the rule, the policy file its number.

use crate::{Article, Rule, Source, Strength};

/// A rule that the regulation's text supports but forces on nobody.
const fn may(code: &'static str, articles: &'static [Article], sentence: &'static str) -> Rule {
    Rule {
        code,
        articles,
        source: Source::Text,
        strength: Strength::May,
        sentence,
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $key:literal = $rule:expr;)*) => {
        $($(#[$doc])* pub const $name: Rule = $rule;)*

        /// Every key of a policy file with its rule, in the file's order.
        pub(super) const BY_KEY: &[(&str, Rule)] = &[$(($key, $name)),*];
    };
}

rules! {
    /// The version's own name.
    VERSION "version" = Rule::ours("policy.version", "每个政策版本有唯一名称，案件记录其适用的版本");
    /// First day of force.
    IN_FORCE_FROM "in_force_from" = Rule::text("policy.in-force", &[Article(22)], "政策自施行日起生效");
    /// Last day of force.
    IN_FORCE_UNTIL "in_force_until" = Rule::text("policy.in-force", &[Article(22)], "政策在有效期届满后不再适用");
    /// Who the full members are.
    MEMBERS "members" = Rule::text("policy.members", &[Article(1), Article(6)], "联合攻关由三省一市科技厅（委）共同组织");
    /// Which fields are supported.
    FIELDS "fields" = Rule::text("policy.fields", &[Article(4)], "支持方向围绕集成电路、人工智能、生物医药等重点领域");
    /// Which fields may go by milestones.
    MILESTONE_FIELDS "milestone_fields" = may("policy.milestone-fields", &[Article(4)], "生物医药类可以里程碑式分段推进");
    /// Months to a breakthrough.
    BREAKTHROUGH_MONTHS "breakthrough_months" = Rule::inferred("policy.breakthrough-months", &[Article(4)], "聚焦 2-3 年可取得突破的创新需求").in_principle();
    /// The five criteria, always.
    EVALUATION_CRITERIA "evaluation_criteria" = Rule::text("policy.evaluation-criteria", &[Article(9)], "需求评估围绕国家战略相符性、有效性、清晰度、紧迫性、必要性等方面进行");
    /// The criteria's weights, on which the regulation is silent.
    EVALUATION_WEIGHTS "evaluation_criteria.weight" = Rule::ours("policy.evaluation-weights", "需求评估各项指标的权重由政策版本规定");
    /// Experts per demand.
    EVALUATION_PANEL_SIZE "evaluation_panel_size" = Rule::ours("policy.evaluation-panel-size", "每项需求由规定人数的专家评估");
    /// Alternates per panel.
    ALTERNATES "alternates" = Rule::ours("policy.alternates", "抽取专家时同时抽取候补专家，按次序递补");
    /// When the highest and the lowest are dropped.
    BALLOTS_TRIM_FROM "ballots_trim_from" = Rule::ours("policy.ballots-trim", "评分达到规定份数时去掉一个最高分和一个最低分");
    /// When experts are said to disagree.
    DISAGREEMENT_THRESHOLD "disagreement_threshold" = Rule::ours("policy.disagreement", "专家总分差距达到规定分值时予以提示");
    /// How long a decision is shown to the public.
    PUBLICITY_DAYS "publicity_days" = Rule::ours("policy.publicity-days", "联合决策批准后公示规定的工作日");
    /// Who approves.
    APPROVERS "approvers" = Rule::inferred("policy.approvers", &[Article(9), Article(13), Article(16)], "清单、指南和立项名单按程序报批，由工作专班审批");
    /// How often solutions are fed back.
    FEEDBACK_PERIOD_DAYS "feedback_period_days" = Rule::inferred("policy.feedback-period", &[Article(11)], "推进组将解决方案定期反馈至需求方，周期由政策版本规定");
    /// How long a call stays open.
    CALL_DAYS_MIN "call_days_min" = Rule::ours("policy.call-days", "揭榜任务的征集期不少于规定天数，期满方可选定解决方");
    /// How many regions a consortium needs.
    REGIONS_MIN "regions_min" = Rule::text("policy.regions-min", &[Article(13)], "项目承担单位中应包括三省一市两地及以上的单位");
    /// How long a correction may take.
    CORRECTION_DAYS "correction_days" = Rule::inferred("policy.correction-days", &[Article(14)], "补正材料在一定期限内提交，期限由政策版本规定");
    /// How many corrections there can be.
    CORRECTION_ROUNDS_MAX "correction_rounds_max" = Rule::ours("policy.correction-rounds", "一项申报的补正次数不超过规定次数");
    /// How many review rounds a year has.
    REVIEW_ROUNDS_PER_YEAR "review_rounds_per_year" = Rule::text("policy.review-rounds", &[Article(15)], "原则上，评审频次为 1-2 次/年").in_principle();
    /// What applications are scored by.
    REVIEW_CRITERIA "review_criteria" = Rule::ours("policy.review-criteria", "项目评审指标及权重由政策版本规定");
    /// Experts per application.
    REVIEW_PANEL_SIZE "review_panel_size" = Rule::ours("policy.review-panel-size", "每项申报由规定人数的专家评审");
    /// Regions on a panel.
    PANEL_REGIONS_MIN "panel_regions_min" = Rule::ours("policy.panel-regions", "评审专家组应来自两个及以上地区");
    /// Experts of one employer on a panel.
    PANEL_EMPLOYER_MAX "panel_employer_max" = Rule::ours("policy.panel-employer", "同一专家组中来自同一单位的专家不超过规定人数");
    /// Experts of the lead's region on a panel.
    PANEL_LEAD_REGION_MAX "panel_lead_region_max" = Rule::ours("policy.panel-lead-region", "专家组中来自牵头单位所在地区的专家不超过规定人数");
    /// Load of one expert.
    EXPERT_LOAD_MAX "expert_load_max" = Rule::ours("policy.expert-load", "一名专家在一轮评审中承担的申报数不超过规定数量");
    /// Whether evaluators may review.
    EVALUATORS_MAY_REVIEW "evaluators_may_review" = Rule::ours("policy.evaluators-review", "参与需求评估的专家能否评审由此形成的项目，由政策版本规定");
    /// How much support a project gets.
    SUPPORT_RATIO_MAX "support_ratio_max" = Rule::text("policy.support-ratio", &[Article(17)], "支持资金不高于项目投入的 30%");
    /// How much a subtask unit has been paid before acceptance.
    SUBTASK_PAYMENT_RATIO_MIN "subtask_payment_ratio_min" = Rule::text("policy.subtask-payment-ratio", &[Article(17)], "项目验收前，牵头单位支付子课题承担单位的费用不低于双方技术合同额的 80%");
    /// Preparer and approver are two people.
    PAYMENT_TWO_PERSON "payment_two_person" = Rule::ours("policy.payment-two-person", "拨付的经办人与审批人不得为同一人");
    /// From which amount a director approves.
    PAYMENT_DIRECTOR_FROM "payment_director_from" = Rule::ours("policy.payment-director", "达到规定金额的拨付由审批人审批");
    /// When silence counts as receipt.
    RECEIPT_SILENCE_DAYS "receipt_silence_days" = Rule::ours("policy.receipt-silence", "收款单位逾期未确认且无异议的，以银行回单为准");
    /// How long a project lasts.
    DURATION_MONTHS_MAX "duration_months_max" = Rule::text("policy.duration", &[Article(18)], "项目实施周期一般不超过三年").in_principle();
    /// When acceptance is prepared.
    ACCEPTANCE_PREPARATION_MONTHS "acceptance_preparation_months" = Rule::text("policy.acceptance-preparation", &[Article(18)], "项目到期前三个月做好验收准备工作");
    /// Which year is reported on.
    REPORT_PERIOD "report_period" = Rule::text("policy.report-period", &[Article(18)], "牵头单位按年度报送项目实施进展");
    /// When the report is due.
    REPORT_DUE_DAYS "report_due_days" = Rule::ours("policy.report-due", "年度进展报告在报告期结束后规定天数内报送");
    /// When the lead is reminded.
    REPORT_REMINDER_DAYS "report_reminder_days" = Rule::ours("policy.report-reminder", "年度进展报告到期前提醒牵头单位");
    /// What results are scored by.
    ACCEPTANCE_CRITERIA "acceptance_criteria" = Rule::text("policy.acceptance-criteria", &[Article(19)], "项目验收应突出成果创新水平、转化应用绩效和对经济社会发展的实际贡献");
    /// The weights of what results are scored by, on which the regulation is silent.
    ACCEPTANCE_WEIGHTS "acceptance_criteria.weight" = Rule::ours("policy.acceptance-weights", "项目验收各项指标的权重由政策版本规定");
    /// How long one may appeal against a credit record.
    CREDIT_APPEAL_DAYS "credit_appeal_days" = Rule::ours("policy.credit-appeal", "信用记录告知后可在规定期限内申诉");
    /// How long a credit record has effect.
    CREDIT_RECORD_MONTHS "credit_record_months" = Rule::ours("policy.credit-record", "信用记录在规定期限内有效");
    /// What is published of a demand, field by field.
    PUBLICATION "publication" = Rule::text("policy.publication", &[Article(10)], "根据该产业或技术领域实际简化发布信息，各领域的模板由政策版本规定");
}
