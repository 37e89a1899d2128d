//! The programme in figures: money by source, co-funding, small and medium enterprises, and which
//! regions work together. [Art. 2, 3]

use maud::{Markup, html};
use proto::coordination::v1::Indicators;

use super::{
    bars::{Bar, bars},
    part, ties,
};
use crate::{catalogue::amount, node::Away, words};

/// The section of it.
pub(super) fn section(answer: &Result<Indicators, Away>) -> Markup {
    // The same service as of the checklist: that it is away has been said once.
    html! {
        @if answer.is_ok() {
            section #indicators {
                h2 { "计划指标" }
                (part(answer, |indicators| html! {
                    @if indicators.projects == 0 {
                        p.empty { "还没有立项的项目。" }
                    } @else {
                        (tiles(indicators))
                        (sources(indicators))
                        (together(indicators))
                        p.small { "推进组节点汇总全部成员，成员节点汇总本地区牵头的项目。" }
                    }
                }))
            }
        }
    }
}

fn tiles(indicators: &Indicators) -> Markup {
    let all = indicators.projects;
    html! {
        dl.facts {
            div { dt { "立项" } dd.strong { (words::grouped(all)) " 项" } }
            div { dt { "已签合同" } dd.strong { (words::grouped(indicators.under_contract)) " 项" } }
            div { dt { "项目总投资" } dd.strong { (amount(indicators.investment.as_ref())) } }
            div { dt { "立项支持资金" } dd.strong { (amount(indicators.support.as_ref())) } }
            div { dt { "已安排" } dd { (amount(indicators.allocated.as_ref())) } }
            div { dt { "已拨付" } dd { (amount(indicators.paid.as_ref())) } }
            div {
                dt { "市县共同投入〔第三条〕" }
                dd {
                    (words::grouped(indicators.co_funded_projects)) " 项，"
                    (amount(indicators.co_funding.as_ref()))
                }
            }
            div {
                dt { "中小企业〔第二条〕" }
                dd {
                    (words::grouped(indicators.small_and_medium)) " 家，参与 "
                    (words::grouped(indicators.projects_with_small_and_medium)) " 项"
                }
            }
            div {
                dt { "参与单位" }
                dd {
                    (words::grouped(indicators.units)) " 家，其中企业 "
                    (words::grouped(indicators.enterprises)) " 家"
                    @if indicators.units_unknown > 0 {
                        small { "（" (words::grouped(indicators.units_unknown)) " 家类型未告知）" }
                    }
                }
            }
        }
    }
}

/// Money by source, in the regulation's order. [Art. 3]
fn sources(indicators: &Indicators) -> Markup {
    let rows: Vec<_> = indicators
        .sources
        .iter()
        .map(|source| Bar {
            title: source.name.clone(),
            size: source.allocated.as_ref().map_or(0, |money| money.fen),
            said: format!(
                "{}（{}）",
                amount(source.allocated.as_ref()),
                percent(source.basis_points)
            ),
            class: "good",
        })
        .collect();
    let unknown = indicators
        .source_unknown
        .as_ref()
        .is_some_and(|money| money.fen > 0);
    html! {
        @if !rows.is_empty() {
            figure.funnel {
                figcaption { "已安排资金的来源〔第三条〕" }
                (bars(&rows))
                @if unknown {
                    p.small { "另有 " (amount(indicators.source_unknown.as_ref())) " 未告知来源。" }
                }
            }
        }
    }
}

/// Hundredths of a percent as a percentage.
fn percent(basis_points: i32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    match rest {
        0 => format!("{whole}%"),
        rest if rest % 10 == 0 => format!("{whole}.{}%", rest / 10),
        rest => format!("{whole}.{rest:02}%"),
    }
}

/// How many regions a project joins, and which meet in how many.
fn together(indicators: &Indicators) -> Markup {
    let row = |title: &str, count: i64| Bar {
        title: title.to_owned(),
        size: count,
        said: format!("{} 项", words::grouped(count)),
        class: "calm",
    };
    html! {
        div.beside {
            (ties::drawing(&indicators.ties))
            figure.funnel {
                figcaption { "一个项目跨越的地区〔第十三条〕" }
                (bars(&[
                    row("两地", indicators.projects_of_two_regions),
                    row("三地", indicators.projects_of_three_regions),
                    row("四地及以上", indicators.projects_of_more_regions),
                ]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        assert_eq!(percent(10_000), "100%");
        assert_eq!(percent(3_333), "33.33%");
        assert_eq!(percent(3_305), "33.05%");
        assert_eq!(percent(3_350), "33.5%");
        assert_eq!(percent(0), "0%");
    }
}
