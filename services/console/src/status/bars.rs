//! Figures side by side as bars, each with its words.

use maud::{Markup, html};

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// What is counted.
    pub(super) title: String,
    /// How long it is, against the longest.
    pub(super) size: i64,
    /// The figure as people read it.
    pub(super) said: String,
    /// Its class in the style sheet.
    pub(super) class: &'static str,
}

/// The longest is full; nothing is none at all.
pub(super) fn bars(bars: &[Bar]) -> Markup {
    let longest = bars.iter().map(|bar| bar.size).max().unwrap_or_default();
    html! {
        dl.bars {
            @for bar in bars {
                div {
                    dt { (bar.title) }
                    dd {
                        svg class=(bar.class) viewBox="0 0 1000 10" preserveAspectRatio="none"
                            aria-hidden="true" {
                            rect.rail width="1000" height="10" {}
                            rect.fill width=(width(bar.size, longest)) height="10" {}
                        }
                        span { (bar.said) }
                    }
                }
            }
        }
    }
}

/// In thousandths of the longest; at least so much that what there is can be seen.
fn width(size: i64, longest: i64) -> i64 {
    if size <= 0 || longest <= 0 {
        return 0;
    }
    let thousandths = i128::from(size) * 1000 / i128::from(longest);
    i64::try_from(thousandths).unwrap_or(1000).clamp(8, 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_is_full_and_what_there_is_can_be_seen() {
        assert_eq!(width(7, 7), 1000);
        assert_eq!(width(1, 2), 500);
        assert_eq!(width(1, i64::MAX), 8);
        assert_eq!(width(i64::MAX, i64::MAX), 1000);
        assert_eq!((width(0, 5), width(-3, 5), width(0, 0)), (0, 0, 0));
    }
}
