//! Whether a text that others will read tells who is behind it. Pure. [Art. 10]
//!
//! Looks for a unit's names however they are spelled (apart, in other alphabets, in traditional
//! characters, as they are read), its contacts, its credit code, and for
//! whatever else reaches somebody: telephone numbers, e-mail and web addresses, street addresses.
//! Each finding says where it stands in the text as it was written. All texts that leave a node
//! without their author's name go through here: demands, questions, answers, announcements.

mod address;
mod fold;
mod known;
mod number;
mod reading;

use std::fmt;

use fold::Folded;
pub use known::Known;

/// A place in a text that gives somebody away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// At which character, from 1.
    pub at: usize,
    /// The characters found there.
    pub found: String,
    /// What kind of thing it is.
    pub what: What,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, found, what } = self;
        write!(f, "第 {at} 字起“{found}”（{what}）")
    }
}

impl Place {
    /// Whether it is more of the same.
    fn contains(&self, other: &Self) -> bool {
        let end = |place: &Self| place.at + place.found.chars().count();
        let wider = self.at <= other.at && end(other) <= end(self);
        wider && self.what == other.what && self.found != other.found
    }
}

/// What gives somebody away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A name, short name or brand of a unit.
    Name,
    /// A word of a unit's contact, such as a person's name.
    Contact,
    /// A credit code, whoever's.
    CreditCode,
    /// A telephone number.
    Telephone,
    /// An account of a messenger.
    Account,
    /// An e-mail address.
    Email,
    /// A web address.
    Web,
    /// A street address. Where a meeting takes place may be said: there it is no leak.
    Address,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "单位名称",
            Self::Contact => "联系人信息",
            Self::CreditCode => "统一社会信用代码",
            Self::Telephone => "电话号码",
            Self::Account => "即时通信账号",
            Self::Email => "电子邮箱",
            Self::Web => "网址",
            Self::Address => "通信地址",
        })
    }
}

/// Every place of the text that gives somebody away, in the text's order.
pub fn places(text: &str, known: &Known) -> Vec<Place> {
    let plain = Folded::new(text);
    let mut found = known.places(text, &plain);
    found.extend(number::places(&plain));
    found.extend(address::places(&plain));
    found.sort_by(|a, b| (a.at, &a.found, a.what).cmp(&(b.at, &b.found, b.what)));
    found.dedup();
    let all = found.clone();
    found.retain(|place| !all.iter().any(|longer| longer.contains(place)));
    found
}

#[cfg(test)]
mod tests;
