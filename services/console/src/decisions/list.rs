//! The decisions as a list: what can be objected to first, then what is in force.

use maud::{Markup, html};
use proto::coordination::v1::{Decision, DecisionKind, ListDecisionsResponse};

use super::{Wanted, kinds};
use crate::{
    fault,
    node::Away,
    page::{Page, Place, Section},
    words,
};

/// The page of it.
pub fn list(
    place: Place,
    wanted: &Wanted,
    open: &Result<Vec<Decision>, Away>,
    in_force: &Result<ListDecisionsResponse, Away>,
) -> Markup {
    Page::new(place, Section::Decisions, "公示与决策").show(&html! {
        div.title {
            h1 { "公示与决策" }
            p.lead {
                "三省一市共同作出的决策：每个成员对同一份文件签名同意，经批准、公示后生效。"
                "没有任何事项因超时而自动生效。"
            }
        }
        section #open {
            h2 { "正在公示" }
            @match open {
                Err(away) => (fault::missing(*away)),
                Ok(open) if open.is_empty() => p.empty { "目前没有公示中的事项。" },
                Ok(open) => (open_table(open)),
            }
        }
        section #in-force {
            div.heading {
                h2 { "现行有效" }
                a href="/policy" { "现行政策的各项数值" }
            }
            (filter(wanted))
            @match in_force {
                // The same service as above: that it is away has been said once.
                Err(away) => @if open.is_ok() { (fault::missing(*away)) },
                Ok(found) if found.decisions.is_empty() => p.empty { "没有符合条件的决策。" },
                Ok(found) => {
                    (in_force_table(&found.decisions))
                    (pages(wanted, &found.next_page_token))
                }
            }
        }
    })
}

fn filter(wanted: &Wanted) -> Markup {
    let link = |kind: DecisionKind, name: &str, title: &str| {
        let address = if name.is_empty() {
            "/decisions#in-force".to_owned()
        } else {
            format!("/decisions?kind={name}#in-force")
        };
        html! {
            a href=(address) aria-current=[(kind == wanted.kind).then_some("true")] { (title) }
        }
    };
    html! {
        nav.chips aria-label="按类别筛选" {
            (link(DecisionKind::Unspecified, "", "全部"))
            @for (kind, name, title, _) in kinds::KINDS { (link(*kind, name, title)) }
        }
    }
}

/// Decisions in publicity, with the last day of it.
pub(crate) fn open_table(decisions: &[Decision]) -> Markup {
    html! {
        ul.cards {
            @for decision in decisions {
                li {
                    p.kind { (kinds::title(decision.kind())) }
                    h3 { (link(decision)) }
                    p { (until(decision)) }
                    p { a href={ "/decisions/" (decision.decision_id) "#object" } { "如何提出异议" } }
                }
            }
        }
    }
}

/// Until when one may object.
pub(super) fn until(decision: &Decision) -> Markup {
    html! {
        @if decision.publicity_until.is_empty() {
            "公示期待定"
        } @else {
            "公示至 "
            time datetime=(decision.publicity_until) { (decision.publicity_until) }
            "（含当日）"
            @if decision.publicity_provisional { "，节假日安排公布前为暂定" }
        }
    }
}

fn link(decision: &Decision) -> Markup {
    html! {
        a href={ "/decisions/" (decision.decision_id) } {
            (decision.title)
            @if decision.version > 1 { "（第 " (decision.version) " 版）" }
        }
    }
}

fn in_force_table(decisions: &[Decision]) -> Markup {
    html! {
        table.decisions {
            caption.hidden { "现行有效的共同决策" }
            thead {
                tr {
                    th scope="col" { "事项" }
                    th scope="col" { "类别" }
                    th scope="col" { "批文号" }
                    th scope="col" { "生效时间" }
                }
            }
            tbody {
                @for decision in decisions {
                    tr {
                        td.name data-label="事项" { (link(decision)) }
                        td data-label="类别" { (kinds::title(decision.kind())) }
                        td data-label="批文号" { (number(decision)) }
                        td.date data-label="生效时间" { (in_force_at(decision)) }
                    }
                }
            }
        }
    }
}

/// Its document number 批文号.
pub(super) fn number(decision: &Decision) -> &str {
    match decision.document_number.as_str() {
        "" => "—",
        number => number,
    }
}

/// Since when it is in force.
pub(super) fn in_force_at(decision: &Decision) -> String {
    words::said_moment(&decision.in_force_at).unwrap_or_else(|| "—".to_owned())
}

fn pages(wanted: &Wanted, next: &str) -> Markup {
    let kind = kinds::of(wanted.kind).map_or("", |(_, name, ..)| name);
    let turn = |after: &str, title: &str| {
        html! {
            form method="get" action="/decisions" {
                @if !kind.is_empty() { input type="hidden" name="kind" value=(kind); }
                @if !after.is_empty() { input type="hidden" name="after" value=(after); }
                button.quiet type="submit" { (title) }
            }
        }
    };
    html! {
        nav.pages aria-label="分页" {
            @if !wanted.after.is_empty() { (turn("", "回到第一页")) }
            @if !next.is_empty() { (turn(next, "下一页")) }
        }
    }
}
