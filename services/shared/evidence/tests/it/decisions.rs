//! A joint decision holds only with every member's word for the very document.

use evidence::{
    Conclusion, DecisionFile, Digest, Envelope, KeyRing, MemberKeys, Report, Standing,
    verify_decision,
};
use proptest::prelude::*;
use prost::Message as _;
use proto::{
    coordination::v1::{
        AssentGiven, DecisionChanged, DecisionInForce, DecisionKind, DecisionOpened, DecisionState,
        Party,
    },
    message::{Audience, PublicEvent},
};
use regulation::Region;
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::federation::{MEMBERS, START, Voice, member, ring};

pub(crate) const DOCUMENT: &[u8] = "重点揭榜任务清单".as_bytes();
pub(crate) const NUMBER: &str = "长三角联攻〔2024〕1号";
const LAST_DAY: &str = "2024-06-06";
/// After that day.
pub(crate) const AFTER: OffsetDateTime = datetime!(2024-06-07 0:01 +8);
pub(crate) const FULL: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

pub(crate) fn say<E: PublicEvent>(region: Region, audience: Audience, event: &E) -> Envelope {
    Voice::new(region).say(audience, E::KIND, event.encode_to_vec())
}

pub(crate) fn opened() -> DecisionOpened {
    DecisionOpened {
        decision_id: "decision-1".into(),
        title: "2024 年清单".into(),
        document: DOCUMENT.to_vec(),
        digest: Digest::of_document(DOCUMENT).to_string(),
        members: FULL.map(|region| region.to_string()).to_vec(),
        kind: DecisionKind::List.into(),
        ..DecisionOpened::default()
    }
}

pub(crate) fn assent(region: Region) -> AssentGiven {
    AssentGiven {
        document_kind: "decision".into(),
        subject_id: "decision-1".into(),
        digest: Digest::of_document(DOCUMENT).to_string(),
        party: Some(Party {
            region: region.to_string(),
            unit_id: String::new(),
        }),
        person: "zhang".into(),
        role: "director".into(),
        ..AssentGiven::default()
    }
}

pub(crate) fn changed(state: DecisionState) -> DecisionChanged {
    DecisionChanged {
        decision_id: "decision-1".into(),
        digest: Digest::of_document(DOCUMENT).to_string(),
        state: state.into(),
        document_number: NUMBER.into(),
        publicity_until: LAST_DAY.into(),
        ..DecisionChanged::default()
    }
}

pub(crate) fn in_force() -> DecisionInForce {
    DecisionInForce {
        decision_id: "decision-1".into(),
        kind: DecisionKind::List.into(),
        document: DOCUMENT.to_vec(),
        digest: Digest::of_document(DOCUMENT).to_string(),
        document_number: NUMBER.into(),
        assented: FULL.map(|region| region.to_string()).to_vec(),
        in_force_at: "2024-06-06T16:00:01Z".into(),
        publicity_until: LAST_DAY.into(),
        ..DecisionInForce::default()
    }
}

/// What the hub says of a decision from its beginning to its force.
pub(crate) struct OfHub {
    pub(crate) opened: DecisionOpened,
    pub(crate) changed: DecisionChanged,
    pub(crate) in_force: DecisionInForce,
}

impl OfHub {
    pub(crate) fn right() -> Self {
        Self {
            opened: opened(),
            changed: changed(DecisionState::Publicity),
            in_force: in_force(),
        }
    }

    pub(crate) fn file(&self) -> DecisionFile {
        let mut file = file(&self.opened, FULL.map(assent));
        file.envelopes.truncate(1 + FULL.len());
        file.envelopes.extend(self.ends().drain(1..));
        file
    }

    fn ends(&self) -> Vec<Envelope> {
        let mut hub = Voice::new(Region::HUB);
        let opened = hub.say(
            Audience::All,
            DecisionOpened::KIND,
            self.opened.encode_to_vec(),
        );
        let changed = hub.say(
            Audience::All,
            DecisionChanged::KIND,
            self.changed.encode_to_vec(),
        );
        hub.at = AFTER;
        let in_force = self.in_force.encode_to_vec();
        let in_force = hub.say(Audience::All, DecisionInForce::KIND, in_force);
        vec![opened, changed, in_force]
    }
}

pub(crate) fn file(
    opened: &DecisionOpened,
    assents: impl IntoIterator<Item = AssentGiven>,
) -> DecisionFile {
    let of_hub = OfHub {
        opened: opened.clone(),
        ..OfHub::right()
    };
    let mut ends = of_hub.ends();
    let mut envelopes = vec![ends.remove(0)];
    let mut after = ends;
    envelopes.extend(assents.into_iter().map(|assent| {
        let region = assent.party.as_ref().unwrap().region.parse().unwrap();
        say(region, Audience::All, &assent)
    }));
    envelopes.append(&mut after);
    DecisionFile {
        decision_id: "decision-1".into(),
        envelopes,
    }
}

pub(crate) fn whole() -> DecisionFile {
    file(&opened(), FULL.map(assent))
}

pub(crate) fn report(file: &DecisionFile) -> Report {
    verify_decision(file, Some(DOCUMENT), &ring())
}

pub(crate) fn broken(file: &DecisionFile) -> bool {
    report(file).conclusion() == Conclusion::Broken
}

pub(crate) fn says(report: &Report, conclusion: Conclusion, text: &str) {
    assert_eq!(report.conclusion(), conclusion, "{report}");
    assert!(report.to_string().contains(text), "{report}");
}

#[test]
fn a_decision_with_every_members_word_holds() {
    let report = report(&whole());
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    assert!(report.to_string().ends_with("结论：核验通过"), "{report}");
}

#[test]
fn a_decision_survives_its_file() {
    let text = serde_json::to_string(&whole()).unwrap();
    assert_eq!(
        serde_json::from_str::<DecisionFile>(&text).unwrap(),
        whole()
    );
}

#[test]
fn one_missing_assent_is_enough_to_break_it() {
    for missing in FULL {
        let others = FULL
            .into_iter()
            .filter(|region| *region != missing)
            .map(assent);
        let report = report(&file(&opened(), others));
        assert_eq!(report.conclusion(), Conclusion::Broken);
        assert!(
            report
                .to_string()
                .contains(&format!("{}的同意：缺少", missing.name()))
        );
    }
}

#[test]
fn an_assent_to_another_document_or_decision_does_not_count() {
    let mut other = FULL.map(assent);
    other[2].digest = Digest::of_document(b"other").to_string();
    assert!(broken(&file(&opened(), other)));
    let mut other = FULL.map(assent);
    other[2].subject_id = "decision-2".into();
    assert!(broken(&file(&opened(), other)));
    let mut other = FULL.map(assent);
    other[2].document_kind = "contract".into();
    assert!(broken(&file(&opened(), other)));
    // Who was not asked has no word in it.
    let mut asked = opened();
    asked.members.pop();
    let ring = KeyRing::new(MEMBERS.into_iter().map(|region| {
        let standing = if region == Region::AH {
            Standing::Linked
        } else {
            member(region).standing
        };
        MemberKeys {
            standing,
            ..member(region)
        }
    }))
    .unwrap();
    let uncalled = verify_decision(&file(&asked, FULL.map(assent)), None, &ring);
    says(&uncalled, Conclusion::Broken, "不在应同意的成员之列");
}

#[test]
fn a_units_assent_is_not_its_departments() {
    let mut assents = FULL.map(assent);
    assents[0].party.as_mut().unwrap().unit_id = "u-1".into();
    assert!(broken(&file(&opened(), assents)));
}

#[test]
fn nobody_assents_for_another_and_nobody_twice() {
    let mut forged = whole();
    forged.envelopes[2] = say(Region::SH, Audience::All, &assent(Region::JS));
    assert!(broken(&forged));
    let mut twice = whole();
    twice.envelopes.push(twice.envelopes[1].clone());
    assert!(broken(&twice));
}

#[test]
fn an_assent_that_not_all_could_read_does_not_count() {
    let mut hidden = whole();
    hidden.envelopes[1] = say(Region::SH, Audience::HUB, &assent(Region::SH));
    assert!(broken(&hidden));
}

#[test]
fn only_the_hub_opens_a_decision_and_only_once() {
    let mut usurped = whole();
    usurped.envelopes[0] = say(Region::SH, Audience::All, &opened());
    assert!(broken(&usurped));
    let mut twice = whole();
    twice.envelopes.push(twice.envelopes[0].clone());
    assert!(broken(&twice));
    let mut never = whole();
    never.envelopes.remove(0);
    assert_eq!(report(&never).conclusion(), Conclusion::Unproven);
}

#[test]
fn a_full_member_that_was_not_asked_shows_and_a_linked_region_need_not_be() {
    let mut asked = opened();
    asked.members.pop();
    let left_out = report(&file(&asked, FULL.into_iter().take(3).map(assent)));
    says(&left_out, Conclusion::Broken, "应同意的成员中漏了安徽");

    let guangdong = MemberKeys {
        standing: Standing::Linked,
        ..member("gd".parse().unwrap())
    };
    let members = MEMBERS.into_iter().map(member).chain([guangdong]);
    let ring = KeyRing::new(members).unwrap();
    let report = verify_decision(&whole(), None, &ring);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
}

#[test]
fn a_member_that_joined_later_need_not_have_been_asked() {
    let mut later = member("gd".parse().unwrap());
    later.signing[0].valid_from = START + Duration::days(1);
    let ring = KeyRing::new(MEMBERS.into_iter().map(member).chain([later])).unwrap();
    let report = verify_decision(&whole(), None, &ring);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
}

#[test]
fn a_decision_that_asks_nobody_is_none() {
    let mut asked = opened();
    asked.members.clear();
    let ring = KeyRing::new([member(Region::HUB)]).unwrap();
    let report = verify_decision(&file(&asked, []), None, &ring);
    says(&report, Conclusion::Broken, "应同意的成员为空");
}

#[test]
fn an_envelope_about_something_else_does_not_belong_to_a_decision() {
    let mut more = whole();
    more.envelopes
        .push(Voice::new(Region::JS).say(Audience::All, "a.b.c", vec![]));
    assert!(broken(&more));
    let garbled = Voice::new(Region::SH).say(Audience::All, AssentGiven::KIND, vec![0xff]);
    more.envelopes = whole().envelopes;
    more.envelopes[1] = garbled;
    assert!(broken(&more));
}

#[test]
fn somebodys_copy_is_compared_with_the_document() {
    let report = verify_decision(&whole(), Some(b"another list"), &ring());
    assert_eq!(report.conclusion(), Conclusion::Broken);
    let mut switched = opened();
    switched.document = b"another list".to_vec();
    assert!(broken(&file(&switched, FULL.map(assent))));
}

#[test]
fn a_departments_word_is_its_directors() {
    let mut assents = FULL.map(assent);
    assents[1].role = "officer".into();
    let report = report(&file(&opened(), assents));
    says(
        &report,
        Conclusion::Broken,
        "不是由科技厅（委）审批人签署的",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_flipped_bit_breaks_a_decision(
        at in 0..7_usize, byte: prop::sample::Index, bit in 0..8_u8,
    ) {
        let mut file = whole();
        let mut bytes = file.envelopes[at].encode_to_vec();
        let byte = byte.index(bytes.len());
        bytes[byte] ^= 1 << bit;
        if let Ok(envelope) = Envelope::decode(bytes.as_slice()) {
            file.envelopes[at] = envelope;
            prop_assert!(broken(&file));
        }
    }
}
