//! The catalogue as a feed that readers subscribe to. [RFC 4287]

use std::fmt::Write as _;

use proto::matching::v1::CatalogueItem;

use super::search::STATES;

/// What the feed is called for ever.
const ID: &str = "urn:uuid:4f0d6d0e-3a0b-5f1c-9a53-7b1f3c1d2e60";
/// The day on which the regulation came into force: of a feed with nothing in it yet.
const FIRST_DAY: &str = "2023-04-06";

/// The published demands, those that changed last first. Days only: an hour could tell more than
/// everybody may know. [Art. 10]
pub fn feed(items: &[CatalogueItem]) -> String {
    let mut items: Vec<&CatalogueItem> = items.iter().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.updated_on.as_str()));
    let updated = items.first().map_or(FIRST_DAY, |item| &item.updated_on);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    text.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n");
    element(&mut text, "id", ID);
    element(&mut text, "title", "长三角联合攻关揭榜目录");
    element(&mut text, "updated", &moment(updated));
    text.push_str("<author><name>长三角科技创新共同体联合攻关专题推进组</name></author>\n");
    text.push_str("<link rel=\"self\" href=\"/catalogue/feed\"/>\n");
    text.push_str("<link rel=\"alternate\" type=\"text/html\" href=\"/catalogue\"/>\n");
    for item in items {
        entry(&mut text, item);
    }
    text.push_str("</feed>\n");
    text
}

fn entry(text: &mut String, item: &CatalogueItem) {
    let entry = item.entry.clone().unwrap_or_default();
    let record = entry.record.unwrap_or_default();
    let number = escaped(&entry.public_number);
    let known = STATES.iter().find(|(state, ..)| *state == item.state());
    let state = known.map_or("", |(.., title)| title);
    let tasks: Vec<_> = record
        .tasks
        .iter()
        .map(|task| task.title.as_str())
        .collect();
    let summary = format!(
        "{}\n对外揭榜任务：{}。征集期至 {}。状态：{state}。",
        record.mission,
        tasks.join("；"),
        item.call_until,
    );
    text.push_str("<entry>\n");
    element(text, "id", &format!("urn:uuid:{}", entry.blind_id));
    element(
        text,
        "title",
        &format!("{} {}", entry.public_number, record.title),
    );
    element(text, "published", &moment(&item.published_on));
    element(text, "updated", &moment(&item.updated_on));
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "<link rel=\"alternate\" type=\"text/html\" href=\"/catalogue/{number}\"/>"
    );
    let _ = writeln!(text, "<category term=\"{}\"/>", escaped(&record.field));
    element(text, "summary", &summary);
    text.push_str("</entry>\n");
}

fn element(text: &mut String, name: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "<{name}>{}</{name}>", escaped(value));
}

/// The first moment of a day in China.
fn moment(day: &str) -> String {
    format!("{day}T00:00:00+08:00")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}
