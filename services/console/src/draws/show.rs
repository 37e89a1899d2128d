//! The page of one draw.

use maud::{Markup, html};
use uuid::Uuid;

use super::again::{Again, Seats};
use crate::{
    page::{Page, Place, Section},
    regions, words,
};

/// Panels that are shown; the record has all of them.
const PANELS_SHOWN: usize = 60;
/// Characters of a pseudonym that people compare by eye.
const KEY_SHOWN: usize = 10;

/// The page of it.
pub fn page(place: Place, round: Uuid, again: &Again) -> Markup {
    Page::new(place, Section::Decisions, "专家抽取记录").show(&html! {
        p.trail { a href="/decisions" { "公示与决策" } " / 专家抽取记录" }
        div.title {
            h1 { "专家抽取记录" }
            p.lead {
                "谁也左右不了抽取：各成员先各自承诺一个种子，名单、回避和专长冻结之后才公开种子，"
                "由全部种子共同决定结果。记录中的专家、单位和需求均为化名。"
            }
        }
        (verdict(again))
        (facts(again))
        (seeds(again))
        (panels(again))
        (how(round))
    })
}

fn verdict(again: &Again) -> Markup {
    html! {
        @match &again.fault {
            None => p.notice.holds role="status" {
                strong { span aria-hidden="true" { "✓ " } "已按本记录重新抽取，结果一致。" }
                "打开本页时由本节点重算；您也可以下载记录自行重算。"
            },
            Some(fault) => p.notice.away role="status" {
                strong { "重新抽取的结果不一致：" (fault) }
                "请联系推进组和监督人员。"
            },
        }
    }
}

fn facts(again: &Again) -> Markup {
    let (seats, alternates) = again.sizes;
    html! {
        dl.facts {
            div { dt { "评估事项" } dd.strong { (words::grouped(again.panels.len())) " 项" } }
            div { dt { "候选专家" } dd.strong { (words::grouped(again.candidates)) " 名" } }
            div { dt { "每项专家" } dd { (seats) " 名，另候补 " (alternates) " 名" } }
            div { dt { "事先回避" } dd { (words::grouped(again.conflicts)) " 对" } }
            div { dt { "其后递补" } dd { (words::grouped(again.followed)) " 次" } }
            div.wide { dt { "冻结名单的摘要" } dd { code { (again.input) } } }
            div.wide { dt { "合成种子" } dd { code { (again.combined) } } }
        }
    }
}

fn seeds(again: &Again) -> Markup {
    let mut seeds: Vec<_> = again.seeds.iter().collect();
    seeds.sort_by_key(|member| regions::place(member.region.as_str()));
    html! {
        section {
            h2 { "各成员的种子" }
            table.seeds {
                caption.hidden { "各成员的承诺与种子" }
                thead {
                    tr {
                        th scope="col" { "成员" }
                        th scope="col" { "事先的承诺" }
                        th scope="col" { "其后公开的种子" }
                    }
                }
                tbody {
                    @for member in &seeds {
                        tr {
                            th scope="row" data-label="成员" { (member.region.name()) }
                            td data-label="事先的承诺" { code { (member.commitment) } }
                            td data-label="其后公开的种子" {
                                @match &member.seed {
                                    Some(seed) => code { (seed) },
                                    None => "未公开，按规则不计入",
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn panels(again: &Again) -> Markup {
    let more = again.panels.len().saturating_sub(PANELS_SHOWN);
    html! {
        section {
            h2 { "抽取结果" }
            table.panels {
                caption.hidden { "各事项的专家组" }
                thead {
                    tr {
                        th scope="col" { "事项（化名）" }
                        th scope="col" { "专家（化名）" }
                        th.figure scope="col" { "余候补" }
                        th.figure scope="col" { "退出" }
                    }
                }
                tbody { @for seats in again.panels.iter().take(PANELS_SHOWN) { (panel(seats)) } }
            }
            @if more > 0 { p.small { "另有 " (more) " 项见下载的记录。" } }
        }
    }
}

fn panel(seats: &Seats) -> Markup {
    html! {
        tr {
            th scope="row" data-label="事项" { code { (short(&seats.proposal)) } }
            td data-label="专家" {
                span.keys { @for expert in &seats.experts { code { (short(expert)) } " " } }
            }
            td.figure data-label="余候补" { (seats.alternates) }
            td.figure data-label="退出" { (seats.out) }
        }
    }
}

fn short(key: &str) -> String {
    key.chars().take(KEY_SHOWN).collect()
}

fn how(round: Uuid) -> Markup {
    html! {
        section.proof #verify {
            h2 { "自行重算" }
            p { a.button.quiet href={ "/draws/" (round) "/record" } { "下载抽取记录（JSON）" } }
            p { "记录包含冻结的名单、各成员的承诺与种子、抽取结果和每次递补。下载后离线重算：" }
            pre { code { "jiebang verify draw " (super::file_name(round)) } }
        }
    }
}
