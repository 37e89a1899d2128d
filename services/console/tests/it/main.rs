//! The console as somebody at a browser finds it: what is drawn from awkward answers, and what
//! stands when services are away.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod away;
mod browser;
mod catalogue;
mod chromium;
mod decisions;
mod draws;
mod gallery;
mod policy;
mod status;

use console::Place;
use regulation::Region;

/// Pages of a node that shows everything it has.
pub(crate) const HERE: Place = Place {
    here: Region::SH,
    status: true,
};

/// Markup that must never come through as such.
pub(crate) const NASTY: &str = r#"</td><script>alert("1")</script><img src=x onerror='a&b'>"#;

/// Nothing of [`NASTY`] is markup, and all of it can be read.
pub(crate) fn harmless(page: &str) {
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("<img src=x"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
}

/// How often a text stands in a page.
pub(crate) fn count(page: &str, text: &str) -> usize {
    page.matches(text).count()
}
