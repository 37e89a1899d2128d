//! What was established and taken back before its contract was signed counts nowhere as a project, and
//! is not forgotten.

use proto::{
    application::v1::ApplicationWithdrawn,
    coordination::v1::{ChecklistKind, DeliveryFactKind, GetIndicatorsRequest},
    message::{Audience, Message},
    project::v1::ProjectWithdrawn,
};
use regulation::Region;

use crate::{
    delivery::{self, LEAD, SOLVER, hear},
    federation::Federation,
    figures::{self, fen, figures, programme},
    overview::{of, overview},
    standing::{stands, submitted},
};

const HUB: [Region; 1] = [Region::HUB];

fn taken_back(project: &str) -> Message {
    let event = ProjectWithdrawn {
        project_id: project.to_owned(),
    };
    Message::share(Audience::All, project, &event)
}

#[tokio::test]
async fn a_project_that_was_taken_back_is_in_no_figure_but_its_own() {
    let all = programme().await;
    // Nobody takes back another region's.
    hear(&all, &HUB, Region::AH, 5, taken_back("p-1")).await;
    let before = figures(&all, GetIndicatorsRequest::default()).await;
    assert_eq!((before.projects, before.withdrawn_projects), (2, 0));
    hear(&all, &HUB, Region::ZJ, 6, taken_back("p-2")).await;

    let seen = figures(&all, GetIndicatorsRequest::default()).await;
    assert_eq!((seen.projects, seen.withdrawn_projects), (1, 1));
    assert_eq!((fen(seen.investment), fen(seen.support)), (1_000, 300));
    assert_eq!((fen(seen.allocated), fen(seen.paid)), (200, 120));
    assert_eq!(
        (fen(seen.sources[0].allocated), seen.sources[0].projects),
        (150, 1)
    );
    assert_eq!((seen.units, seen.projects_with_small_and_medium), (4, 1));
    let spread = (seen.projects_of_two_regions, seen.projects_of_three_regions);
    assert_eq!(spread, (0, 1));
    assert!(
        seen.ties.iter().all(|tie| tie.projects == 1),
        "{:?}",
        seen.ties
    );
    for (year, region, field, withdrawn) in [
        (2024, "", "", 1),
        (2023, "", "", 0),
        (0, "js", "", 0),
        (0, "zj", "人工智能", 1),
        (0, "", "集成电路", 0),
    ] {
        let asked = GetIndicatorsRequest {
            year,
            region: region.to_owned(),
            field: field.to_owned(),
        };
        let seen = figures(&all, asked).await;
        assert_eq!(
            seen.withdrawn_projects, withdrawn,
            "{year} {region} {field}"
        );
    }
}

#[tokio::test]
async fn money_of_a_city_for_a_project_that_was_taken_back_does_not_count_as_shared_investment() {
    let all = programme().await;
    hear(&all, &HUB, Region::JS, 6, taken_back("p-1")).await;
    let seen = figures(&all, GetIndicatorsRequest::default()).await;
    assert_eq!((seen.co_funded_projects, fen(seen.co_funding)), (0, 0));
}

#[tokio::test]
async fn the_checklist_shows_it_as_taken_back_whichever_word_comes_first() {
    for withdrawn_first in [false, true] {
        let all = Federation::of(&HUB).await;
        let established = figures::established("p-1", Region::JS, "人工智能", Vec::new());
        let mut told = [(Region::HUB, established), (Region::JS, taken_back("p-1"))];
        if withdrawn_first {
            told.reverse();
        }
        for (origin, message) in told {
            hear(&all, &HUB, origin, 0, message).await;
        }
        let kind = ChecklistKind::Project;
        stands(&all, kind, ("js", "攻关", "已撤回", true)).await;
        let seen = overview(&all).await;
        let js = of(&seen, "js");
        assert_eq!((js.projects, js.withdrawn_projects), (0, 1));
    }
}

#[tokio::test]
async fn an_application_that_was_taken_back_is_counted_apart() {
    let all = Federation::of(&HUB).await;
    hear(&all, &HUB, Region::JS, 0, submitted(1)).await;
    let applications = async || {
        let seen = overview(&all).await;
        let js = of(&seen, "js");
        (js.applications, js.withdrawn_applications)
    };
    assert_eq!(applications().await, (1, 0));
    let withdrawn = ApplicationWithdrawn {
        application_id: "a-1".to_owned(),
    };
    let withdrawn = Message::share(Audience::HUB, "a-1", &withdrawn);
    hear(&all, &HUB, Region::JS, 1, withdrawn).await;
    assert_eq!(applications().await, (0, 1));
}

#[tokio::test]
async fn it_is_on_the_record_of_everyone_who_took_part_by_the_word_of_its_leads_home() {
    let all = Federation::of(&HUB).await;
    hear(&all, &HUB, Region::HUB, 0, delivery::established()).await;
    hear(&all, &HUB, Region::ZJ, 1, taken_back("project-1")).await;
    let expected = [(DeliveryFactKind::ProjectEstablished, 1)];
    for unit in [LEAD, SOLVER] {
        let record = delivery::record(&all, Region::HUB, unit).await;
        assert_eq!(delivery::kinds(&record), expected);
    }
    hear(&all, &HUB, Region::JS, 2, taken_back("project-1")).await;
    for unit in [LEAD, SOLVER] {
        let record = delivery::record(&all, Region::HUB, unit).await;
        let taken_back = (DeliveryFactKind::ProjectWithdrawn, 1);
        assert_eq!(delivery::kinds(&record), [expected[0], taken_back]);
        assert_eq!(record.facts.len(), 2);
        assert_eq!(record.facts[0].kind(), DeliveryFactKind::ProjectWithdrawn);
        assert_eq!(record.facts[0].at, "2024-05-06T02:02:00Z");
    }
}
