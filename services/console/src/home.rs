//! The start page: what this is, how it goes, what is new.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use maud::{Markup, html};
use proto::{coordination::v1::Decision, matching::v1::CatalogueItem};

use crate::{
    catalogue::{self, Search},
    decisions,
    fault::{self, Fault},
    node::{Away, Node, Peer},
    page::{Page, Place, Section},
};

/// Demands that are shown as new.
const NEW: i32 = 5;
/// The way of a demand, step by step, with the articles.
const STEPS: &[(&str, &str, &str)] = &[
    (
        "需求征集",
        "行业骨干企业常年提出需求，所在地科技厅（委）受理",
        "第八条",
    ),
    (
        "需求评估",
        "专家按五项标准评估，形成重点揭榜任务清单建议",
        "第九条",
    ),
    ("共同决策", "三省一市逐一同意，批准后公示并生效", "第九条"),
    ("联合发布", "不公开需求方，面向国内外征集解决方案", "第十条"),
    (
        "对接入库",
        "反馈方案、路演与一对一交流，选定后进入储备库",
        "第十一、十二条",
    ),
    (
        "申报立项",
        "组成跨区域联合体申报，审查、评审后共同立项",
        "第十三至十六条",
    ),
    (
        "实施验收",
        "属地管理，按合同拨付，到期验收",
        "第十六至二十条",
    ),
];

/// `/`
pub(crate) async fn show(State(node): State<Node>) -> Response {
    let search = Search::default();
    let (found, open) = tokio::join!(catalogue::find(&node, &search, NEW), decisions::open(&node));
    let newest = match found {
        Ok(found) => Ok(found.items),
        Err(Fault::Away(peer)) => Err(Away(peer)),
        Err(_) => Err(Away(Peer::Matching)),
    };
    page(node.place(), &newest, &open.unwrap_or_default()).into_response()
}

fn page(place: Place, newest: &Result<Vec<CatalogueItem>, Away>, open: &[Decision]) -> Markup {
    Page::new(place, Section::Home, "首页")
        .with_feed()
        .show(&html! {
            section.hero {
                p.over { "上海 · 江苏 · 浙江 · 安徽" }
                h1 { "一张榜单，四地联合攻关" }
                p.lead {
                    "企业出题，专家评估，三省一市共同发布；国内外创新主体揭榜解题。"
                    "每一项决策都有各方签名，每一步都可以事后核验。"
                }
                p.ways {
                    a.button href="/catalogue" { "查看揭榜目录" }
                    @if place.status { a.button.quiet href="/status" { "联邦状态" } }
                }
            }
            @if !open.is_empty() {
                section {
                    div.heading {
                        h2 { "正在公示" }
                        a href="/decisions" { "全部决策" }
                    }
                    (decisions::open_table(open))
                }
            }
            section {
                div.heading {
                    h2 { "最新发布" }
                    a href="/catalogue" { "全部任务" }
                }
                @match newest {
                    Err(away) => (fault::missing(*away)),
                    Ok(items) if items.is_empty() => p.empty { "目前还没有发布揭榜任务。" },
                    Ok(items) => (catalogue::table(items)),
                }
            }
            section {
                h2 { "一项需求如何成为项目" }
                ol.steps {
                    @for (name, what, articles) in STEPS {
                        li {
                            strong { (name) }
                            span { (what) }
                            small { (articles) }
                        }
                    }
                }
            }
        })
}
