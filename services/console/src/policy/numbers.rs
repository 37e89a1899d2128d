//! One version of the policy: every number with its article, who says so and how strictly.

use std::sync::Arc;

use maud::{Markup, html};
use proto::coordination::v1::Decision;
use regulation::{Policy, Rule, Source, Strength};

use super::values::{self, Part};
use crate::{
    fault,
    node::{Away, Peer},
    page::{Page, Place, Section},
    words,
};

/// Whether a version has force on the day of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It is the one.
    Now,
    /// Its days are over.
    Past,
    /// Decided; its days have not begun.
    Future,
    /// A later one has taken its place.
    Replaced,
    /// There is no joint decision on it.
    Undecided,
    /// The decisions could not be asked for.
    Unknown,
}

impl Force {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Now => ("good", "现行有效"),
            Self::Past => ("unknown", "有效期已满"),
            Self::Future => ("open", "已决定，尚未施行"),
            Self::Replaced => ("unknown", "已被后一版本替代"),
            Self::Undecided => ("catching", "未经共同决定，没有效力"),
            Self::Unknown => ("unknown", "效力暂时无法核对"),
        }
    }
}

/// A version with its force.
#[derive(Debug, Clone)]
pub struct Version {
    /// What it says, at this node.
    pub policy: Arc<Policy>,
    /// Whether it has force.
    pub force: Force,
    /// The joint decision on it; none for the first, and for one that is not decided.
    pub decision: Option<Decision>,
}

/// The page of one version.
pub fn page(place: Place, shown: &Version, versions: &[Version]) -> Markup {
    let policy = &shown.policy;
    let (class, force) = shown.force.words();
    Page::new(place, Section::Policy, "政策与解释").show(&html! {
        div.title {
            h1 { "政策与解释" }
            p.lead {
                "《实施办法》规定的和留给共同决定的数值，逐项注明条款、依据和约束力。"
                "每个事项按受理时适用的版本办理，版本更替不影响已受理的事项。"
            }
        }
        (chooser(Some(shown), versions))
        section.version {
            h2 { "版本 " (policy.version) " " span class={ "badge " (class) } { (force) } }
            (facts(shown))
            (own_rules(policy))
            @for part in values::PARTS { (numbers(policy, part)) }
        }
        (legend())
    })
}

/// The page of a day on which no version has force, or on which that can't be said.
pub fn absent(place: Place, versions: &[Version]) -> Markup {
    let unknown = versions.iter().any(|one| one.force == Force::Unknown);
    Page::new(place, Section::Policy, "政策与解释").show(&html! {
        div.title { h1 { "政策与解释" } }
        @if unknown {
            (fault::missing(Away(Peer::Coordination)))
            p { "各版本的数值仍可查看，其中哪一版现行有效暂时无法核对。" }
        } @else {
            p.notice.away role="status" {
                strong { "今日没有现行有效的政策版本。" }
                "新的需求暂不受理；已发布、尚未申报的需求等待新版本；在研项目按其适用的版本继续执行〔第二十二条〕。"
            }
        }
        (chooser(None, versions))
    })
}

fn chooser(shown: Option<&Version>, versions: &[Version]) -> Markup {
    html! {
        nav.chips aria-label="政策版本" {
            @for one in versions.iter().rev() {
                @let here = shown.is_some_and(|shown| shown.policy.version == one.policy.version);
                a href={ "/policy/" (one.policy.version) } aria-current=[here.then_some("true")] {
                    (one.policy.version)
                    @if one.force == Force::Now { "（现行）" }
                }
            }
            a href="/interpretations" { "解释" }
        }
    }
}

fn facts(shown: &Version) -> Markup {
    let policy = &shown.policy;
    html! {
        dl.facts {
            div { dt { "有效期" } dd { (policy.in_force_from) " 至 " (policy.in_force_until) } }
            div {
                dt { "效力来源" }
                dd {
                    @match &shown.decision {
                        Some(decision) => {
                            a href={ "/decisions/" (decision.decision_id) } {
                                @if decision.document_number.is_empty() { "共同决策" }
                                @else { (decision.document_number) }
                            }
                        }
                        None if shown.force == Force::Undecided => "尚无共同决策",
                        None if shown.force == Force::Unknown => "—",
                        None => "《实施办法》施行时的首个版本",
                    }
                }
            }
            div.wide { dt { "文件摘要（SHA-256）" } dd { code { (policy.digest_hex()) } } }
        }
    }
}

/// What this node's region sets more strictly. [Art. 17, 19]
fn own_rules(policy: &Policy) -> Markup {
    html! {
        @if let Some(region) = policy.tightened_for() {
            p.notice {
                (region.name()) "另有更严格的规定，凡与共同版本不同处，表中以“本地”注明〔第十七、十九条〕。"
            }
        }
    }
}

fn numbers(policy: &Policy, (heading, keys): &Part) -> Markup {
    let common = common(policy);
    html! {
        h3 { (heading) }
        table.numbers {
            caption.hidden { (heading) }
            thead {
                tr {
                    th scope="col" { "规定" }
                    th scope="col" { "数值" }
                    th scope="col" { "条款" }
                    th scope="col" { "依据" }
                    th scope="col" { "约束力" }
                }
            }
            tbody {
                @for (key, title) in *keys {
                    @if let (Some(lines), Some(rule)) = (values::lines(policy, key), Policy::rule(key)) {
                        (row(title, &lines, before(common.as_ref(), key, &lines), &rule))
                    }
                }
            }
        }
    }
}

/// The version as all members have it, where this node's region is stricter.
fn common(policy: &Policy) -> Option<Policy> {
    policy.tightened_for()?;
    Policy::parse(policy.text()).ok()
}

/// What all members have, where it differs.
fn before(common: Option<&Policy>, key: &str, lines: &[String]) -> Option<Vec<String>> {
    values::lines(common?, key).filter(|common| common != lines)
}

fn row(title: &str, lines: &[String], common: Option<Vec<String>>, rule: &Rule) -> Markup {
    html! {
        tr {
            th scope="row" data-label="规定" { (title) small { (rule.sentence) } }
            td.value data-label="数值" {
                span {
                    @for line in lines { span.line { (line) } }
                    @if let Some(common) = common {
                        small { "本地；共同版本为 " (common.join("、")) }
                    }
                }
            }
            td data-label="条款" {
                @if rule.articles.is_empty() { "—" } @else { (words::articles(rule.articles)) }
            }
            td data-label="依据" { (source(rule.source)) }
            td data-label="约束力" { (strength(rule.strength)) }
        }
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Text => "办法原文",
        Source::Inferred => "据办法推定",
        Source::Ours => "平台规则",
    }
}

fn strength(strength: Strength) -> Markup {
    let (class, title) = match strength {
        Strength::Must => ("must", "必须"),
        Strength::InPrinciple => ("principle", "原则上"),
        Strength::May => ("may", "可以"),
    };
    html! { span class={ "strength " (class) } { (title) } }
}

fn legend() -> Markup {
    html! {
        section {
            h2 { "怎样读这张表" }
            dl.legend {
                div { dt { "办法原文" } dd { "办法的文字就是这样规定的。" } }
                div { dt { "据办法推定" } dd { "办法有此要求而未定数值，由政策版本规定。" } }
                div { dt { "平台规则" } dd { "办法未作规定，由各成员共同决定。" } }
                div { dt { "必须" } dd { "不得突破。" } }
                div { dt { "原则上" } dd { "例外须写明理由并经批准，留有记录。" } }
                div { dt { "可以" } dd { "支持这样做，不强制。" } }
            }
        }
    }
}
