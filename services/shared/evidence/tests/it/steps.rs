//! What the hub tells of a joint decision's steps: approval, publicity, force.

use evidence::{Conclusion, DecisionFile, Digest, Envelope, Report, prove_decision};
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind, DecisionState},
    message::{Audience, PublicEvent},
};
use regulation::Region;

use crate::{
    decisions::{
        AFTER, DOCUMENT, FULL, NUMBER, OfHub, assent, changed, in_force, opened, report, say, says,
        whole,
    },
    federation::{START, Voice, ring},
};

fn told(change: impl FnOnce(&mut OfHub)) -> Report {
    let mut of_hub = OfHub::right();
    change(&mut of_hub);
    report(&of_hub.file())
}

#[test]
fn an_approval_has_one_number_and_is_of_the_document() {
    says(&told(|_| {}), Conclusion::Holds, "[通过] 批准：批文号");
    let other = told(|of_hub| of_hub.in_force.document_number = "另文".into());
    says(&other, Conclusion::Broken, "批文号前后不一致");
    let none = told(|of_hub| of_hub.changed.document_number.clear());
    says(&none, Conclusion::Broken, "没有批文号");
    let another = Digest::of_document(b"other").to_string();
    let another = told(|of_hub| of_hub.changed.digest = another);
    says(&another, Conclusion::Broken, "所述的是另一份文件");
}

#[test]
fn a_decision_takes_force_after_the_last_day_on_which_it_is_shown() {
    let early = told(|of_hub| of_hub.in_force.in_force_at = "2024-06-06T15:59:59Z".into());
    says(&early, Conclusion::Broken, "公示期未满");
    let longer = told(|of_hub| of_hub.changed.publicity_until = "2024-06-05".into());
    says(&longer, Conclusion::Broken, "与公布的不一致");
    let ahead = told(|of_hub| of_hub.in_force.in_force_at = "2024-06-07T00:00:00Z".into());
    says(&ahead, Conclusion::Broken, "晚于签名时间");
    let silent = told(|of_hub| of_hub.in_force.not_heard = vec!["zj".into()]);
    says(&silent, Conclusion::Holds, "zj 未联通");
}

#[test]
fn what_takes_force_is_what_was_opened_and_assented_to() {
    let mut document = b"other".to_vec();
    let digest = Digest::of_document(&document).to_string();
    let other = told(|of_hub| {
        of_hub.in_force.document = std::mem::take(&mut document);
        of_hub.in_force.digest = digest;
    });
    says(&other, Conclusion::Broken, "生效的是另一份文件");
    let switched = told(|of_hub| of_hub.in_force.document = b"other".to_vec());
    says(&switched, Conclusion::Broken, "所附文件与其摘要不符");
    let subject = told(|of_hub| of_hub.in_force.subject_id = "r-2".into());
    says(&subject, Conclusion::Broken, "生效的是另一事项");
    let kind = told(|of_hub| of_hub.in_force.kind = DecisionKind::Guide.into());
    says(&kind, Conclusion::Broken, "生效的是另一事项");
    let unnumbered = told(|of_hub| of_hub.in_force.document_number.clear());
    says(&unnumbered, Conclusion::Broken, "生效：没有批文号");
    let fewer = told(|of_hub| drop(of_hub.in_force.assented.pop()));
    says(&fewer, Conclusion::Broken, "与应同意的不一致");
    let returned = told(|of_hub| of_hub.changed.state = DecisionState::Returned.into());
    says(&returned, Conclusion::Broken, "已退回，又被宣布生效");
}

#[test]
fn without_its_approval_its_publicity_or_its_force_a_decision_is_not_proven() {
    for (left_out, text) in [
        (5, "未附推进组公布批准的信封"),
        (6, "未附推进组宣布生效的信封"),
    ] {
        let mut file = whole();
        file.envelopes.remove(left_out);
        says(&report(&file), Conclusion::Unproven, text);
        assert!(prove_decision(&file, &ring()).is_err());
    }
    let proven = prove_decision(&whole(), &ring()).unwrap();
    assert_eq!(proven.document, DOCUMENT);
    assert_eq!(
        (proven.document_number.as_str(), proven.number),
        (NUMBER, 3)
    );
}

#[test]
fn only_the_hub_tells_of_its_steps_and_its_force() {
    for usurped in [5, 6] {
        let mut file = whole();
        let said = [
            say(
                Region::SH,
                Audience::All,
                &changed(DecisionState::Publicity),
            ),
            say(Region::SH, Audience::All, &in_force()),
        ];
        file.envelopes[usurped] = said[usurped - 5].clone();
        says(&report(&file), Conclusion::Broken, "不是推进组所公布的");
    }
    let mut twice = whole();
    twice.envelopes.push(twice.envelopes[6].clone());
    says(&report(&twice), Conclusion::Broken, "宣布生效两次");
}

/// The hub says one thing after another, the force after the publicity period; the members assent.
fn in_order(said: &[(&str, Vec<u8>)]) -> Vec<Envelope> {
    let mut hub = Voice::new(Region::HUB);
    let mut envelopes = Vec::new();
    for (kind, data) in said {
        let end = if *kind == DecisionInForce::KIND {
            AFTER
        } else {
            START
        };
        hub.at = hub.at.max(end);
        envelopes.push(hub.say(Audience::All, kind, data.clone()));
    }
    let words = FULL.map(|region| say(region, Audience::All, &assent(region)));
    envelopes.extend(words);
    envelopes
}

fn told_in_order(said: &[(&str, Vec<u8>)]) -> Report {
    report(&DecisionFile {
        decision_id: "decision-1".into(),
        envelopes: in_order(said),
    })
}

fn one<E: PublicEvent>(event: &E) -> (&'static str, Vec<u8>) {
    (E::KIND, event.encode_to_vec())
}

#[test]
fn the_hubs_steps_follow_upon_the_opening_and_the_force_upon_them() {
    let (opened, shown) = (one(&opened()), one(&changed(DecisionState::Publicity)));
    let force = one(&in_force());
    let right = told_in_order(&[opened.clone(), shown.clone(), force.clone()]);
    assert_eq!(right.conclusion(), Conclusion::Holds, "{right}");
    let before = told_in_order(&[shown.clone(), opened.clone(), force.clone()]);
    says(&before, Conclusion::Broken, "早于发起");
    let after = told_in_order(&[opened.clone(), force.clone(), shown]);
    says(&after, Conclusion::Broken, "公示不在生效之前");
    let approved = one(&changed(DecisionState::Approved));
    let unseen = told_in_order(&[opened, approved, force]);
    says(&unseen, Conclusion::Unproven, "未附推进组公布公示期的信封");
}

#[test]
fn the_last_publicity_period_counts_in_whichever_order_the_file_has_them() {
    let mut earlier = changed(DecisionState::Publicity);
    earlier.publicity_until = "2024-06-05".into();
    let mut envelopes = in_order(&[
        one(&opened()),
        one(&earlier),
        one(&changed(DecisionState::Publicity)),
        one(&in_force()),
    ]);
    envelopes.reverse();
    let mut file = DecisionFile {
        decision_id: "decision-1".into(),
        envelopes,
    };
    let reversed = report(&file);
    assert_eq!(reversed.conclusion(), Conclusion::Holds, "{reversed}");
    let again = file.envelopes.iter().find(|one| {
        let ring = ring();
        let verified = evidence::verify(one, &ring).unwrap();
        verified.header.origin.is_hub() && verified.header.number == 2
    });
    let again = again.unwrap().clone();
    file.envelopes.push(again);
    says(&report(&file), Conclusion::Broken, "同一编号出现两次");
}

#[test]
fn a_decision_that_was_returned_says_so() {
    let mut returned = changed(DecisionState::Returned);
    returned.document_number.clear();
    let shown = changed(DecisionState::Publicity);
    let told = told_in_order(&[one(&opened()), one(&shown), one(&returned)]);
    says(&told, Conclusion::Unproven, "该决策已退回，没有生效");
}

#[test]
fn what_the_hub_says_of_another_decision_does_not_belong_to_this_one() {
    let other = told(|of_hub| of_hub.changed.decision_id = "decision-2".into());
    says(&other, Conclusion::Broken, "属于另一决策");
}
