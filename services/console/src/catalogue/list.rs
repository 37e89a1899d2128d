//! The catalogue as a list.

use maud::{Markup, html};
use proto::{
    intake::v1::{ExternalTask, PublicRecord},
    matching::v1::{CatalogueItem, CatalogueState, ListCatalogueResponse},
};
use regulation::{Field, Money};

use super::{
    passages::{marked, passages, terms},
    search::{MODES, STATES, Search, TEXT_MAX},
};
use crate::{
    fault,
    node::Away,
    page::{Page, Place, Section},
    words,
};

/// Tasks of a demand that the list names; the others are on its own page.
const TASKS_SHOWN: usize = 3;

/// Hits that a search gives at most.
const FOUND_MAX: i32 = 200;

/// The list with its filters.
pub fn list(
    place: Place,
    search: &Search,
    fields: &[Field],
    found: Result<&ListCatalogueResponse, Away>,
) -> Markup {
    Page::new(place, Section::Catalogue, "揭榜目录").with_feed().show(&html! {
        div.title {
            h1 { "揭榜目录" }
            p.lead {
                "三省一市联合发布的重点揭榜任务，面向国内外高校、科研院所、科技企业等各类创新主体征集解决方案。"
            }
        }
        (form(search, fields))
        @match found {
            Err(away) => (fault::missing(away)),
            Ok(found) if found.items.is_empty() => (nothing(search)),
            Ok(found) => {
                (count(search, found))
                (table(&found.items))
                (pages(search, &found.next_page_token))
            }
        }
    })
}

fn form(search: &Search, fields: &[Field]) -> Markup {
    let known = fields.iter().any(|field| field.as_str() == search.field);
    html! {
        form.filter method="get" action="/catalogue" role="search" aria-label="检索揭榜任务" {
            label.wide {
                span { "检索" }
                input type="search" name="text" value=(search.text) maxlength=(TEXT_MAX)
                    placeholder="名称、任务、指标或编号，多个词以空格分隔";
            }
            label {
                span { "领域" }
                select name="field" {
                    option value="" { "全部领域" }
                    @for field in fields {
                        option value=(field.as_str()) selected[field.as_str() == search.field] {
                            (field.as_str())
                        }
                    }
                    @if !known && !search.field.is_empty() {
                        option value=(search.field) selected { (search.field) }
                    }
                }
            }
            label {
                span { "状态" }
                select name="state" {
                    option value="" { "全部状态" }
                    @for (state, name, title) in STATES {
                        option value=(name) selected[*state == search.state] { (title) }
                    }
                }
            }
            label {
                span { "组织方式" }
                select name="mode" {
                    option value="" { "全部" }
                    @for (mode, name, title) in MODES {
                        option value=(name) selected[*mode == search.mode] { (title) }
                    }
                }
            }
            label {
                span { "年度" }
                input type="text" inputmode="numeric" name="year" maxlength="4" size="4"
                    value=(number(search.year));
            }
            label {
                span { "单项揭榜资金（万元）不低于" }
                input type="text" inputmode="numeric" name="funds_min" maxlength="7" size="7"
                    value=(number(search.funds_min));
            }
            label {
                span { "不高于" }
                input type="text" inputmode="numeric" name="funds_max" maxlength="7" size="7"
                    value=(number(search.funds_max));
            }
            button type="submit" { "检索" }
            @if search.is_narrowed() {
                a.clear href="/catalogue" { "清除条件" }
            }
        }
    }
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// How many were found, and in which order they stand.
fn count(search: &Search, found: &ListCatalogueResponse) -> Markup {
    html! {
        @if !search.text.is_empty() && found.found > 0 {
            p.found role="status" {
                @if found.found < FOUND_MAX {
                    "找到 " strong { (found.found) } " 项，最相符的在前。"
                } @else {
                    "相符的任务较多，列出最相符的 " strong { (found.found) } " 项。"
                }
            }
        }
    }
}

fn nothing(search: &Search) -> Markup {
    html! {
        div.empty {
            @if search.is_narrowed() || !search.after.is_empty() {
                p { strong { "没有符合条件的揭榜任务。" } }
                p { "请减少检索词，或" a href="/catalogue" { "查看全部任务" } "。" }
            } @else {
                p { strong { "目前还没有发布揭榜任务。" } }
                p { "年度任务清单经三省一市共同同意、公示并生效后在此发布。" }
            }
        }
    }
}

/// A table of published demands; cards where the screen is narrow.
pub(crate) fn table(items: &[CatalogueItem]) -> Markup {
    html! {
        table.catalogue {
            caption.hidden { "已发布的揭榜任务" }
            thead {
                tr {
                    th scope="col" { "编号" }
                    th scope="col" { "攻关名称与对外揭榜任务" }
                    th scope="col" { "领域" }
                    th.figure scope="col" { "拟揭榜资金" }
                    th.figure scope="col" { "期限" }
                    th scope="col" { "征集期至" }
                    th scope="col" { "状态" }
                }
            }
            tbody { @for item in items { (row(item)) } }
        }
    }
}

fn row(item: &CatalogueItem) -> Markup {
    let Some(entry) = &item.entry else {
        return html! {};
    };
    let record = entry.record.clone().unwrap_or_default();
    let terms = terms(&item.passages);
    html! {
        tr.withdrawn[item.state() == CatalogueState::Withdrawn] {
            td.number data-label="编号" { (entry.public_number) }
            td.name {
                a href={ "/catalogue/" (entry.public_number) } { (marked(&record.title, &terms)) }
                (tasks(&record))
                (passages(&item.passages))
            }
            td.short data-label="领域" { (record.field) }
            td.figure data-label="拟揭榜资金" { (offered(&record)) }
            td.figure data-label="期限" { (record.months) " 个月" }
            td.date data-label="征集期至" { (item.call_until) }
            td data-label="状态" { (state(item)) }
        }
    }
}

fn tasks(record: &PublicRecord) -> Markup {
    let more = record.tasks.len().saturating_sub(TASKS_SHOWN);
    html! {
        ul.tasks {
            @for task in record.tasks.iter().take(TASKS_SHOWN) {
                li { (task.title) " " span.mode { (mode(task)) " · " (funds(task)) } }
            }
            @if more > 0 { li.more { "另有 " (more) " 项任务" } }
        }
    }
}

/// How solvers of the task are organised. [Art. 5]
pub(super) fn mode(task: &ExternalTask) -> String {
    use proto::intake::v1::TaskMode;
    match task.mode() {
        TaskMode::Challenge => "揭榜挂帅".to_owned(),
        TaskMode::Racing => format!("赛马制，至多 {} 家并行", task.solvers_max),
        TaskMode::Unspecified => "组织方式未注明".to_owned(),
    }
}

/// What the task offers.
pub(super) fn funds(task: &ExternalTask) -> String {
    amount(task.offered_funds.as_ref())
}

/// An amount as it came.
pub(crate) fn amount(money: Option<&proto::common::v1::Money>) -> String {
    money
        .and_then(|money| Money::from_fen(money.fen).ok())
        .map_or_else(|| "未注明".to_owned(), words::money)
}

/// What the whole is planned to cost: a range where only that is told. [Art. 10]
pub(super) fn investment(record: &PublicRecord) -> String {
    let Some(range) = &record.investment_range else {
        return amount(record.planned_investment.as_ref());
    };
    let from = amount(range.from.as_ref());
    match &range.below {
        Some(below) => format!("{from}至 {}", amount(Some(below))),
        None => format!("{from}以上"),
    }
}

/// What all tasks offer together.
pub(crate) fn offered(record: &PublicRecord) -> String {
    let funds = record.tasks.iter().filter_map(|task| {
        let money = task.offered_funds.as_ref()?;
        Money::from_fen(money.fen).ok()
    });
    Money::sum(funds).map_or_else(|| "未注明".to_owned(), words::money)
}

/// Where the demand stands, as a badge.
pub(super) fn state(item: &CatalogueItem) -> Markup {
    let known = STATES.iter().find(|(state, ..)| *state == item.state());
    let (class, title) = known.map_or(("unknown", "状态未知"), |(_, class, title)| {
        (*class, *title)
    });
    html! { span class={ "badge " (class) } { (title) } }
}

fn pages(search: &Search, next: &str) -> Markup {
    html! {
        nav.pages aria-label="分页" {
            @if !search.after.is_empty() { (turn(search, "", "回到第一页")) }
            @if !next.is_empty() { (turn(search, next, "下一页")) }
            a.quiet href="/catalogue/feed" type="application/atom+xml" { "订阅更新（Atom）" }
        }
    }
}

/// A form, so that the browser writes the address.
fn turn(search: &Search, after: &str, title: &str) -> Markup {
    let (year, least, most) = (
        number(search.year),
        number(search.funds_min),
        number(search.funds_max),
    );
    let parts = [
        ("text", search.text.as_str()),
        ("field", search.field.as_str()),
        ("state", search.state_in_address()),
        ("mode", search.mode_in_address()),
        ("year", year.as_str()),
        ("funds_min", least.as_str()),
        ("funds_max", most.as_str()),
        ("after", after),
    ];
    html! {
        form method="get" action="/catalogue" {
            @for (name, value) in parts.iter().filter(|(_, value)| !value.is_empty()) {
                input type="hidden" name=(name) value=(value);
            }
            button.quiet type="submit" { (title) }
        }
    }
}
