//! One joint decision.

use maud::{Markup, html};
use proto::coordination::v1::{Decision, DecisionKind, DecisionState};
use regulation::Region;

use super::{
    kinds,
    list::{in_force_at, number, until},
    paper, proof,
};
use crate::{
    page::{Page, Place, Section},
    regions::{in_order, name},
    words,
};

/// The steps of every decision, in order.
const STEPS: [(DecisionState, &str); 4] = [
    (DecisionState::Open, "各成员同意"),
    (DecisionState::Assented, "批准"),
    (DecisionState::Publicity, "公示"),
    (DecisionState::InForce, "生效"),
];

/// Everything that is public of it.
pub fn entry(place: Place, decision: &Decision) -> Markup {
    let (class, state) = kinds::state(decision.state());
    Page::new(place, Section::Decisions, &decision.title).show(&html! {
        article.entry {
            p.trail { a href="/decisions" { "公示与决策" } " / " (kinds::title(decision.kind())) }
            header.title {
                h1 { (decision.title) }
                p.marks {
                    span class={ "badge " (class) } { (state) }
                    @if decision.version > 1 { span { "第 " (decision.version) " 版" } }
                    @if let Some((.., article)) = kinds::of(decision.kind()) {
                        span { "〔" (words::article(*article)) "〕" }
                    }
                }
            }
            @if decision.state() == DecisionState::Returned {
                p.notice {
                    strong { "该决策已退回。" }
                    "它没有效力；修改后的新版本须重新征得各成员同意。"
                }
            }
            (way(decision))
            (facts(decision))
            (paper::section(decision))
            (draw(place, decision))
            @if decision.state() == DecisionState::Publicity { (object(decision)) }
            (proof::section(decision))
        }
    })
}

/// How far it has come.
fn way(decision: &Decision) -> Markup {
    let reached = match decision.state() {
        DecisionState::Open => 0,
        DecisionState::Assented => 1,
        DecisionState::Approved | DecisionState::Publicity => 2,
        DecisionState::InForce => 4,
        // Where a returned one had come to is not told.
        DecisionState::Returned | DecisionState::Unspecified => return html! {},
    };
    html! {
        ol.way aria-label="办理进度" {
            @for (index, (_, title)) in STEPS.iter().enumerate() {
                li.done[index < reached].now[index == reached]
                    aria-current=[(index == reached).then_some("step")] {
                    span { (title) }
                }
            }
        }
    }
}

fn facts(decision: &Decision) -> Markup {
    let members = in_order(&decision.members);
    html! {
        dl.facts {
            @if !decision.publicity_until.is_empty() {
                div { dt { "公示期" } dd { (until(decision)) } }
            }
            div { dt { "批文号" } dd { (number(decision)) } }
            @if decision.state() == DecisionState::InForce {
                div { dt { "生效时间" } dd { (in_force_at(decision)) } }
            }
            @if !decision.policy_version.is_empty() {
                div {
                    dt { "适用政策" }
                    dd { a href={ "/policy/" (decision.policy_version) } { (decision.policy_version) } }
                }
            }
            @if !decision.former_decision_id.is_empty() {
                div {
                    dt { "前一版本" }
                    dd { a href={ "/decisions/" (decision.former_decision_id) } { "查看" } }
                }
            }
            div.wide {
                dt { "成员同意" }
                dd {
                    @for member in &members {
                        @let given = decision.assented.iter().any(|one| one == member);
                        span class=(if given { "said good" } else { "said catching" }) {
                            span aria-hidden="true" { (if given { "✓ " } else { "○ " }) }
                            (name(member)) (if given { "同意" } else { "待同意" })
                        }
                        " "
                    }
                }
            }
        }
    }
}

/// The experts behind a list were drawn; anybody can draw again. Rounds live at the hub.
fn draw(place: Place, decision: &Decision) -> Markup {
    html! {
        @if decision.kind() == DecisionKind::List {
            section {
                h2 { "评估专家的抽取" }
                p {
                    "本清单由抽取产生的专家评估〔第九条〕。抽取记录以化名公布，任何人都可以重新抽取并核对。"
                    @if place.here == Region::HUB {
                        " " a href={ "/draws/" (decision.subject_id) } { "查看抽取记录" }
                    } @else {
                        "记录见推进组节点的同一页面。"
                    }
                }
            }
        }
    }
}

/// What somebody who disagrees does now.
fn object(decision: &Decision) -> Markup {
    html! {
        section.answer #object {
            h2 { "如何提出异议" }
            p { (until(decision)) "，可以对本决策提出异议，请写明事实和依据。" }
            ul {
                li { "已在平台登记的单位和专家，用自己的账号在所在节点提出；" }
                li { "其他公众向所在地科技厅（委）提出，由经办人员在平台登记。" }
            }
            p {
                "推进组逐项审理并答复理由：异议成立的，决策退回，修改后重新征得各成员同意并重新公示；"
                "有异议尚未审理的，决策不会生效。"
            }
        }
    }
}
