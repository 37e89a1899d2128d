//! What the document of a joint decision has to be, by its kind.

use std::collections::BTreeSet;

use evidence::{InvalidMembership, MembershipDocument, Standing};
use regulation::{Criterion, DecisionKind, Region};
use serde::Deserialize;

use super::Document;

/// Longest interpretation note, in characters.
const NOTE_CHARS_MAX: usize = 20_000;
/// The regulation's articles. [Art. 22 is the last]
const ARTICLES: std::ops::RangeInclusive<u8> = 1..=22;
/// What a project's results are judged by, at least. [Art. 19]
const RESULTS: [&str; 3] = ["innovation", "transformation", "contribution"];
/// Criteria at most.
const CRITERIA_MAX: usize = 20;

/// What is known at the opening beyond the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The policy version, or that of the subject, is on this node.
    pub version: bool,
    /// That version has force already.
    pub in_force: bool,
    /// What the border says against the change of a member, in Chinese.
    pub against: Vec<String>,
}

/// Why a document is none for its kind of decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// No membership file.
    Membership(InvalidMembership),
    /// It is about another region than the decision.
    AnotherRegion(Region),
    /// It says of a region what only a policy version may say. [Art. 21]
    Standing(Region),
    /// The members' keys can't change so.
    Keys(Vec<String>),
    /// This version has force already.
    PolicyInForce,
    /// An interpretation is of an article, or of a policy version. [Art. 22]
    Subject,
    /// Not a text that people can read.
    NotText,
    /// No criteria, and why.
    Criteria(String),
}

/// Whether the document is one of its kind, about the subject.
///
/// # Errors
/// Why it is not.
pub fn fits(
    kind: DecisionKind,
    subject: &str,
    document: &Document,
    members: &BTreeSet<Region>,
    known: &Known,
) -> Result<(), Unfit> {
    match kind {
        // What opens by a proposal is the proposal; a policy's text is read before it is opened.
        DecisionKind::Policy if known.in_force => Err(Unfit::PolicyInForce),
        DecisionKind::List
        | DecisionKind::Guide
        | DecisionKind::Establishment
        | DecisionKind::Policy => Ok(()),
        DecisionKind::Admission => admission(subject, document, members, known),
        DecisionKind::Interpretation => interpretation(subject, document, known),
        DecisionKind::ResultCriteria => criteria(document).map_err(Unfit::Criteria),
    }
}

fn admission(
    subject: &str,
    document: &Document,
    members: &BTreeSet<Region>,
    known: &Known,
) -> Result<(), Unfit> {
    let paper = MembershipDocument::read(document.bytes()).map_err(Unfit::Membership)?;
    let region = paper.region;
    if region.as_str() != subject {
        return Err(Unfit::AnotherRegion(region));
    }
    let expected = match region {
        Region::HUB => Standing::Hub,
        region if members.contains(&region) => Standing::Full,
        _ => Standing::Linked,
    };
    if paper.standing != expected {
        return Err(Unfit::Standing(region));
    }
    if known.against.is_empty() {
        Ok(())
    } else {
        Err(Unfit::Keys(known.against.clone()))
    }
}

fn interpretation(subject: &str, document: &Document, known: &Known) -> Result<(), Unfit> {
    let article = subject
        .parse::<u8>()
        .is_ok_and(|n| ARTICLES.contains(&n) && subject == n.to_string());
    if !article && !known.version {
        return Err(Unfit::Subject);
    }
    let text = std::str::from_utf8(document.bytes()).map_err(|_| Unfit::NotText)?;
    let seen = |c: char| !c.is_control() || c == '\n' || c == '\t' || c == '\r';
    if text.trim().is_empty() || text.chars().count() > NOTE_CHARS_MAX || !text.chars().all(seen) {
        return Err(Unfit::NotText);
    }
    Ok(())
}

/// A version of the criteria for results. [Art. 19: 成果评价机制]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Criteria {
    version: String,
    criteria: Vec<Criterion>,
}

fn criteria(document: &Document) -> Result<(), String> {
    let text = std::str::from_utf8(document.bytes()).map_err(|_| "不是文本".to_owned())?;
    let read: Criteria = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    if read.version.trim().is_empty() {
        return Err("没有版本号".to_owned());
    }
    if read.criteria.len() > CRITERIA_MAX {
        return Err(format!("指标最多 {CRITERIA_MAX} 项"));
    }
    let keys: BTreeSet<&str> = read.criteria.iter().map(|one| one.key.as_str()).collect();
    if keys.len() != read.criteria.len() {
        return Err("指标的代号有重复".to_owned());
    }
    if let Some(missing) = RESULTS.iter().find(|key| !keys.contains(*key)) {
        return Err(format!("缺少指标 {missing}"));
    }
    let weights: u64 = read.criteria.iter().map(|one| u64::from(one.weight)).sum();
    if weights != 100 {
        return Err(format!("权重合计须为 100，现为 {weights}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use evidence::{SealingKey, SigningKey};
    use time::macros::datetime;

    use super::*;

    fn paper(region: &str, standing: Standing) -> Document {
        let document = MembershipDocument {
            region: region.parse().unwrap(),
            standing,
            signing: SigningKey::from_random([3; 32]).verifying_key(),
            valid_from: datetime!(2024-06-01 0:00 +8),
            former_until: None,
            sealing: SealingKey::from_random(&[4; 32]).public().clone(),
            nkey: format!("U{}", "A".repeat(55)),
            address: "https://gd.example:7443".to_owned(),
        };
        text(&toml::to_string(&document).unwrap())
    }

    fn text(text: &str) -> Document {
        Document::new(text.as_bytes().to_vec()).unwrap()
    }

    fn members() -> BTreeSet<Region> {
        [Region::SH, Region::JS, Region::ZJ, Region::AH].into()
    }

    fn judged(kind: DecisionKind, subject: &str, document: &Document) -> Result<(), Unfit> {
        fits(kind, subject, document, &members(), &Known::default())
    }

    #[test]
    fn a_region_comes_in_as_linked_and_a_full_member_only_changes_its_keys() {
        let admission = DecisionKind::Admission;
        assert_eq!(
            judged(admission, "gd", &paper("gd", Standing::Linked)),
            Ok(())
        );
        assert_eq!(
            judged(admission, "zj", &paper("zj", Standing::Full)),
            Ok(())
        );
        for (region, standing) in [
            ("gd", Standing::Full),
            ("zj", Standing::Linked),
            ("gd", Standing::Hub),
            ("hub", Standing::Linked),
        ] {
            let refused = judged(admission, region, &paper(region, standing));
            assert_eq!(refused, Err(Unfit::Standing(region.parse().unwrap())));
        }
        assert_eq!(
            judged(admission, "hub", &paper("hub", Standing::Hub)),
            Ok(())
        );
        let other = judged(admission, "jjj", &paper("gd", Standing::Linked));
        assert_eq!(other, Err(Unfit::AnotherRegion("gd".parse().unwrap())));
        let nothing = judged(admission, "gd", &text("region = \"gd\""));
        assert!(matches!(nothing, Err(Unfit::Membership(_))), "{nothing:?}");
    }

    #[test]
    fn what_the_border_says_against_new_keys_is_heard_before_anybody_is_asked() {
        let known = Known {
            against: vec!["该签名密钥已属于上海".to_owned()],
            ..Known::default()
        };
        let gd = paper("gd", Standing::Linked);
        let refused = fits(DecisionKind::Admission, "gd", &gd, &members(), &known);
        assert_eq!(refused, Err(Unfit::Keys(known.against)));
    }

    #[test]
    fn an_interpretation_is_a_text_on_an_article_or_a_policy_version() {
        let note = text("第十七条所称投资总额含企业自筹。");
        for subject in ["1", "17", "22"] {
            assert_eq!(judged(DecisionKind::Interpretation, subject, &note), Ok(()));
        }
        for subject in ["0", "23", "017", "+1", "yrd-2030-1", ""] {
            let refused = judged(DecisionKind::Interpretation, subject, &note);
            assert_eq!(refused, Err(Unfit::Subject), "{subject}");
        }
        let known = Known {
            version: true,
            ..Known::default()
        };
        let version = "yrd-2023-1";
        assert_eq!(
            fits(
                DecisionKind::Interpretation,
                version,
                &note,
                &members(),
                &known
            ),
            Ok(())
        );
        for bad in [
            Document::new(vec![0xff]).unwrap(),
            text(" \n"),
            text("a\u{0}b"),
            text(&"释".repeat(NOTE_CHARS_MAX + 1)),
        ] {
            assert_eq!(
                judged(DecisionKind::Interpretation, "17", &bad),
                Err(Unfit::NotText)
            );
        }
    }

    #[test]
    fn criteria_for_results_name_what_article_19_names_and_weigh_100() {
        let of = |weights: [u32; 3], names: [&str; 3]| {
            let one = |(key, weight): (&&str, &u32)| {
                format!("[[criteria]]\nkey = \"{key}\"\nname = \"名\"\nweight = {weight}\n")
            };
            let rows: String = names.iter().zip(&weights).map(one).collect();
            text(&format!("version = \"results-1\"\n{rows}"))
        };
        let judged =
            |document: &Document| judged(DecisionKind::ResultCriteria, "results-1", document);
        let good = of([40, 30, 30], RESULTS);
        assert_eq!(judged(&good), Ok(()));
        let of_three = std::str::from_utf8(good.bytes()).unwrap();
        let row = |key: &str, weight: u32| {
            format!("[[criteria]]\nkey = \"{key}\"\nname = \"名\"\nweight = {weight}\n")
        };
        let many: String = (0..CRITERIA_MAX)
            .map(|number| row(&format!("more-{number}"), 0))
            .collect();
        for bad in [
            of([40, 30, 31], RESULTS),
            of([40, 30, 30], ["innovation", "transformation", "price"]),
            of(
                [40, 30, 30],
                ["innovation", "transformation", "transformation"],
            ),
            text("nothing"),
            // Without a version, with one criterion twice, with too many.
            text(&of_three.replace("results-1", " ")),
            text(&format!("{of_three}{}", row("innovation", 0))),
            text(&format!("{of_three}{many}")),
        ] {
            assert!(matches!(judged(&bad), Err(Unfit::Criteria(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_policy_version_that_has_force_is_not_decided_again() {
        let known = Known {
            in_force: true,
            ..Known::default()
        };
        let file = text("version");
        let refused = fits(
            DecisionKind::Policy,
            "yrd-2024-1",
            &file,
            &members(),
            &known,
        );
        assert_eq!(refused, Err(Unfit::PolicyInForce));
    }
}
