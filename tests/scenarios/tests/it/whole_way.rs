//! From the first unit to the first money, with every step confirmed where it should be known.

use crate::common::{recorded_federation, way};

#[tokio::test]
async fn real_demands_go_from_intake_to_a_funded_project_and_nobody_learns_the_demanders() {
    let federation = recorded_federation().await;
    let mut way = way(&federation);
    way.first_half().await.unwrap();
    crate::leak::nothing_private_is_anywhere_else(&way).await;
    crate::pages::show_what_was_published_and_nobody_behind_it(&way).await;
    crate::pages::find_what_was_published(&way).await;
    crate::pages::show_what_was_decided_and_how(&way).await;
    crate::pages::show_the_federation_in_step(&way).await;
    crate::browser::draws_the_pages(&way).await;
    crate::traced::one_demand_is_followed_over_all_nodes(&way).await;
    way.second_half().await.unwrap();
    way.verify().await.unwrap();
    crate::bad_input::nothing_is_done_twice(&way).await;
    crate::border::nothing_false_passes_and_nothing_lost_stays_lost(&way).await;
    way.after_the_policy_has_ended().await.unwrap();
    drop(way);
    federation.shutdown().await.unwrap();
}
