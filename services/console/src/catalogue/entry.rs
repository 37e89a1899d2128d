//! One published demand.

use maud::{Markup, html};
use proto::{
    intake::v1::{ExternalTask, PublicRecord, ScenarioGoal},
    matching::v1::{CatalogueItem, CatalogueState},
};

use super::list::{amount, funds, mode, offered, state};
use crate::{
    page::{Page, Place, Section},
    words::said_moment,
};

/// Everything that is public of it.
pub fn entry(place: Place, item: &CatalogueItem) -> Markup {
    let entry = item.entry.clone().unwrap_or_default();
    let record = entry.record.unwrap_or_default();
    Page::new(place, Section::Catalogue, &record.title).show(&html! {
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
            (facts(item, &record))
            section {
                h2 { "攻关任务" }
                p.text { (record.mission) }
                (goals(&record))
                @if !record.milestones.is_empty() {
                    h3 { "里程碑" }
                    ol { @for milestone in &record.milestones { li.text { (milestone) } } }
                }
            }
            section {
                h2 { "对外揭榜任务（" (record.tasks.len()) " 项）" }
                @for (index, task) in record.tasks.iter().enumerate() {
                    (one_task(index + 1, task, item.matched_task_ids.contains(&task.task_id)))
                }
            }
            (questions(item))
            (roadshows(&entry.public_number, item))
            (how_to_answer(item))
        }
    })
}

fn facts(item: &CatalogueItem, record: &PublicRecord) -> Markup {
    html! {
        dl.facts {
            div { dt { "拟对外揭榜资金合计" } dd.strong { (offered(record)) } }
            div { dt { "项目预计投入" } dd { (amount(record.planned_investment.as_ref())) } }
            div { dt { "研发期限" } dd { (record.months) " 个月" } }
            div { dt { "发布日期" } dd { (item.published_on) } }
            div { dt { "征集期至" } dd { (item.call_until) } }
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

fn one_task(number: usize, task: &ExternalTask, matched: bool) -> Markup {
    html! {
        section.task {
            h3 {
                span.ordinal { (number) }
                (task.title)
                @if matched { " " span.badge.matched { "已有意向解决方案" } }
            }
            p.mode {
                (mode(task)) " · 拟揭榜资金 " (funds(task))
                @if task.revision > 1 { " · 第 " (task.revision) " 版" }
            }
            dl.long {
                div { dt { "研究内容" } dd.text { (task.content) } }
                div { dt { "考核指标" } dd.text { (task.indicators) } }
            }
        }
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
                        h3 { (said_moment(&one.starts_at).unwrap_or_default()) }
                        @if one.cancelled {
                            p.notice { "本场路演已取消。" }
                        } @else {
                            p { "地点或接入方式：" (one.venue) }
                            p.text { (one.agenda) }
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
