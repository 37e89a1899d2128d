//! Who may take part: regions, branches, registrations, credit records.

use super::*;

#[test]
fn the_units_come_from_two_member_regions_by_registration() {
    let one = after(|package, known, _| {
        for id in [SOLVER, TEAM] {
            unit(package, id).region = Region::ZJ;
            known.units.get_mut(&id).unwrap().registered.region = Region::ZJ;
        }
    });
    assert_eq!(
        one,
        [Fault::TooFewRegions {
            regions: [Region::ZJ].into(),
            least: 2
        }]
    );
    // A guest sits outside, wherever it is registered; so does a linked region.
    let guests = after(|package, known, _| {
        for id in [SOLVER, TEAM] {
            unit(package, id).guest = true;
            known.units.get_mut(&id).unwrap().registered.guest = true;
        }
    });
    assert_eq!(items(&guests), [Item::Regions].into());
    let linked = after(|package, known, _| {
        for id in [SOLVER, TEAM] {
            let gd: Region = "gd".parse().unwrap();
            unit(package, id).region = gd;
            known.units.get_mut(&id).unwrap().registered.region = gd;
        }
    });
    assert_eq!(items(&linked), [Item::Regions].into());
}

#[test]
fn the_lead_is_one_unit_and_sits_in_a_member_region() {
    let guest = after(|package, known, _| {
        unit(package, LEAD).guest = true;
        known.units.get_mut(&LEAD).unwrap().registered.guest = true;
        unit(package, TEAM).region = Region::AH;
        known.units.get_mut(&TEAM).unwrap().registered.region = Region::AH;
    });
    let region = Region::ZJ;
    let outside = Fault::LeadOutside {
        region,
        guest: true,
    };
    assert_eq!(guest, [outside]);
    let two = after(|package, _, _| {
        unit(package, TEAM).role = UnitRole::Lead;
        unit(package, TEAM).part = Some(part(TEAM, UnitRole::Lead, 40, 100));
    });
    assert_eq!(two, [Fault::OneLead(TEAM)]);
    let none = after(|package, _, _| {
        unit(package, LEAD).role = UnitRole::Participant;
        unit(package, LEAD).part = Some(part(LEAD, UnitRole::Participant, 200, 500));
    });
    assert_eq!(none, [Fault::OneLead(LEAD)]);
}

#[test]
fn every_unit_is_registered_as_it_is_named_active_and_not_barred() {
    let facts = |known: &mut Known, change: fn(&mut UnitFacts)| {
        change(known.units.get_mut(&TEAM).unwrap());
    };
    let barred = after(|_, known, _| facts(known, |team| team.barred = Some(bar())));
    let by = bar();
    assert_eq!(barred, [Fault::Barred { unit: TEAM, by }]);
    let idle = after(|_, known, _| facts(known, |team| team.registered.active = false));
    assert_eq!(idle, [Fault::NotRegistered(TEAM)]);
    let elsewhere = after(|_, known, _| facts(known, |team| team.registered.region = Region::AH));
    assert_eq!(elsewhere, [Fault::NotRegistered(TEAM)]);
    let guest = after(|_, known, _| facts(known, |team| team.registered.guest = true));
    assert_eq!(guest, [Fault::NotRegistered(TEAM)]);
    let unknown = after(|_, known, _| {
        known.units.remove(&TEAM);
    });
    assert_eq!(unknown, [Fault::NotRegistered(TEAM)]);
}

#[test]
fn nobody_whom_a_credit_record_bars_stands_in_it() {
    let barred = |person: u8| {
        after(|package, known, _| {
            unit(package, TEAM).part.as_mut().unwrap().people = [key(3)].into();
            known.barred.insert(key(person), bar());
        })
    };
    for (person, post) in [(1, Post::Leader), (2, Post::CoreTeam), (3, Post::Part)] {
        let [Fault::PersonBarred { post: found, .. }] = &barred(person)[..] else {
            panic!("{post:?}");
        };
        assert_eq!(*found, post);
    }
    assert_eq!(barred(9), [], "who stood in an earlier draft");
}

#[test]
fn whoever_is_barred_is_told_until_when_and_by_which_record() {
    let by = bar();
    let person = Fault::PersonBarred {
        person: key(1),
        post: Post::Leader,
        by: by.clone(),
    };
    for fault in [Fault::Barred { unit: TEAM, by }, person] {
        let refusal = fault.refusal();
        assert_eq!(refusal.rule.code, "application.not-barred");
        for said in ["2026-05-31", "record-1"] {
            assert!(refusal.message.contains(said), "{}", refusal.message);
        }
    }
}

#[test]
fn a_branch_elsewhere_makes_no_second_region_and_is_told_as_registered() {
    let branches = after(|package, known, _| {
        for id in [SOLVER, TEAM] {
            unit(package, id).branch_of = Some(LEAD);
            known.units.get_mut(&id).unwrap().registered.branch_of = Some(LEAD);
        }
    });
    assert_eq!(items(&branches), [Item::Regions].into());
    let hidden = after(|_, known, _| {
        let team = known.units.get_mut(&TEAM).unwrap();
        team.registered.branch_of = Some(LEAD);
    });
    assert_eq!(hidden, [Fault::NotRegistered(TEAM)]);
}

#[test]
fn a_topic_is_the_guides_by_its_demand_and_a_package_has_its_lead() {
    let other_demand = after(|package, _, guide| {
        guide.topics[0].blind_id = Some(regulation::BlindId(Uuid::from_u128(0xB2)));
        assert_ne!(package.topic.blind_id, guide.topics[0].blind_id);
    });
    assert_eq!(items(&other_demand), [Item::Topic].into());
    let headless = after(|package, _, _| package.lead = UnitId(Uuid::from_u128(88)));
    assert!(headless.contains(&Fault::OneLead(UnitId(Uuid::from_u128(88)))));
}
