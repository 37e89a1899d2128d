//! Past cases, to be judged by another version of the policy.

use regulation::{Policy, Verdict};

use crate::{Aggregate, Journal, JournalError, builder::Kind};

pub(crate) type Judge = Box<dyn Fn(&Policy) -> Vec<Verdict> + Send + Sync>;
/// The policy version under which a case was taken, with its judge.
pub(crate) type Judged = (String, Judge);

/// An aggregate that a policy judges, as it stands.
pub struct Case {
    /// Kind of the aggregate.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The policy version that it was taken under.
    pub taken_under: String,
    judge: Judge,
}

impl Case {
    /// What the numbers of `policy` say of it.
    pub fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        (self.judge)(policy)
    }
}

/// What a stretch of the journal holds.
pub struct Cases {
    /// Those that a policy judges.
    pub cases: Vec<Case>,
    /// Kind and id of the last aggregate that was read; none: there is no more.
    pub next: Option<(String, String)>,
}

/// The policy version and the judgement of a stored state, if it is one that a policy judges.
pub(crate) fn judged<A: Aggregate>(state: &str) -> serde_json::Result<Option<Judged>> {
    let state: A = serde_json::from_str(state)?;
    let taken_under = state.taken_under().map(str::to_owned);
    Ok(taken_under.map(|version| {
        let judge: Judge = Box::new(move |policy| state.verdicts(policy));
        (version, judge)
    }))
}

impl Journal {
    /// Reads up to `limit` aggregates after the given kind and id, and gives those of them that a
    /// policy judges.
    ///
    /// # Errors
    /// The database; a stored state that is not readable.
    pub async fn cases(&self, (kind, id): (&str, &str), limit: i64) -> Result<Cases, JournalError> {
        let rows = sqlx::query!(
            r#"select kind, id, state::text as "state!" from journal_state
               where (kind, id) > ($1, $2) order by kind, id limit $3"#,
            kind,
            id,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let whole = i64::try_from(rows.len()).is_ok_and(|read| read >= limit);
        let last = rows.last().map(|row| (row.kind.clone(), row.id.clone()));
        let mut cases = Vec::new();
        for row in rows {
            let Some(Kind { judged, .. }) = self.parts.kinds.get(row.kind.as_str()) else {
                return Err(JournalError::UnknownKind(row.kind));
            };
            let judged = judged(&row.state)
                .map_err(|error| JournalError::unreadable(&row.kind, &row.id, error))?;
            cases.extend(judged.map(|(taken_under, judge)| Case {
                kind: row.kind,
                id: row.id,
                taken_under,
                judge,
            }));
        }
        let next = last.filter(|_| whole);
        Ok(Cases { cases, next })
    }
}
