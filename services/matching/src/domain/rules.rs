//! The rules of matching, each with its article and on whose word it stands.

use regulation::{Article, Rule};

/// Only what a joint decision put into force is published. [Art. 9, 10]
pub const LIST_IN_FORCE: Rule = Rule::text(
    "matching.list-in-force",
    &[Article(9), Article(10)],
    "重点揭榜任务清单按程序报批后联合对外发布。",
);
/// Nothing new without a policy. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::inferred(
    "matching.policy-in-force",
    &[Article(22)],
    "当日须有生效的实施办法版本，方可发布揭榜任务。",
);
/// The numbers of a year are given once. Ours.
pub const NUMBERS_UNIQUE: Rule = Rule::ours(
    "matching.numbers-unique",
    "公开编号在年度内唯一，由推进组统一编号。",
);
/// Some things are done on the hub only. [Art. 6, 11]
pub const AT_HUB: Rule = Rule::inferred(
    "matching.at-hub",
    &[Article(6), Article(11)],
    "清单发布和解决方案反馈由推进组统一办理。",
);
/// Periodic feedback, from what everybody sent by the cut-off. [Art. 11]
pub const FEEDBACK: Rule = Rule::inferred(
    "matching.feedback",
    &[Article(11)],
    "解决方案定期反馈至需求方；截止时间前各地提交的方案应一并反馈。",
);
/// Everybody is measured by the same days. Ours.
pub const CALL_DAYS: Rule = Rule::ours(
    "matching.call-days",
    "揭榜征集不少于规定天数，期满后方可选定解决方案。",
);
/// Every solution is read before one is chosen. [Art. 11]
pub const ALL_OPENED: Rule = Rule::inferred(
    "matching.all-opened",
    &[Article(11)],
    "需求方应公平公正：已反馈的解决方案全部查阅后，方可选定。",
);
/// Every solution gets an answer with a reason. [Art. 11]
pub const DISPOSITION: Rule = Rule::inferred(
    "matching.disposition",
    &[Article(11)],
    "需求方对每份解决方案查阅后给出处理结果和理由。",
);
/// The demander does not solve its own demand. [Art. 10, 11]
pub const AFFILIATE: Rule = Rule::inferred(
    "matching.affiliate",
    &[Article(10), Article(11)],
    "对外揭榜任务由外部创新主体参与解决，需求方及其关联单位不得揭榜。",
);
/// One solver, or so many in a race. [Art. 5]
pub const MODE: Rule = Rule::inferred(
    "matching.mode",
    &[Article(5)],
    "揭榜挂帅任务选定一家解决方，赛马任务选定的解决方不超过规定家数。",
);
/// A task that has its solver stays as it is. [Art. 12]
pub const TASK_SETTLED: Rule = Rule::inferred(
    "matching.task-settled",
    &[Article(12)],
    "调整部分对外揭榜需求不影响其他揭榜任务；已选定解决方的任务不得变更。",
);
/// With nothing matched there is no entry. [Art. 12]
pub const SOMETHING_MATCHED: Rule = Rule::text(
    "matching.something-matched",
    &[Article(12)],
    "对外揭榜需求全部未解决，暂不入库，需求持续有效。",
);
/// Into the pool by audit only. [Art. 12]
pub const AUDITED: Rule = Rule::text(
    "matching.audited",
    &[Article(12)],
    "补充相关信息，经审核后纳入储备库。",
);
/// Two people for every approval. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "matching.two-people",
    "入库审核不得由提出入库申请的人办理。",
);
/// Bad credit keeps out. [Art. 20]
pub const NOT_BARRED: Rule = Rule::text(
    "matching.not-barred",
    &[Article(20)],
    "信用记录是今后参加有关项目申报和管理的重要依据；被限制的单位不得揭榜。",
);
/// Units are known before they solve. Ours.
pub const REGISTERED: Rule = Rule::ours(
    "matching.registered",
    "揭榜单位及团队成员单位须已登记且有效；揭榜单位在其登记地提交方案。",
);
/// A solution answers tasks of the demand. [Art. 10]
pub const TASKS_OF_ENTRY: Rule = Rule::inferred(
    "matching.tasks-of-entry",
    &[Article(10)],
    "解决方案应对应已发布的对外揭榜任务。",
);
/// The call has to be open. Ours.
pub const CALL_OPEN: Rule = Rule::ours(
    "matching.call-open",
    "需求撤回后不再接受解决方案，也不再办理对接。",
);
/// The undertakings. Ours.
pub const UNDERTAKINGS: Rule = Rule::ours(
    "matching.undertakings",
    "提交解决方案时，揭榜单位须作出履约承诺和保密承诺。",
);
/// Who may do it. Ours.
pub const OWN: Rule = Rule::ours("matching.own", "只有本单位的人员可以办理本单位的事项。");
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("matching.lifecycle", "解决方案和对接按规定的状态流转。");
/// A node speaks for what is its own only. Ours.
pub const ORIGIN: Rule = Rule::ours("matching.origin", "各节点只能就本节点的事项发出消息。");
/// What is opened is what was handed in. [Art. 11]
pub const SEALED: Rule = Rule::inferred(
    "matching.sealed",
    &[Article(11)],
    "解决方案提交时向各节点登记密封摘要；查阅前须核对与反馈截止前登记的摘要一致。",
);
/// A new version is for a task that changed. [Art. 12]
pub const REVISABLE: Rule = Rule::inferred(
    "matching.revisable",
    &[Article(12)],
    "方案提交后不得改动；所应对的揭榜任务经调整的，可重新提交一版。",
);
/// A word is given within its days. Ours.
pub const LAST_DAYS: Rule = Rule::ours(
    "matching.last-days",
    "选定后解决方在期限内确认意向，逾期或意向有效期届满的自行终止。",
);
/// Other situations than matched tasks. [Art. 12]
pub const OTHER_SITUATION: Rule = Rule::inferred(
    "matching.other-situation",
    &[Article(12)],
    "其他情形入库须已选定解决方，说明理由，并由审批人批准。",
);
/// All solvers read the same answers. [Art. 11]
pub const QUESTIONS: Rule = Rule::inferred(
    "matching.questions",
    &[Article(11)],
    "提问与答复对所有解决方一视同仁地公布，不公开提问单位。",
);
/// What others read names nobody. [Art. 10]
pub const NEUTRAL: Rule = Rule::inferred(
    "matching.neutral",
    &[Article(10)],
    "对外公布的文字不得透露需求方或提问单位。",
);
/// Two people for what is published. Ours.
pub const RELEASED_BY_ANOTHER: Rule = Rule::ours(
    "matching.released-by-another",
    "答复、路演公告和纪要经科技厅（委）另一人审核后公布，退回须说明理由。",
);
/// Meetings in their order. [Art. 11]
pub const MEETINGS: Rule = Rule::inferred(
    "matching.meetings",
    &[Article(11)],
    "项目路演、一对一交流按邀约、确认、举行、纪要的次序办理。",
);
/// Who registers comes, in the order of the registrations. Ours.
pub const REGISTRATION: Rule = Rule::ours(
    "matching.registration",
    "路演可设名额和报名截止日：截止后按报名先后确定，候补依次递补；报名单位只告知需求方。",
);
/// Who demands is not public. [Art. 10]
pub const ANONYMOUS: Rule = Rule::text(
    "matching.anonymous",
    &[Article(10)],
    "需求内容原则上不公开需求方。",
)
.in_principle();
