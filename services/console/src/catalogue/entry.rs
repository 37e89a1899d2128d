//! One published demand.

use maud::{Markup, html};
use proto::{
    intake::v1::{ExternalTask, PublicRecord, ScenarioGoal},
    matching::v1::{CatalogueItem, CatalogueState, EarlierWording},
};

use regulation::Day;

use super::{
    figures::figures,
    list::{funds, investment, mode, offered, state},
};
use crate::{
    page::{Page, Place, Section},
    words::span,
};

/// Everything that is public of it.
pub fn entry(place: Place, item: &CatalogueItem) -> Markup {
    let entry = item.entry.clone().unwrap_or_default();
    let record = entry.record.unwrap_or_default();
    Page::new(place, Section::Catalogue, &record.title)
        .with_feed()
        .show(&html! {
            article.entry {
                p.trail { a href="/catalogue" { "揭榜目录" } " / " (entry.public_number) }
                header.title {
                    h1 { (record.title) }
                    p.marks {
                        span.number { (entry.public_number) }
                        (state(item))
                        span.field { (record.field) }
                    }
                }
                @if item.state() == CatalogueState::Withdrawn {
                    p.notice {
                        strong { "该需求已撤回。" }
                        "清单保持决策时的原貌，不再征集解决方案。"
                    }
                }
                (way(item))
                (facts(item, &record))
                section {
                    h2 { "攻关任务" }
                    p.text { (record.mission) }
                    (goals(&record))
                    (figures(&record, ""))
                    @if !record.milestones.is_empty() {
                        h3 { "里程碑" }
                        ol { @for milestone in &record.milestones { li.text { (milestone) } } }
                    }
                }
                section {
                    h2 { "对外揭榜任务（" (record.tasks.len()) " 项）" }
                    @for (index, task) in record.tasks.iter().enumerate() {
                        (one_task(index + 1, task, item, &record))
                    }
                }
                (questions(item))
                (roadshows(&entry.public_number, item))
                (how_to_answer(item))
            }
        })
}

/// How far it has come, as everybody sees it.
fn way(item: &CatalogueItem) -> Markup {
    let reached = match item.state() {
        CatalogueState::Open => 1,
        CatalogueState::PartlyMatched | CatalogueState::Matched => 2,
        CatalogueState::Withdrawn | CatalogueState::Unspecified => return html! {},
    };
    let pool = if item.state() == CatalogueState::PartlyMatched {
        "部分揭榜成功，入储备库"
    } else {
        "揭榜成功，入储备库"
    };
    let steps = [
        format!("{} 发布", item.published_on),
        format!("征集至 {}", item.call_until),
        pool.to_owned(),
    ];
    html! {
        ol.way aria-label="进展" {
            @for (index, step) in steps.iter().enumerate() {
                @let here = index == reached;
                li.done[index < reached].now[here] aria-current=[here.then_some("step")] {
                    span { (step) }
                }
            }
        }
    }
}

/// For how many days the call is open, from the day of publication.
fn days_open(item: &CatalogueItem) -> Markup {
    let day = |text: &str| text.parse::<Day>().ok();
    let days = day(&item.published_on)
        .zip(day(&item.call_until))
        .map(|(from, until)| (until.start() - from.start()).whole_days())
        .filter(|days| *days > 0);
    html! { @if let Some(days) = days { small { "（" (days) " 天）" } } }
}

fn facts(item: &CatalogueItem, record: &PublicRecord) -> Markup {
    html! {
        dl.facts {
            div { dt { "拟对外揭榜资金合计" } dd.strong { (offered(record)) } }
            div { dt { "项目预计投入" } dd { (investment(record)) } }
            div { dt { "研发期限" } dd { (record.months) " 个月" } }
            div { dt { "发布日期" } dd { (item.published_on) } }
            div { dt { "征集期至" } dd { (item.call_until) (days_open(item)) } }
            div { dt { "批文号" } dd { (item.document_number) } }
            @if item.updated_on > item.published_on {
                div { dt { "最近更新" } dd { (item.updated_on) } }
            }
            @if !item.demander_unit_id.is_empty() {
                div { dt { "需求方" } dd { "经审批已公开，可登录后查询" } }
            }
        }
    }
}

/// The scenario goals. [Art. 10]
fn goals(record: &PublicRecord) -> Markup {
    let names: Vec<_> = record
        .goals()
        .filter_map(|goal| match goal {
            ScenarioGoal::KeyTechnology => Some("关键技术突破"),
            ScenarioGoal::KeyProduct => Some("关键产品研制"),
            ScenarioGoal::MajorProject => Some("重大工程"),
            ScenarioGoal::KeyEnterpriseApplication => Some("重点企业应用"),
            ScenarioGoal::Unspecified => None,
        })
        .collect();
    html! {
        @if !names.is_empty() {
            p.goals { "场景目标：" (names.join("、")) }
        }
    }
}

fn one_task(
    number: usize,
    task: &ExternalTask,
    item: &CatalogueItem,
    record: &PublicRecord,
) -> Markup {
    let matched = item.matched_task_ids.contains(&task.task_id);
    html! {
        section.task id={ "task-" (number) } {
            h3 {
                span.ordinal { (number) }
                (task.title)
                @if matched { " " span.badge.matched { "已有意向解决方案" } }
            }
            p.mode {
                (mode(task)) " · 拟揭榜资金 " (funds(task))
                @if task.revision > 1 { " · 第 " (task.revision) " 版" }
            }
            (wording(task))
            (figures(record, &task.task_id))
            (earlier(task, item))
        }
    }
}

fn wording(task: &ExternalTask) -> Markup {
    html! {
        dl.long {
            div { dt { "研究内容" } dd.text { (task.content) } }
            div { dt { "考核指标" } dd.text { (task.indicators) } }
        }
    }
}

/// How the task read before each of its revisions, the newest first. [Art. 12]
fn earlier(task: &ExternalTask, item: &CatalogueItem) -> Markup {
    let own = item.earlier_wordings.iter().rev().filter_map(|one| {
        let before = one.task.as_ref()?;
        (before.task_id == task.task_id).then_some((one, before))
    });
    html! {
        @for (one, before) in own {
            details {
                summary { "第 " (before.revision) " 版（" (in_force(one)) "）" }
                h4 { (before.title) }
                p.mode { (mode(before)) " · 拟揭榜资金 " (funds(before)) }
                (wording(before))
            }
        }
    }
}

/// The days between which a wording was published.
fn in_force(one: &EarlierWording) -> String {
    if one.published_on.is_empty() {
        format!("{} 起已由后一版替代", one.replaced_on)
    } else {
        format!(
            "{} 发布，{} 起已由后一版替代",
            one.published_on, one.replaced_on
        )
    }
}

/// What solvers asked and all of them are answered. [Art. 11]
fn questions(item: &CatalogueItem) -> Markup {
    html! {
        @if !item.questions.is_empty() {
            section.questions {
                h2 { "答疑（" (item.questions.len()) " 项）" }
                dl.long {
                    @for one in &item.questions {
                        div {
                            dt { "问：" (one.question) }
                            dd.text { "答：" (one.answer) }
                            dd.date { (one.published_on) " 公布" }
                        }
                    }
                }
            }
        }
    }
}

/// Where solvers can hear, and be heard. [Art. 11]
fn roadshows(number: &str, item: &CatalogueItem) -> Markup {
    html! {
        @if !item.roadshows.is_empty() {
            section.roadshows {
                h2 { "项目路演" }
                @for one in &item.roadshows {
                    section.task {
                        h3 { (span(&one.starts_at, &one.ends_at).unwrap_or_default()) }
                        @if one.cancelled {
                            p.notice { "本场路演已取消。" }
                        } @else {
                            p { "地点或接入方式：" (one.venue) }
                            p.text { (one.agenda) }
                            @if one.capacity > 0 {
                                p {
                                    "限 " (one.capacity) " 家单位，须在 " (one.register_until)
                                    " 前（含当日）用本单位账号登记。"
                                }
                            }
                            p {
                                a href={ "/catalogue/" (number) "/roadshows/" (one.meeting_id) } {
                                    "加入日历"
                                }
                            }
                        }
                        @if !one.minutes.is_empty() {
                            h4 { "纪要" }
                            p.text { (one.minutes) }
                        }
                    }
                }
            }
        }
    }
}

/// What somebody who can solve it does now.
fn how_to_answer(item: &CatalogueItem) -> Markup {
    let open = matches!(
        item.state(),
        CatalogueState::Open | CatalogueState::PartlyMatched
    );
    html! {
        @if open {
            section.answer {
                h2 { "如何揭榜" }
                p {
                    "解决方由所在地科技厅（委）的节点登记并提交解决方案；长三角以外及境外单位可任选一个成员节点登记。"
                    "推进组定期将解决方案反馈至需求方，每份方案均有处理结果和理由；征集期结束前不作遴选〔第十、十一条〕。"
                }
            }
        }
    }
}
