//! The frame that every page stands in.

use maud::{DOCTYPE, Markup, html};
use regulation::Region;

use crate::assets::{MARK, STYLE};

/// Where pages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The node.
    pub here: Region,
    /// Whether the federation's status is shown there.
    pub status: bool,
}

/// Where in the site a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Catalogue,
    Decisions,
    Policy,
    Status,
    None,
}

/// The sections that the navigation leads to.
const SECTIONS: &[(Section, &str, &str)] = &[
    (Section::Home, "/", "首页"),
    (Section::Catalogue, "/catalogue", "揭榜目录"),
    (Section::Decisions, "/decisions", "公示与决策"),
    (Section::Policy, "/policy", "政策与解释"),
    (Section::Status, "/status", "联邦状态"),
];

/// A page before its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    place: Place,
    section: Section,
    title: &'a str,
    feed: bool,
}

impl<'a> Page<'a> {
    /// A page there.
    pub(crate) fn new(place: Place, section: Section, title: &'a str) -> Self {
        Self {
            place,
            section,
            title,
            feed: false,
        }
    }

    /// The same, telling readers of feeds that there is one.
    pub(crate) fn with_feed(mut self) -> Self {
        self.feed = true;
        self
    }

    /// The whole of it.
    pub(crate) fn show(self, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · 长三角联合攻关" }
                    link rel="icon" href=(MARK) type="image/svg+xml";
                    link rel="stylesheet" href=(STYLE);
                    @if self.feed {
                        link rel="alternate" type="application/atom+xml"
                            href="/catalogue/feed" title="揭榜目录更新";
                    }
                }
                body {
                    a.skip href="#content" { "跳到正文" }
                    (self.head())
                    main #content { (content) }
                    (foot())
                }
            }
        }
    }

    fn sections(self) -> impl Iterator<Item = &'static (Section, &'static str, &'static str)> {
        let shown = move |section| section != Section::Status || self.place.status;
        SECTIONS.iter().filter(move |(section, ..)| shown(*section))
    }

    fn head(self) -> Markup {
        html! {
            header.top {
                div.inner {
                    a.brand href="/" {
                        img.seal src=(MARK) width="40" height="40" alt="";
                        span {
                            strong { "揭榜" }
                            small { "长三角科技创新共同体联合攻关" }
                        }
                    }
                    nav aria-label="主导航" {
                        @for (section, address, name) in self.sections() {
                            a href=(address) aria-current=[(*section == self.section).then_some("page")] {
                                (name)
                            }
                        }
                    }
                    span.node title="您正在访问的节点" { (self.place.here.name()) "节点" }
                }
            }
        }
    }
}

fn foot() -> Markup {
    html! {
        footer.bottom {
            div.inner {
                p {
                    "依据《长三角科技创新共同体联合攻关计划实施办法（试行）》（沪科规〔2023〕1 号）。"
                }
                p { "需求发布原则上不公开需求方〔第十条〕：公开信息不含需求单位及其所在区域。" }
            }
        }
    }
}
