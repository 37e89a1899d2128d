//! The pages of every node, as anybody opens them, after the way has been gone.

use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

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

/// What was decided together, the policy it was decided under and, where rounds live, the draw
/// behind it are there for everybody, on every node, and tell nothing of who demands.
pub(crate) async fn show_what_was_decided_and_how(way: &Way<'_>) {
    let secrets = demanders(way);
    for region in way.federation.regions() {
        let mut pages = content(way, region, "/decisions").await;
        let decisions: BTreeSet<String> = linked(&pages, "/decisions/");
        assert!(!decisions.is_empty(), "{region}: {pages}");
        let mut draws = BTreeSet::new();
        for decision in &decisions {
            let page = content(way, region, &format!("/decisions/{decision}")).await;
            assert!(page.contains("如何核验"), "{region}: {page}");
            draws.extend(linked(&page, "/draws/"));
            pages += &page;
        }
        assert!(pages.contains("重点揭榜任务清单"), "{region}: {pages}");
        assert_eq!(draws.is_empty(), !region.is_hub(), "{region}: {pages}");
        for round in draws {
            let page = content(way, region, &format!("/draws/{round}")).await;
            assert!(page.contains("已按本记录重新抽取，结果一致"), "{page}");
            pages += &page;
            pages += &way
                .federation
                .page(region, &format!("/draws/{round}/record"))
                .await
                .unwrap();
        }
        for path in ["/policy", "/interpretations"] {
            pages += &content(way, region, path).await;
        }
        assert!(!pages.contains("此部分暂缺"), "{region}: {pages}");
        for secret in &secrets {
            assert!(!pages.contains(secret.as_str()), "{region} shows {secret}");
        }
    }
}

/// What is published is found by its words, with what matched marked.
pub(crate) async fn find_what_was_published(way: &Way<'_>) {
    let secrets = demanders(way);
    let published = way.published.last().unwrap();
    let words: String = published.tasks[0].title.chars().take(6).collect();
    let escaped = words.bytes().fold(String::new(), |mut escaped, byte| {
        write!(escaped, "%{byte:02X}").unwrap();
        escaped
    });
    for region in way.federation.regions() {
        let path = format!("/catalogue?text={escaped}");
        let page = content(way, region, &path).await;
        assert!(page.contains(&published.public_number), "{region}: {page}");
        assert!(page.contains("<mark>"), "{region}: {page}");
        for place in way.regions() {
            assert!(!page.contains(place.name()), "{region} says {place}");
        }
        for secret in &secrets {
            assert!(!page.contains(secret.as_str()), "{region} shows {secret}");
        }
    }
}

/// What follows that address in links of a page.
fn linked(page: &str, address: &str) -> BTreeSet<String> {
    page.split(&format!("href=\"{address}"))
        .skip(1)
        .filter_map(|rest| rest.split(['"', '#', '/']).next())
        .map(ToOwned::to_owned)
        .collect()
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
