//! What could not be shown, as a page that says what to do now.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maud::{Markup, html};
use tonic::{Code, Status};

use crate::{
    node::{Away, Peer},
    page::{Page, Place, Section},
};

/// Why there is no page. Nothing that was asked for is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is none, or it is not for who asks: the two look alike on purpose.
    NotFound,
    /// What was asked can't be read; the sentence says which part.
    Invalid(&'static str),
    /// The address is too long.
    TooLong,
    /// A service did not answer.
    Away(Peer),
    /// Too many are asking.
    Busy,
    /// It took too long.
    TooSlow,
}

impl From<Away> for Fault {
    fn from(Away(peer): Away) -> Self {
        Self::Away(peer)
    }
}

impl Fault {
    /// What a service's refusal means for a page.
    pub(crate) fn of(peer: Peer, status: &Status) -> Self {
        match status.code() {
            Code::NotFound => Self::NotFound,
            Code::InvalidArgument => Self::Invalid("请求中的条件无法识别。"),
            _ => Away::because(peer, status).into(),
        }
    }

    fn code(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::URI_TOO_LONG,
            Self::Away(_) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::NotFound => "没有这个页面",
            Self::Invalid(_) | Self::TooLong => "请求无法识别",
            Self::Away(_) => "服务暂不可用",
            Self::Busy => "访问的人较多",
            Self::TooSlow => "本次查询超时",
        }
    }

    fn what(self) -> String {
        match self {
            Self::NotFound => "没有这个页面或事项，或者它不对外公开。".to_owned(),
            Self::Invalid(sentence) => sentence.to_owned(),
            Self::TooLong => "地址过长，未予处理。".to_owned(),
            Self::Away(peer) => format!("本节点的{peer}暂时没有应答。"),
            Self::Busy => "本节点正在处理的请求已达上限，未受理本次请求。".to_owned(),
            Self::TooSlow => "本节点未能在 10 秒内完成查询。".to_owned(),
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::NotFound => "请核对公开编号（形如 2024-0012），或从揭榜目录重新进入。",
            Self::Invalid(_) | Self::TooLong => "请从揭榜目录重新填写检索条件。",
            Self::Away(_) => {
                "数据没有丢失，其他页面照常使用。请稍后刷新；持续出现时请联系本节点运维人员。"
            }
            Self::Busy | Self::TooSlow => "请稍后重试。",
        }
    }

    /// The page of it.
    pub(crate) fn at(self, place: Place) -> Response {
        (self.code(), self.page(place)).into_response()
    }

    fn page(self, place: Place) -> Markup {
        let code = self.code();
        Page::new(place, Section::None, self.title()).show(&html! {
            section.fault {
                p.code { (code.as_str()) }
                h1 { (self.title()) }
                p.lead { (self.what()) }
                p { (self.remedy()) }
                p.ways {
                    a.button href="/catalogue" { "揭榜目录" }
                    a href="/" { "回到首页" }
                }
            }
        })
    }
}

/// In place of a part of a page whose service did not answer; the rest of the page stands.
pub(crate) fn missing(Away(peer): Away) -> Markup {
    html! {
        p.notice.away role="status" {
            strong { "此部分暂缺：" }
            "本节点的" (peer) "暂时没有应答。数据没有丢失，请稍后刷新；持续出现时请联系本节点运维人员。"
        }
    }
}
