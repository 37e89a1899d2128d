//! The rules of intake, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// No policy, no new demands. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::text(
    "intake.policy-in-force",
    &[Article(22)],
    "实施办法的有效期至 2025 年 4 月 5 日；没有有效政策的日期不受理新需求。",
);
/// Who may demand. [Art. 8]
pub const BACKBONE: Rule = Rule::text(
    "intake.backbone-enterprise",
    &[Article(8)],
    "需求方应为所属领域符合条件的行业骨干企业。",
);
/// Which fields. [Art. 4]
pub const FIELD: Rule = Rule::text(
    "intake.field",
    &[Article(4)],
    "需求应属于当年支持的重点领域。",
);
/// A scenario goal. [Art. 10]
pub const SCENARIO_GOAL: Rule = Rule::text(
    "intake.scenario-goal",
    &[Article(10)],
    "攻关任务应提出关键技术突破、关键产品研制、重大工程或重点企业应用等场景目标。",
);
/// Something to solve from outside. [Art. 8, 10]
pub const EXTERNAL_TASK: Rule = Rule::inferred(
    "intake.external-task",
    &[Article(8), Article(10)],
    "需求应至少含一项需要外部创新主体参与解决的对外揭榜任务。",
);
/// The offered funds are part of the investment. [Art. 10]
pub const OFFERED_FUNDS: Rule = Rule::inferred(
    "intake.offered-funds",
    &[Article(10)],
    "拟对外揭榜资金合计不超过项目预计投入。",
);
/// Why together. [Art. 4]
pub const CROSS_REGION: Rule = Rule::inferred(
    "intake.cross-region",
    &[Article(4)],
    "需求应为需要跨区域协同解决的创新需求，并说明理由。",
);
/// Two to three years. [Art. 4]
pub const BREAKTHROUGH: Rule = Rule::text(
    "intake.breakthrough-months",
    &[Article(4)],
    "聚焦 2 至 3 年可取得突破的创新需求。",
)
.in_principle();
/// Milestones where the field has them; elsewhere with reason and approval. [Art. 4]
pub const MILESTONES: Rule = Rule::inferred(
    "intake.milestones",
    &[Article(4)],
    "里程碑式分段推进适用于政策列明的领域，其他领域须说明理由并经审批。",
)
.in_principle();
/// The rules that a demand may depart from, with reason and approval.
pub const IN_PRINCIPLE: [Rule; 2] = [BREAKTHROUGH, MILESTONES];
/// A region's own programme stays its own. [Art. 4]
pub const LOCAL_PROGRAMME: Rule = Rule::inferred(
    "intake.local-programme",
    &[Article(4)],
    "各地自主布局的联合攻关需求由本地办理，不进入联合清单。",
);
/// Who approves is not who prepares. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "intake.two-people",
    "提交与受理、审批例外与受理、提出撤回与批准撤回，不得为同一人。",
);
/// After publication title and mission stay. [Art. 12]
pub const FROZEN: Rule = Rule::text(
    "intake.frozen",
    &[Article(12)],
    "发布后攻关名称和任务不变，需求方可调整其中部分对外揭榜需求。",
);
/// A revision of one task leaves the others alone. [Art. 12]
pub const SOLVERS_FIT: Rule = Rule::inferred(
    "intake.solvers-fit",
    &[Article(5), Article(12)],
    "调整后的任务所容纳的揭榜方不少于已选定的揭榜方。",
);
/// Who was selected has a say. Ours.
pub const SOLVER_WORD: Rule = Rule::ours(
    "intake.solver-word",
    "已选定揭榜方的任务，须附每家揭榜方的书面意见方可调整。",
);
/// One revision after the other. Ours.
pub const ONE_REVISION: Rule = Rule::ours(
    "intake.one-revision",
    "同一需求的对外揭榜任务逐项调整，上一项经对接确认后再调整下一项。",
);
/// What is shown of a record is its field's template's to say. [Art. 10]
pub const SHOWN_IN_FULL: Rule = Rule {
    strength: regulation::Strength::May,
    ..Rule::text(
        "intake.shown-in-full",
        &[Article(10)],
        "根据该产业或技术领域实际简化发布信息。",
    )
};
/// Which pictures are published. Ours.
pub const FIGURES: Rule = Rule::ours(
    "intake.figures",
    "随需求公开的图片由需求方从附件中选定，限 PNG、JPEG，不超过 4 张，每张不超过 200 KB、每边 8000 像素、合计 1200 万像素，能完整解码，仅公开画面。",
);
/// Two people look at a picture before it is published. Ours.
pub const FIGURES_CONFIRMED: Rule = Rule::ours(
    "intake.figures-confirmed",
    "随需求公开的图片须由经办人受理时逐张确认不透露需求方。",
);
/// How much may be attached. Ours.
pub const ATTACHMENTS: Rule = Rule::ours(
    "intake.attachments",
    "每项需求的附件不超过 10 个，合计不超过 60 MB。",
);
/// Something similar is shown, never refused. Ours.
pub const NEAR_DUPLICATE: Rule = Rule {
    strength: regulation::Strength::May,
    ..Rule::ours(
        "intake.near-duplicate",
        "与在先需求高度相近的，向经办人并排提示，不作为不予受理的理由。",
    )
};
/// Ending a demand that is not published. Ours.
pub const CLOSING: Rule = Rule::ours(
    "intake.closing",
    "未入清单的需求，以及本地已办结的自主布局需求，可由经办人说明理由后办结。",
);
/// Nothing classified. Ours.
pub const NOTHING_CLASSIFIED: Rule = Rule::ours(
    "intake.nothing-classified",
    "涉密或受出口管制的内容不得通过本平台提交，需求方应作出声明。",
);
/// The demander is not named. [Art. 10]
pub const ANONYMOUS: Rule = Rule::text(
    "intake.anonymous",
    &[Article(10)],
    "需求内容原则上不公开需求方；对外发布的文字不得透露需求方身份。",
);
/// Bad credit keeps out. [Art. 20]
pub const NOT_BARRED: Rule = Rule::text(
    "intake.not-barred",
    &[Article(20)],
    "信用记录是今后参加有关项目申报和管理的重要依据；被限制的单位不得提出需求。",
);
/// Who may do it. Ours.
pub const OWN_DEMAND: Rule = Rule::ours(
    "intake.own-demand",
    "需求由需求方自己的管理员或经办人填写和提交。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("intake.lifecycle", "需求按规定的状态流转。");
/// Withdrawal after publication. Ours.
pub const WITHDRAWAL: Rule = Rule::ours(
    "intake.withdrawal",
    "发布后撤回需求，须由需求方或经办人说明理由提出，并由科技厅（委）审批人批准。",
);
