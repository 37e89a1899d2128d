//! The pages of every node, as anybody opens them, after the way has been gone.

use std::{collections::BTreeSet, time::Duration};

use regulation::Region;
use scenarios::Way;
use testkit::eventually;

/// Every node shows the same catalogue with everything that was published, and nothing that tells
/// who demands or where. [Art. 10]
pub(crate) async fn show_what_was_published_and_nobody_behind_it(way: &Way<'_>) {
    let secrets = demanders(way);
    let mut seen = BTreeSet::new();
    for region in way.federation.regions() {
        let mut pages = whole_catalogue(way, region).await;
        for published in &way.published {
            assert!(
                pages.contains(&published.public_number),
                "{region} does not show {}",
                published.public_number
            );
            let path = format!("/catalogue/{}", published.public_number);
            let entry = content(way, region, &path).await;
            for task in &published.tasks {
                assert!(
                    entry.contains(&task.title),
                    "{region}: no {} in {path}",
                    task.title
                );
            }
            pages += &entry;
        }
        for place in way.regions() {
            assert!(!pages.contains(place.name()), "{region} says {place}");
        }
        pages += &content(way, region, "/").await;
        for secret in &secrets {
            assert!(!pages.contains(secret.as_str()), "{region} shows {secret}");
        }
        // Byte for byte: a node can't tell by its pages whose a demand is.
        seen.insert(pages);
    }
    assert!(!way.published.is_empty());
    assert_eq!(seen.len(), 1, "the nodes do not show the same");
    let all = seen.first().unwrap();
    for state in ["揭榜成功", "部分揭榜成功", "征集中"] {
        assert!(
            all.contains(&format!(">{state}</span>")),
            "nothing is {state}"
        );
    }
}

/// Every node shows every other as heard, and what was decided.
pub(crate) async fn show_the_federation_in_step(way: &Way<'_>) {
    for region in way.federation.regions() {
        let others = way.federation.regions().count() - 1;
        let in_step = async || {
            let page = way.federation.page(region, "/status").await.ok()?;
            let heard = page
                .matches(r#"<span class="badge good">同步</span>"#)
                .count();
            (heard == others).then_some(page)
        };
        let what = format!("{region} to show all others in step");
        let page = eventually(Duration::from_mins(1), in_step, &what)
            .await
            .unwrap();
        assert!(!page.contains("此部分暂缺"), "{region}: {page}");
        assert!(page.contains("最近生效"), "{region}: {page}");
    }
}

/// Names, codes and ids of those who demand, and their demands' own numbers.
fn demanders(way: &Way<'_>) -> Vec<String> {
    let mut secrets = vec!["PRIVATE-".to_owned()];
    for company in &way.input.companies {
        secrets.extend([company.name.clone(), company.code.clone()]);
        secrets.extend(company.short_names.iter().cloned());
    }
    for demand in &way.demands {
        secrets.extend([demand.id.clone(), demand.unit.to_string()]);
    }
    secrets
}

/// All pages of the catalogue, one after the other.
async fn whole_catalogue(way: &Way<'_>, region: Region) -> String {
    let (mut all, mut path) = (String::new(), "/catalogue".to_owned());
    loop {
        let page = content(way, region, &path).await;
        let next = page.rsplit_once(r#"name="after" value=""#);
        let next = next.and_then(|(_, rest)| rest.split_once('"'));
        let next = next.map(|(number, _)| format!("/catalogue?after={number}"));
        all += &page;
        match next {
            Some(next) => path = next,
            None => return all,
        }
    }
}

/// What a page says between its head and its foot, which name the node and the programme.
async fn content(way: &Way<'_>, region: Region, path: &str) -> String {
    let page = way.federation.page(region, path).await.unwrap();
    let (_, rest) = page.split_once("<main").unwrap();
    let (content, _) = rest.split_once("</main>").unwrap();
    content.to_owned()
}
