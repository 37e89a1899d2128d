//! Joint decisions: what each of them waits for.

use maud::{Markup, html};
use proto::coordination::v1::{ChecklistOverview, Decision, DecisionKind, DecisionState};

use super::{
    bars::{Bar, bars},
    part,
};
use crate::{
    node::Away,
    regions::{in_order, name, names},
    words,
};

/// Days from which a wait is long. Nothing follows from it.
const LONG_DAYS: i64 = 10;

/// Those that wait for somebody.
pub(super) fn waiting(
    answer: &Result<Vec<Decision>, Away>,
    overview: Option<&ChecklistOverview>,
) -> Markup {
    html! {
        section #waiting {
            h2 { "待办共同事项" }
            (part(answer, |decisions| html! {
                @if decisions.is_empty() {
                    p.empty { "没有待办的共同事项。" }
                } @else {
                    (matrix(decisions))
                    @if let Some(overview) = overview { (waits(overview)) }
                }
            }))
        }
    }
}

/// For whom everything waits, the longest first.
fn waits(overview: &ChecklistOverview) -> Markup {
    let mut rows: Vec<_> = overview
        .waiting
        .iter()
        .flat_map(|decision| decision.awaited.iter().map(move |who| (decision, who)))
        .map(|(decision, who)| Bar {
            title: format!("{}：{}", who.who, decision.title),
            size: who.days.saturating_add(1),
            said: format!("{} 天", words::grouped(who.days)),
            class: if who.days >= LONG_DAYS {
                "behind"
            } else {
                "catching"
            },
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.size));
    html! {
        @if !rows.is_empty() {
            figure.funnel {
                figcaption { "在等谁，等了多久" }
                (bars(&rows))
            }
        }
    }
}

/// A decision a row, a member a column.
fn matrix(decisions: &[Decision]) -> Markup {
    let members = in_order(decisions.iter().flat_map(|decision| &decision.members));
    html! {
        table.decisions {
            caption.hidden { "待办的共同事项与各成员的意见" }
            thead {
                tr {
                    th scope="col" { "事项" }
                    @for member in &members { th.word scope="col" { (name(member)) } }
                    th scope="col" { "正在等待" }
                }
            }
            tbody {
                @for decision in decisions {
                    tr {
                        td.name data-label="事项" { (matter(decision)) }
                        @for member in &members {
                            td.word data-label=(name(member)) { (word(decision, member)) }
                        }
                        td data-label="正在等待" { (waits_for(decision)) }
                    }
                }
            }
        }
    }
}

fn matter(decision: &Decision) -> Markup {
    html! {
        strong { (decision.title) }
        small {
            (kind(decision.kind()))
            @if let Some(at) = words::said_moment(&decision.opened_at) { " · " (at) " 提出" }
        }
    }
}

fn word(decision: &Decision, member: &str) -> Markup {
    let is = |list: &[String]| list.iter().any(|region| region == member);
    html! {
        @if is(&decision.assented) {
            span.said.good { span aria-hidden="true" { "✓ " } "同意" }
        } @else if is(&decision.missing) {
            span.said.catching { span aria-hidden="true" { "○ " } "待同意" }
        } @else { "—" }
    }
}

fn waits_for(decision: &Decision) -> String {
    match decision.state() {
        DecisionState::Open if decision.missing.is_empty() => "各成员的意见".to_owned(),
        DecisionState::Open => format!("{}同意", names(&decision.missing)),
        DecisionState::Assented => "批准（各成员均已同意）".to_owned(),
        DecisionState::Approved => "开始公示".to_owned(),
        DecisionState::Publicity => publicity(decision),
        DecisionState::InForce => "已生效".to_owned(),
        DecisionState::Returned => "已退回，待提出新版本".to_owned(),
        DecisionState::Unspecified => "状态未知".to_owned(),
    }
}

fn publicity(decision: &Decision) -> String {
    let note = if decision.publicity_provisional {
        "（节假日安排公布前为暂定）"
    } else {
        ""
    };
    let until = &decision.publicity_until;
    if decision.not_heard.is_empty() {
        return format!("公示至 {until}{note}");
    }
    let silent = names(&decision.not_heard);
    format!("公示至 {until}{note}，尚待听取{silent}至该日")
}

fn kind(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::List => "重点揭榜任务清单",
        DecisionKind::Guide => "申报指南",
        DecisionKind::Establishment => "拟立项建议名单",
        DecisionKind::Policy => "政策版本",
        DecisionKind::Admission => "节点接入",
        DecisionKind::Interpretation => "办法解释",
        DecisionKind::EvaluationCriteria => "成果评价机制",
        DecisionKind::Unspecified => "其他事项",
    }
}

/// Those last put into force.
pub(super) fn in_force(answer: &Result<Vec<Decision>, Away>) -> Markup {
    // The same service as above: that it is away has been said once.
    let Ok(decisions) = answer else {
        return html! {};
    };
    html! {
        @if !decisions.is_empty() {
            section {
                h2 { "最近生效" }
                table.decisions {
                    caption.hidden { "最近生效的共同事项" }
                    thead {
                        tr {
                            th scope="col" { "事项" }
                            th scope="col" { "批文号" }
                            th scope="col" { "同意" }
                            th scope="col" { "生效时间" }
                        }
                    }
                    tbody {
                        @for decision in decisions {
                            tr {
                                td.name data-label="事项" { (matter(decision)) }
                                td data-label="批文号" {
                                    @if decision.document_number.is_empty() { "—" }
                                    @else { (decision.document_number) }
                                }
                                td data-label="同意" { (consent(decision)) }
                                td.date data-label="生效时间" {
                                    (words::said_moment(&decision.in_force_at)
                                        .unwrap_or_else(|| "—".to_owned()))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn consent(decision: &Decision) -> String {
    if decision.assented.is_empty() {
        return "—".to_owned();
    }
    names(&decision.assented)
}
