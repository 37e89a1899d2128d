//! The interpretation notes, for everybody. [Art. 22]

use maud::{Markup, html};
use proto::coordination::v1::{Interpretation, ListInterpretationsResponse};
use regulation::Article;

use crate::{
    fault,
    node::Away,
    page::{Page, Place, Section},
    words,
};

/// The page of them.
pub fn notes(
    place: Place,
    after: &str,
    found: &Result<ListInterpretationsResponse, Away>,
) -> Markup {
    Page::new(place, Section::Policy, "解释").show(&html! {
        p.trail { a href="/policy" { "政策与解释" } " / 解释" }
        div.title {
            h1 { "解释" }
            p.lead { "对《实施办法》条款和政策版本的解释，由各成员共同决定并生效〔第二十二条〕。" }
        }
        @match found {
            Err(away) => (fault::missing(*away)),
            Ok(found) if found.interpretations.is_empty() => p.empty { "目前没有生效的解释。" },
            Ok(found) => {
                @for note in &found.interpretations { (one(note)) }
                (pages(after, &found.next_page_token))
            }
        }
    })
}

fn one(note: &Interpretation) -> Markup {
    html! {
        article.task.note[!note.superseded].superseded[note.superseded] {
            p.kind {
                (subject(&note.subject_id))
                @if note.superseded { " " span.badge { "已被后一解释替代" } }
            }
            h2 { (note.title) }
            p.text { (note.text) }
            p.small {
                @if !note.document_number.is_empty() { (note.document_number) " · " }
                @if let Some(at) = words::said_moment(&note.in_force_at) { (at) " 生效 · " }
                a href={ "/decisions/" (note.decision_id) } { "决策与核验" }
            }
        }
    }
}

/// What it is about: an article, or a version of the policy.
fn subject(subject: &str) -> String {
    match subject.parse() {
        Ok(number) => format!("关于{}", words::article(Article(number))),
        Err(_) => format!("关于政策版本 {subject}"),
    }
}

fn pages(after: &str, next: &str) -> Markup {
    html! {
        nav.pages aria-label="分页" {
            @if !after.is_empty() { a.button.quiet href="/interpretations" { "回到第一页" } }
            @if !next.is_empty() {
                form method="get" action="/interpretations" {
                    input type="hidden" name="after" value=(next);
                    button.quiet type="submit" { "下一页" }
                }
            }
        }
    }
}
