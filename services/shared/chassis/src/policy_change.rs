//! What would change: a version of the policy that is not decided yet, run over the past cases.
//! [Art. 22]

use journal::Cases;
use proto::{common::v1::PageRequest, node::v1 as wire};
use regulation::{ChangedVerdict, Policy, changed_verdicts};
use tonic::Status;

use crate::{desk::Desk, page::Page, status};

/// Largest policy file that is read, in bytes.
const POLICY_MAX: usize = 64 << 10;

/// Compares, case by case, what `policy` says with what the version says that the case was taken
/// under.
///
/// # Errors
/// `INVALID_ARGUMENT` when the text is not a policy, or the page token not one of these.
pub(crate) async fn compare(
    desk: &Desk,
    policy: &str,
    page: Option<PageRequest>,
) -> Result<wire::ComparePolicyResponse, Status> {
    if policy.len() > POLICY_MAX {
        return Err(status::invalid("policy", "政策文件过大"));
    }
    let policy = Policy::parse(policy)
        .map_err(|error| status::invalid("policy", format!("不是有效的政策文件：{error}")))?;
    let policy = desk
        .policies()
        .as_here(policy)
        .map_err(|error| status::invalid("policy", format!("本地区的规定与之不合：{error}")))?;
    let page = Page::from(page);
    let after = match page.after.as_str() {
        "" => ("", ""),
        token => token
            .split_once('/')
            .ok_or_else(|| status::invalid("page.page_token", "不是本接口给出的翻页标记"))?,
    };
    let Cases { cases, next } = desk
        .journal()
        .cases(after, page.size)
        .await
        .map_err(status::journal)?;
    let mut answer = wire::ComparePolicyResponse {
        cases: i64::try_from(cases.len()).unwrap_or(i64::MAX),
        next_page_token: next.map_or_else(String::new, |(kind, id)| format!("{kind}/{id}")),
        ..Default::default()
    };
    for case in cases {
        // What a case was taken under this node holds: it took it.
        let Some(kept) = desk.policies().by_version(&case.taken_under).await else {
            answer.unknown_versions.push(case.taken_under);
            continue;
        };
        let changed = changed_verdicts(case.verdicts(&kept), case.verdicts(&policy));
        let told = changed.into_iter().map(|changed| wire::ChangedVerdict {
            kind: case.kind.clone(),
            id: case.id.clone(),
            taken_under: case.taken_under.clone(),
            ..view(&changed)
        });
        answer.changed.extend(told);
    }
    answer.unknown_versions.dedup();
    Ok(answer)
}

fn view(changed: &ChangedVerdict) -> wire::ChangedVerdict {
    let ChangedVerdict { before, after } = changed;
    wire::ChangedVerdict {
        rule: after.rule.code.to_owned(),
        authority: after.rule.authority(),
        sentence: after.rule.sentence.to_owned(),
        found: after.found.clone(),
        bound_before: before.bound.clone(),
        bound_after: after.bound.clone(),
        held: before.holds,
        would_hold: after.holds,
        ..Default::default()
    }
}
