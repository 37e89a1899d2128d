//! Lists go on from page to page: `page_token` is the last id of the page before.

use proto::common::v1::PageRequest;

const SIZE_DEFAULT: i64 = 50;
const SIZE_MAX: i64 = 500;

/// A page that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The id after which it begins; empty for the first.
    pub after: String,
    /// How many at most.
    pub size: i64,
}

impl From<Option<PageRequest>> for Page {
    fn from(request: Option<PageRequest>) -> Self {
        let request = request.unwrap_or_default();
        let size = match i64::from(request.page_size) {
            ..=0 => SIZE_DEFAULT,
            size => size.min(SIZE_MAX),
        };
        Self {
            after: request.page_token,
            size,
        }
    }
}

impl Page {
    /// One more than is shown: whether it is there tells whether the list goes on.
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Cuts `items` to the page and gives the token of the next, empty if this is the last.
    pub fn cut<T>(&self, items: &mut Vec<T>, id: impl Fn(&T) -> String) -> String {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if items.len() <= size {
            return String::new();
        }
        items.truncate(size);
        items.last().map(id).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_exactly_while_there_is_more() {
        let page = Page::from(Some(PageRequest {
            page_size: 2,
            page_token: String::new(),
        }));
        let mut three = vec!["a", "b", "c"];
        assert_eq!(page.cut(&mut three, ToString::to_string), "b");
        assert_eq!(three, ["a", "b"]);
        let mut two = vec!["a", "b"];
        assert_eq!(page.cut(&mut two, ToString::to_string), "");
    }
}
