//! Every region's chain: drawn, and as a table.

use std::time::Duration;

use maud::{Markup, html};
use proto::{
    coordination::v1::FederationStatus,
    exchange::v1::{ListRegionsResponse, RegionState},
};
use regulation::Region;
use time::OffsetDateTime;

use super::{Seen, drawing, health::Health, part};
use crate::{
    fault,
    regions::{name, place},
    words,
};

/// Hex digits of a hash that people compare by eye.
const HASH_SHOWN: usize = 12;

pub(super) fn section(here: Region, seen: &Seen) -> Markup {
    html! {
        section #chains {
            h2 { "成员连接与信息链" }
            (part(&seen.chains, |chains| both(here, chains, seen)))
            @if let (Ok(_), Err(away)) = (&seen.chains, &seen.heard) { (fault::missing(*away)) }
        }
    }
}

fn both(here: Region, chains: &ListRegionsResponse, seen: &Seen) -> Markup {
    let mut regions: Vec<_> = chains.regions.iter().collect();
    regions.sort_by_key(|region| (!region.own, place(&region.region)));
    html! {
        @if !chains.hub_connected {
            p.notice.away role="status" {
                strong { "与推进组的连接已中断。" }
                "本节点照常办理自己的业务；连接恢复后自动补齐，不需要人工处理。"
            }
        }
        @if regions.is_empty() {
            p.empty { "成员名单为空。" }
        } @else {
            div.chains {
                (drawing::drawing(here, &regions, seen.late_after))
                (table(&regions, seen.heard.as_ref().ok(), seen.late_after))
            }
        }
    }
}

fn table(
    regions: &[&RegionState],
    heard: Option<&FederationStatus>,
    late_after: Duration,
) -> Markup {
    html! {
        table.regions {
            caption.hidden { "各成员的信息链" }
            thead {
                tr {
                    th scope="col" { "成员" }
                    th scope="col" { "状态" }
                    th.figure scope="col" { "最新编号" }
                    th scope="col" { "链首摘要" }
                    th scope="col" { "最近心跳" }
                    th scope="col" { "业务同步至" }
                    th scope="col" { "待处理" }
                    th scope="col" { "异常" }
                }
            }
            tbody {
                @for region in regions { (row(region, heard, late_after)) }
            }
        }
        p.small {
            "编号：本节点为已发出的最后一条，其他成员为已收到并验签的最后一条。"
            "同一编号在各节点的摘要相同，即各方所见历史一致。"
        }
    }
}

fn row(region: &RegionState, heard: Option<&FederationStatus>, late_after: Duration) -> Markup {
    let health = Health::of(region, late_after);
    let hash: String = region.hash.chars().take(HASH_SHOWN).collect();
    html! {
        tr {
            th scope="row" data-label="成员" { (name(&region.region)) }
            td data-label="状态" { span class={ "badge " (health.class()) } { (health.title()) } }
            td.figure data-label="最新编号" { (words::grouped(region.number)) }
            td data-label="链首摘要" {
                @if hash.is_empty() { "—" } @else { code { (hash) } }
            }
            td data-label="最近心跳" { (heartbeat(region, late_after)) }
            td.date data-label="业务同步至" { (heard_until(region, heard)) }
            td data-label="待处理" { (backlog(region)) }
            td data-label="异常" {
                @if region.faults > 0 {
                    span.badge.behind { (words::grouped(region.faults)) " 项待处理" }
                } @else { "无" }
            }
        }
    }
}

/// How old the last heartbeat is, with a bar that is full when the region counts as behind.
fn heartbeat(region: &RegionState, late_after: Duration) -> Markup {
    if region.own {
        return html! { "—" };
    }
    let class = Health::of(region, late_after).class();
    let late = late_after.as_secs().max(1);
    let width = u64::try_from(region.heartbeat_age_seconds)
        .map_or(100, |age| (age.saturating_mul(100) / late).min(100));
    html! {
        span.bar {
            svg class=(class) viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                rect.rail width="100" height="6" rx="3" {}
                rect.fill width=(width.max(3)) height="6" rx="3" {}
            }
            (words::ago(region.heartbeat_age_seconds).unwrap_or_else(|| "从未".to_owned()))
        }
    }
}

fn heard_until(region: &RegionState, heard: Option<&FederationStatus>) -> String {
    if region.own {
        return "—".to_owned();
    }
    let by_services = heard
        .and_then(|heard| heard.regions.iter().find(|r| r.region == region.region))
        .and_then(|heard| words::said_moment(&heard.heard_until));
    let at_the_border = || {
        let until = region.heard_until.as_ref()?;
        let at = OffsetDateTime::from_unix_timestamp(until.seconds).ok()?;
        Some(words::moment(at))
    };
    by_services
        .or_else(at_the_border)
        .unwrap_or_else(|| "—".to_owned())
}

fn backlog(region: &RegionState) -> String {
    let mut parts = Vec::new();
    if region.waiting > 0 {
        let number = words::grouped(region.waiting);
        let what = if region.own {
            "待发往推进组"
        } else {
            "待交付本节点服务"
        };
        parts.push(format!("{number} 条{what}"));
    }
    if region.early > 0 {
        let number = words::grouped(region.early);
        parts.push(format!("{number} 条在等前序补齐"));
    }
    if parts.is_empty() {
        return "无".to_owned();
    }
    parts.join("，")
}
