//! Months that depart from what holds in principle. [Art. 18]

use regulation::Role;

use super::{super::*, NOW, by, content, drafted, freeze, give, lead, refused};

#[test]
fn longer_than_three_years_needs_the_directors_word_on_what_was_read() {
    let mut application = drafted();
    let mut longer = content();
    longer.months = 48;
    longer.duration_reason = "首台套周期长".parse().ok();
    let write = Command::Write(Box::new(longer));
    give(&mut application, write, &lead()).unwrap();
    assert_eq!(
        refused(&application, freeze(), &lead()),
        "application.duration"
    );
    let approve = |months| Command::ApproveDeparture {
        months,
        reason: "首台套周期长".parse().unwrap(),
    };
    let director = by(None, Role::Director, NOW);
    assert_eq!(
        refused(&application, approve(48), &lead()),
        "application.own"
    );
    assert_eq!(
        refused(&application, approve(47), &director),
        "application.duration"
    );
    give(&mut application, approve(48), &director).unwrap();
    give(&mut application, freeze(), &lead()).unwrap();
    let frozen = application.0.as_ref().unwrap().frozen.as_ref().unwrap();
    let departure = frozen.package.departure.as_ref().unwrap();
    assert_eq!(departure.approved_by.as_deref(), Some("zhang"));

    give(&mut application, Command::Revise, &lead()).unwrap();
    let mut still = application.0.as_ref().unwrap().content.clone();
    still.months = 60;
    let write = Command::Write(Box::new(still));
    give(&mut application, write, &lead()).unwrap();
    // The approval was for fewer.
    assert_eq!(
        refused(&application, freeze(), &lead()),
        "application.duration"
    );
}
