//! Near-duplicates: how much of its wording one text shares with another, and where.
//!
//! Wording is compared as runs of three signs (a Han character, or a whole Latin word or number),
//! whatever the punctuation, width and case between them.

use std::{cmp::Ordering, collections::BTreeMap, fmt, ops::Range};

use crate::text::{self, Sign, Token};

/// Signs in a row that make a shingle.
const SHINGLE: usize = 3;
/// Shortest shared passage worth showing, in signs.
const PASSAGE_MIN: usize = 8;
/// Places of the other text that are tried for one shared beginning.
const TRIES: usize = 32;

/// From which part contained on two texts are near-duplicates. Of 14.7 million pairs of abstracts of
/// different papers 0.0001 % reach it.
pub const NEAR: PerMille = PerMille::new(300);
/// Shingles below which containment says little: then the texts have to resemble each other.
const SHORT: usize = 30;

/// The wording of a text, ready to be compared many times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// Ascending, each once.
    shingles: Vec<u64>,
}

impl Sketch {
    /// The wording of a thing that has several texts, such as title, mission and tasks. Nothing is
    /// read across the border of two of them.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut shingles = Vec::new();
        for text in texts {
            let tokens = text::tokens(text);
            shingles.extend(tokens.windows(SHINGLE).map(shingle));
        }
        shingles.sort_unstable();
        shingles.dedup();
        Self { shingles }
    }

    /// How much of the wording the two share.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let (mut left, mut right) = (
            self.shingles.iter().peekable(),
            other.shingles.iter().peekable(),
        );
        let mut shared = 0;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                Ordering::Less => drop(left.next()),
                Ordering::Greater => drop(right.next()),
                Ordering::Equal => {
                    shared += 1;
                    left.next();
                    right.next();
                }
            }
        }
        Likeness {
            shared,
            left: self.shingles.len(),
            right: other.shingles.len(),
        }
    }
}

/// What two texts have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    shared: usize,
    left: usize,
    right: usize,
}

impl Likeness {
    /// The part of the shorter wording that the longer one has too: a text that was only added to
    /// stays at 1000 ‰. Nothing, where there is nothing to compare.
    pub fn contained(&self) -> PerMille {
        PerMille::of(self.shared, self.left.min(self.right))
    }

    /// The part of all wording that is in both: 1000 ‰ only for the same.
    pub fn resemblance(&self) -> PerMille {
        PerMille::of(self.shared, self.left + self.right - self.shared)
    }

    /// Whether somebody should see the two side by side.
    pub fn is_near(&self) -> bool {
        let measure = if self.left.min(self.right) < SHORT {
            self.resemblance()
        } else {
            self.contained()
        };
        measure >= NEAR
    }
}

/// A part of a whole, in thousandths, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMille(u16);

impl PerMille {
    /// `thousandths`, 1000 at most.
    pub const fn new(thousandths: u16) -> Self {
        Self(if thousandths > 1000 {
            1000
        } else {
            thousandths
        })
    }

    /// In thousandths.
    pub const fn get(self) -> u16 {
        self.0
    }

    fn of(part: usize, whole: usize) -> Self {
        let thousandths = (part * 1000).checked_div(whole).unwrap_or_default();
        Self::new(u16::try_from(thousandths).unwrap_or(u16::MAX))
    }
}

/// `87.5 %`
impl fmt::Display for PerMille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

/// The same wording in two texts, as bytes of each: `&left[passage.left]` is what to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPassage {
    /// Where it stands in the left text.
    pub left: Range<usize>,
    /// Where it stands in the right text.
    pub right: Range<usize>,
}

/// The passages that two texts share, in the order of the left one, none overlapping another in it.
/// Short ones, which any two texts share, are left out.
pub fn shared_passages(left: &str, right: &str) -> Vec<SharedPassage> {
    let (a, b) = (text::tokens(left), text::tokens(right));
    let mut begins: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (place, window) in b.windows(SHINGLE).enumerate() {
        begins.entry(shingle(window)).or_default().push(place);
    }
    let mut passages = Vec::new();
    let mut at = 0;
    while let Some(window) = a.get(at..at + SHINGLE) {
        let places = begins
            .get(&shingle(window))
            .into_iter()
            .flatten()
            .take(TRIES);
        let longest = places
            .map(|&place| (common(&a[at..], &b[place..]), place))
            .max_by_key(|&(length, place)| (length, std::cmp::Reverse(place)));
        match longest {
            Some((length, place)) if length >= PASSAGE_MIN => {
                passages.push(SharedPassage {
                    left: a[at].at.start..a[at + length - 1].at.end,
                    right: b[place].at.start..b[place + length - 1].at.end,
                });
                at += length;
            }
            _ => at += 1,
        }
    }
    passages
}

/// How many signs two texts have in common from their beginning on.
fn common(a: &[Token], b: &[Token]) -> usize {
    a.iter()
        .zip(b)
        .take_while(|(a, b)| a.sign == b.sign)
        .count()
}

fn shingle(window: &[Token]) -> u64 {
    window.iter().fold(0, |hash: u64, token| {
        let sign = match token.sign {
            Sign::Han(c) => u64::from(c as u32),
            Sign::Run(run) => run,
        };
        // The finaliser of SplitMix64, so that neighbours in Unicode are far apart.
        let mixed = (hash.rotate_left(21) ^ sign).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: &str = "研制面向第五代移动通信基站的氮化镓功率放大器芯片，突破高线性度与高效率兼顾的设计方法，\
        在3.5GHz频段实现饱和输出功率不低于50W，功率附加效率不低于65%，并完成整机验证。";
    const REWORDED: &str = "面向第五代移动通信基站，研制氮化镓（GaN）功率放大器芯片，突破高线性度与高效率兼顾的设计，\
        在3.5 GHz频段饱和输出功率不低于40W，效率不低于60%，完成整机验证。";
    const OTHER: &str = "研制面向工业互联网的高可靠边缘智能控制器，突破多源异构数据实时融合方法，\
        在典型产线实现控制周期不高于1毫秒，完成不少于3家企业的应用验证。";

    fn likeness(a: &str, b: &str) -> Likeness {
        Sketch::of([a]).likeness(&Sketch::of([b]))
    }

    #[test]
    fn the_same_said_again_with_other_figures_is_near_and_another_topic_is_not() {
        assert!(
            likeness(FIRST, REWORDED).is_near(),
            "{:?}",
            likeness(FIRST, REWORDED)
        );
        assert!(
            !likeness(FIRST, OTHER).is_near(),
            "{:?}",
            likeness(FIRST, OTHER)
        );
    }

    #[test]
    fn what_was_only_added_to_stays_contained() {
        let longer = format!("{OTHER}{FIRST}{OTHER}");
        let likeness = likeness(FIRST, &longer);
        assert_eq!(likeness.contained(), PerMille::new(1000));
        assert!(likeness.resemblance() < PerMille::new(700));
    }

    #[test]
    fn a_short_phrase_that_a_long_text_uses_too_is_not_near() {
        assert!(!likeness("高线性度与高效率", FIRST).is_near());
        assert!(likeness("高线性度与高效率", "高线性度与高效率。").is_near());
        assert!(!likeness("", "").is_near());
    }

    #[test]
    fn shared_passages_are_marked_in_both_texts() {
        let passages = shared_passages(FIRST, REWORDED);
        let marked: Vec<_> = passages
            .iter()
            .map(|p| (&FIRST[p.left.clone()], &REWORDED[p.right.clone()]))
            .collect();
        assert_eq!(
            marked,
            [
                ("面向第五代移动通信基站", "面向第五代移动通信基站"),
                (
                    "功率放大器芯片，突破高线性度与高效率兼顾的设计",
                    "功率放大器芯片，突破高线性度与高效率兼顾的设计"
                ),
                ("饱和输出功率不低于", "饱和输出功率不低于"),
            ]
        );
    }

    #[test]
    fn a_text_of_one_character_over_and_over_takes_no_time() {
        let monotone = "芯".repeat(20_000);
        assert_eq!(shared_passages(&monotone, &monotone).len(), 1);
    }

    proptest! {
        #[test]
        fn likeness_is_the_same_from_both_sides(a in "[芯片设计工艺a5， ]{0,60}",
            b in "[芯片设计工艺a5， ]{0,60}",
        ) {
            let (there, back) = (likeness(&a, &b), likeness(&b, &a));
            prop_assert_eq!(there.contained(), back.contained());
            prop_assert_eq!(there.resemblance(), back.resemblance());
            prop_assert!(there.resemblance() <= there.contained());
        }

        #[test]
        fn marked_passages_say_the_same_and_do_not_overlap(a in "[芯片设计a ]{0,80}",
            b in "[芯片设计a ]{0,80}",
        ) {
            let signs = |text: &str| text::tokens(text).into_iter().map(|token| token.sign).collect::<Vec<_>>();
            let mut end = 0;
            for passage in shared_passages(&a, &b) {
                prop_assert!(passage.left.start >= end);
                end = passage.left.end;
                prop_assert_eq!(signs(&a[passage.left]), signs(&b[passage.right]));
            }
        }
    }
}
