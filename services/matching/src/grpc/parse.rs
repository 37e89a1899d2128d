//! What people write, parsed at the door.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use chassis::status::{self, Fields};
use proto::matching::v1 as wire;
use regulation::{InvalidText, Money, Text};
use tonic::Status;

use crate::{
    domain::Content,
    dossier::{Channel, MONTHS_MAX, TASKS_MAX, TEAM_MAX},
};

/// Text that may be left empty.
pub(super) fn optional(field: &str, text: &str) -> Result<Option<Text>, Status> {
    maybe(text).map_err(|error| status::invalid(field, error))
}

fn maybe(text: &str) -> Result<Option<Text>, InvalidText> {
    if text.trim().is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

fn set<T: FromStr<Err: Display> + Ord>(
    texts: &[String],
    max: usize,
) -> Result<BTreeSet<T>, String> {
    if texts.len() > max {
        return Err(format!("最多 {max} 项"));
    }
    let parsed = texts
        .iter()
        .map(|text| text.parse().map_err(|error: T::Err| error.to_string()));
    parsed.collect()
}

fn months(months: i32) -> Result<i32, String> {
    if (1..=MONTHS_MAX).contains(&months) {
        Ok(months)
    } else {
        Err(format!("应为 1 至 {MONTHS_MAX} 个月"))
    }
}

fn channel(channel: wire::Channel) -> Result<Channel, &'static str> {
    match channel {
        wire::Channel::Unspecified => Err("请选择揭榜渠道"),
        known => Ok(known.into()),
    }
}

/// What a solver writes.
pub(super) fn content(content: Option<wire::SolutionContent>) -> Result<Content, Status> {
    let content = content.ok_or_else(|| status::invalid("content", "请填写方案内容"))?;
    let mut fields = Fields::default();
    let tasks = fields.take("content.task_ids", set(&content.task_ids, TASKS_MAX));
    // The holder is one more unit of the team.
    let team = fields.take(
        "content.team_unit_ids",
        set(&content.team_unit_ids, TEAM_MAX - 1),
    );
    let approach = fields.take("content.approach", content.approach.parse::<Text>());
    let evidence = fields.take("content.evidence", maybe(&content.evidence));
    let price = content.price.ok_or_else(|| "请填写报价".to_owned());
    let price = price.and_then(|price| Money::from_fen(price.fen).map_err(|e| e.to_string()));
    let price = fields.take("content.price", price);
    let months = fields.take("content.months", months(content.months));
    let channel = fields.take("content.channel", channel(content.channel()));
    let contact = fields.take("content.contact", maybe(&content.contact));
    match (
        tasks, team, approach, evidence, price, months, channel, contact,
    ) {
        (
            Some(tasks),
            Some(team),
            Some(approach),
            Some(evidence),
            Some(price),
            Some(months),
            Some(channel),
            Some(contact),
        ) => Ok(Content {
            tasks,
            team,
            approach,
            evidence,
            price,
            months,
            channel,
            committed: content.committed,
            secrecy: content.secrecy,
            contact,
        }),
        _ => Err(fields.refuse()),
    }
}
