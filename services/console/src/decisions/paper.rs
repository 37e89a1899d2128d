//! The documents of joint decisions, each kind as people read it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use prost::Message;
use proto::{
    application::v1::{GuideDocument, GuideProposed},
    coordination::v1::{Decision, DecisionKind, DecisionState},
    evaluation::v1::{ListEntry, ListProposed},
    review::v1::EstablishmentProposed,
};

use crate::{
    catalogue::{amount, offered},
    regions::name,
};

/// Longest document that is shown as text, in bytes; the whole can be downloaded.
const SHOWN_MAX: usize = 64 << 10;

/// The document, if the public may read it.
pub(super) fn section(decision: &Decision) -> Markup {
    html! {
        section {
            h2 { (heading(decision.kind())) }
            (document(decision).unwrap_or_else(|| html! {
                p.empty { "本文件不在网页上展示。" }
            }))
        }
    }
}

fn heading(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::List => "列入清单的任务",
        DecisionKind::Guide => "指南内容",
        DecisionKind::Establishment => "拟立项项目",
        _ => "决策文件",
    }
}

fn document(decision: &Decision) -> Option<Markup> {
    let bytes = decision.document.as_slice();
    if bytes.is_empty() {
        return None;
    }
    match decision.kind() {
        DecisionKind::List => Some(tasks(&read::<ListProposed>(bytes)?)),
        DecisionKind::Guide => Some(guide(&read::<GuideProposed>(bytes)?.guide?)),
        DecisionKind::Establishment => {
            let established = decision.state() == DecisionState::InForce;
            Some(projects(&read(bytes)?, established))
        }
        DecisionKind::Policy
        | DecisionKind::Admission
        | DecisionKind::Interpretation
        | DecisionKind::EvaluationCriteria => text(bytes),
        DecisionKind::Unspecified => None,
    }
}

fn read<M: Message + Default>(bytes: &[u8]) -> Option<M> {
    M::decode(bytes).ok()
}

fn text(bytes: &[u8]) -> Option<Markup> {
    let whole = std::str::from_utf8(bytes).ok()?;
    let end = whole.floor_char_boundary(SHOWN_MAX);
    let shown = whole.get(..end)?;
    Some(html! {
        pre.paper tabindex="0" { (shown) }
        @if end < whole.len() { p.small { "内容较长，其余部分请下载查看。" } }
    })
}

/// A field after the other, the best first; nothing that tells regions or demands apart. [Art. 10]
fn tasks(list: &ListProposed) -> Markup {
    let mut fields: BTreeMap<&str, Vec<&ListEntry>> = BTreeMap::new();
    for entry in list.entries.iter().filter(|entry| entry.listed) {
        let field = entry
            .record
            .as_ref()
            .map_or("", |record| record.field.as_str());
        fields.entry(field).or_default().push(entry);
    }
    for entries in fields.values_mut() {
        entries.sort_by_key(|entry| entry.place);
    }
    html! {
        @for (field, entries) in &fields {
            h3 { (field) "（" (entries.len()) " 项）" }
            table.catalogue {
                caption.hidden { (field) "领域列入清单的任务" }
                thead {
                    tr {
                        th.figure scope="col" { "名次" }
                        th scope="col" { "攻关名称与对外揭榜任务" }
                        th.figure scope="col" { "拟揭榜资金" }
                        th.figure scope="col" { "期限" }
                    }
                }
                tbody { @for entry in entries { (task(entry)) } }
            }
        }
    }
}

fn task(entry: &ListEntry) -> Markup {
    let record = entry.record.clone().unwrap_or_default();
    html! {
        tr {
            td.figure data-label="名次" { (entry.place) }
            td.name {
                strong { (record.title) }
                ul.tasks { @for task in &record.tasks { li { (task.title) } } }
            }
            td.figure data-label="拟揭榜资金" { (offered(&record)) }
            td.figure data-label="期限" { (record.months) " 个月" }
        }
    }
}

fn guide(guide: &GuideDocument) -> Markup {
    html! {
        dl.facts {
            div { dt { "申报时间" } dd { (guide.window_from) " 至 " (guide.window_until) } }
            div { dt { "单个项目支持上限" } dd { (amount(guide.support_ceiling.as_ref())) } }
            @if guide.one_live_application_per_leader {
                div { dt { "限项" } dd { "同一负责人同期限报一项" } }
            }
        }
        @for (index, topic) in guide.topics.iter().enumerate() {
            section.task {
                h3 { span.ordinal { (index + 1) } (topic.title) }
                p.mode { (topic.field) }
                p.text { (topic.content) }
            }
        }
    }
}

/// Where a project's lead sits is everybody's only once it is established.
fn projects(list: &EstablishmentProposed, established: bool) -> Markup {
    html! {
        table.decisions {
            caption.hidden { "拟立项项目" }
            thead {
                tr {
                    th scope="col" { "项目" }
                    th scope="col" { "领域" }
                    @if established { th scope="col" { "牵头单位所在地" } }
                    th.figure scope="col" { "支持资金" }
                }
            }
            tbody {
                @for entry in list.entries.iter().filter(|entry| entry.established) {
                    tr {
                        td.name data-label="项目" { strong { (entry.title) } }
                        td data-label="领域" { (entry.field) }
                        @if established {
                            td data-label="牵头单位所在地" { (name(&entry.region)) }
                        }
                        td.figure data-label="支持资金" { (amount(entry.support.as_ref())) }
                    }
                }
            }
        }
    }
}
