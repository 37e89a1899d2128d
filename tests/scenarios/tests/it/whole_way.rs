//! From the first unit to the reserve pool, with every step confirmed where it should be known.

use crate::common::{federation, way};

#[tokio::test]
async fn real_demands_go_from_intake_to_the_reserve_pool_and_nobody_learns_the_demanders() {
    let federation = federation().await;
    let mut way = way(&federation);
    way.first_half().await.unwrap();
    way.verify().await.unwrap();
    crate::leak::nothing_private_is_anywhere_else(&way).await;
    crate::pages::show_what_was_published_and_nobody_behind_it(&way).await;
    crate::pages::show_the_federation_in_step(&way).await;
    crate::browser::draws_the_pages(&way).await;
    way.after_the_policy_has_ended().await.unwrap();
    drop(way);
    federation.shutdown().await.unwrap();
}
