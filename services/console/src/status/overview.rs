//! 清单 at a glance: every region in figures with their age, and what is out of order. [Art. 6, 11, 19]

use maud::{Markup, html};
use proto::coordination::v1::{
    AssentWaiting, ChecklistAlarm, ChecklistOverview, RegionOverview, ReportDue,
};

use super::{bars, part};
use crate::{
    catalogue::amount,
    node::Away,
    regions::{name, place},
    words,
};

/// Reports that are shown.
const REPORTS_SHOWN: usize = 10;
/// What assents of this node are for: its kind, and for people.
const PAPERS: &[(&str, &str)] = &[
    ("decision", "共同决策"),
    ("application", "项目申报"),
    ("contract", "合同与任务书"),
];

/// The sections of it.
pub(super) fn section(answer: &Result<ChecklistOverview, Away>) -> Markup {
    html! {
        section #checklist {
            h2 { "跨区域清单" }
            (part(answer, |overview| html! {
                (alarms(&overview.alarms))
                (funnel(&overview.regions))
                (regions(&overview.regions))
            }))
        }
        @if let Ok(overview) = answer {
            (assents(&overview.assents))
            (reports(&overview.reports))
        }
    }
}

fn alarms(alarms: &[ChecklistAlarm]) -> Markup {
    html! {
        @if !alarms.is_empty() {
            ul.alarms {
                @for alarm in alarms {
                    li {
                        (alarm.text)
                        @if let Some(since) = words::said_moment(&alarm.since) {
                            " " small { "自 " (since) }
                        }
                    }
                }
            }
        }
    }
}

/// How many demands came how far.
fn funnel(regions: &[RegionOverview]) -> Markup {
    let sum = |of: fn(&RegionOverview) -> i64| {
        let counts = regions.iter().map(of);
        counts.fold(0_i64, i64::saturating_add)
    };
    let steps = [
        ("受理的需求", sum(|region| region.demands)),
        ("在储备库", sum(|region| region.reserve)),
        ("提交的申报", sum(|region| region.applications)),
        ("立项的项目", sum(|region| region.projects)),
    ];
    html! {
        @if steps.iter().any(|(_, count)| *count > 0) {
            figure.funnel {
                figcaption { "从需求到项目" }
                (bars::bars(&steps.map(|(title, count)| bars::Bar {
                    title: title.to_owned(),
                    size: count,
                    said: format!("{} 项", words::grouped(count)),
                    class: "calm",
                })))
            }
        }
    }
}

fn regions(regions: &[RegionOverview]) -> Markup {
    let mut regions: Vec<_> = regions.iter().collect();
    regions.sort_by_key(|region| place(&region.region));
    html! {
        table.regions {
            caption.hidden { "各成员的需求、申报、项目和资金，及其截止时间" }
            thead {
                tr {
                    th scope="col" { "成员" }
                    th.figure scope="col" { "受理需求" }
                    th.figure scope="col" { "撤回" }
                    th.figure scope="col" { "储备库" }
                    th.figure scope="col" { "申报" }
                    th.figure scope="col" { "项目" }
                    th.figure scope="col" { "已安排资金" }
                    th.figure scope="col" { "已拨付" }
                    th scope="col" { "信息截至" }
                }
            }
            tbody { @for region in &regions { (row(region)) } }
        }
        p.small { "数字是本节点已听到的；“信息截至”之后该成员可能另有变化。" }
    }
}

fn row(region: &RegionOverview) -> Markup {
    html! {
        tr {
            th scope="row" data-label="成员" { (name(&region.region)) }
            td.figure data-label="受理需求" { (words::grouped(region.demands)) }
            td.figure data-label="撤回" { (words::grouped(region.withdrawn_demands)) }
            td.figure data-label="储备库" { (words::grouped(region.reserve)) }
            td.figure data-label="申报" { (words::grouped(region.applications)) }
            td.figure data-label="项目" { (words::grouped(region.projects)) }
            td.figure data-label="已安排资金" { (amount(region.allocated.as_ref())) }
            td.figure data-label="已拨付" { (amount(region.paid.as_ref())) }
            td data-label="信息截至" {
                (words::ago(region.age_seconds).unwrap_or_else(|| "尚未听到".to_owned()))
            }
        }
    }
}

/// What this node's own people have not answered: by kind, since neither a title nor a unit of an
/// application is for everybody here.
fn assents(assents: &[AssentWaiting]) -> Markup {
    let days = |kind: &str| -> Vec<i64> {
        let of_kind = assents.iter().filter(|one| one.document_kind == kind);
        of_kind.map(|one| one.days).collect()
    };
    html! {
        @if !assents.is_empty() {
            section {
                h2 { "本节点待签同意" }
                ul.cards {
                    @for (kind, title) in PAPERS {
                        @let waiting = days(kind);
                        @if let Some(longest) = waiting.iter().max() {
                            li {
                                p.kind { (title) }
                                p.big { (waiting.len()) " 件" }
                                p { "最久的已等待 " (longest) " 天" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reports(reports: &[ReportDue]) -> Markup {
    let more = reports.len().saturating_sub(REPORTS_SHOWN);
    html! {
        @if !reports.is_empty() {
            section {
                h2 { "年度报告" }
                table.decisions {
                    caption.hidden { "将到期的年度报告" }
                    thead {
                        tr {
                            th scope="col" { "项目" }
                            th scope="col" { "牵头单位所在地" }
                            th scope="col" { "报告期止" }
                            th scope="col" { "报送期限" }
                        }
                    }
                    tbody {
                        @for report in reports.iter().take(REPORTS_SHOWN) {
                            tr {
                                td.name data-label="项目" { (report.title) }
                                td data-label="牵头单位所在地" { (name(&report.region)) }
                                td.date data-label="报告期止" { (report.period_ends_on) }
                                td.date data-label="报送期限" { (report.due_on) }
                            }
                        }
                    }
                }
                @if more > 0 { p.small { "另有 " (more) " 项。" } }
            }
        }
    }
}
