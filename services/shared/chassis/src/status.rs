//! The one table from what went wrong to what the caller is told.

use std::collections::HashMap;

use journal::JournalError;
use regulation::{Refusal, RefusalKind, Source, Strength};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};
use tracing::error;

/// The `domain` of every `ErrorInfo`.
pub const DOMAIN: &str = "jiebang";

/// A refusal as a status: its rule, articles and compared values in `google.rpc.ErrorInfo`, its
/// Chinese sentence as the message.
pub fn refused(refusal: &Refusal) -> Status {
    let code = match refusal.kind {
        RefusalKind::Precondition => Code::FailedPrecondition,
        RefusalKind::Forbidden => Code::PermissionDenied,
        RefusalKind::NotFound => Code::NotFound,
        RefusalKind::Exists => Code::AlreadyExists,
    };
    let source = match refusal.rule.source {
        Source::Text => "text",
        Source::Inferred => "inferred",
        Source::Ours => "ours",
    };
    let strength = match refusal.rule.strength {
        Strength::Must => "must",
        Strength::InPrinciple => "in_principle",
        Strength::May => "may",
    };
    let articles = refusal
        .rule
        .articles
        .iter()
        .map(|article| article.0.to_string());
    let mut metadata: HashMap<String, String> = refusal
        .values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    metadata.insert("source".to_owned(), source.to_owned());
    metadata.insert("strength".to_owned(), strength.to_owned());
    metadata.insert(
        "articles".to_owned(),
        articles.collect::<Vec<_>>().join(","),
    );
    metadata.insert("rule".to_owned(), refusal.rule.sentence.to_owned());
    metadata.insert("remedy".to_owned(), refusal.remedy.clone());
    let details = ErrorDetails::with_error_info(refusal.rule.code, DOMAIN, metadata);
    Status::with_error_details(code, refusal.to_string(), details)
}

/// What the journal says, as a status. Failures are logged here, once, with their whole chain; the
/// caller is told only what it can act on.
pub fn journal(error: JournalError) -> Status {
    match error {
        JournalError::Refused(refusal) => refused(&refusal),
        JournalError::RequestReused(id) => info(
            Code::AlreadyExists,
            "chassis.request-reused",
            format!("请求编号 {id} 已用于另一项请求，请换用新的请求编号。"),
        ),
        JournalError::Busy { .. } => info(
            Code::Aborted,
            "chassis.busy",
            "多人同时修改同一事项，本次未写入，请用同一请求编号重试。".to_owned(),
        ),
        JournalError::Database(source) => unavailable(&source),
        other => internal(&other),
    }
}

/// What `PostgreSQL` says of text with a character that no text of it may have.
const NO_CHARACTER: [&str; 2] = ["22021", "22P05"];

/// The database can't be reached or failed; or what it was asked with is no text, which is the
/// caller's fault, found only there.
pub fn unavailable(source: &(dyn std::error::Error + 'static)) -> Status {
    let code = source
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| NO_CHARACTER.contains(&&*code)) {
        return invalid("request", "文本中含有空字符（U+0000），请删除");
    }
    error!(error = chain(source), "database failed");
    info(
        Code::Unavailable,
        "chassis.unavailable",
        "数据库暂不可用，本次未写入或结果未知，请稍后用同一请求编号重试。".to_owned(),
    )
}

/// A defect.
pub fn internal(source: &dyn std::error::Error) -> Status {
    error!(error = chain(source), "internal error");
    info(
        Code::Internal,
        "chassis.internal",
        "系统内部错误，已记录，请联系运维人员。".to_owned(),
    )
}

/// There is no such thing, or the caller may not know of it: the two look alike on purpose.
pub fn not_found(what: &str) -> Status {
    info(
        Code::NotFound,
        "chassis.not-found",
        format!("没有这个{what}，或您无权查看，请核对编号。"),
    )
}

/// This caller may not.
pub fn forbidden(message: &str) -> Status {
    info(
        Code::PermissionDenied,
        "chassis.forbidden",
        message.to_owned(),
    )
}

/// Another service of the node can't be asked now.
pub fn peer_unavailable(peer: &str, status: &Status) -> Status {
    error!(peer, code = ?status.code(), message = status.message(), "peer did not answer");
    info(
        Code::Unavailable,
        "chassis.peer-unavailable",
        format!("本节点的 {peer} 服务暂不可用，请稍后重试。"),
    )
}

/// A status with a stable code for programs.
pub fn info(code: Code, reason: &str, message: String) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}

/// An error with all its causes, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Collects what is wrong with a request's fields, so that the caller is told all of it at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldViolation>);

impl Fields {
    /// The value, if the field is good; else its fault is kept.
    pub fn take<T, E: std::fmt::Display>(&mut self, field: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.fault(field, error)).ok()
    }

    /// Keeps a fault of a field.
    pub fn fault(&mut self, field: &str, description: impl ToString) {
        self.0
            .push(FieldViolation::new(field, description.to_string()));
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `INVALID_ARGUMENT` with every fault.
    pub fn refuse(self) -> Status {
        let listed: Vec<String> = self
            .0
            .iter()
            .map(|v| format!("{}：{}", v.field, v.description))
            .collect();
        let message = format!("请求内容有误：{}。请改正后重新提交。", listed.join("；"));
        let mut details = ErrorDetails::with_bad_request(self.0);
        details.set_error_info("chassis.invalid", DOMAIN, HashMap::new());
        Status::with_error_details(Code::InvalidArgument, message, details)
    }
}

/// `INVALID_ARGUMENT` for one field.
pub fn invalid(field: &str, description: impl ToString) -> Status {
    let mut fields = Fields::default();
    fields.fault(field, description);
    fields.refuse()
}

/// Parses one field, or refuses the request for it.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field's fault.
pub fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    field: &str,
    text: &str,
) -> Result<T, Status> {
    text.parse().map_err(|error: T::Err| invalid(field, error))
}

/// Parses one field that may be left empty.
///
/// # Errors
/// `INVALID_ARGUMENT` with the field's fault.
pub fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
    field: &str,
    text: &str,
) -> Result<Option<T>, Status> {
    if text.trim().is_empty() {
        Ok(None)
    } else {
        parse(field, text).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use regulation::{Article, Rule};

    use super::*;

    #[test]
    fn a_refusal_tells_programs_its_rule_and_people_a_sentence() {
        let rule = Rule::text(
            "fund.support-ratio",
            &[Article(17)],
            "支持资金不高于项目投入的 30%。",
        );
        let refusal =
            Refusal::new(rule, "支持资金超过上限", "请调减支持资金").with("requested", 31);
        let status = refused(&refusal);
        assert_eq!(status.code(), Code::FailedPrecondition);
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "fund.support-ratio");
        assert_eq!(info.metadata["requested"], "31");
        assert_eq!(info.metadata["articles"], "17");
        assert!(status.message().contains("第17条"), "{}", status.message());
    }

    #[test]
    fn all_faults_of_a_request_are_told_at_once() {
        let mut fields = Fields::default();
        assert_eq!(fields.take("a", "1".parse::<i32>()), Some(1));
        assert_eq!(fields.take("b", "x".parse::<i32>()), None);
        fields.fault("c", "不能为空");
        let status = fields.refuse();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(
            status
                .get_details_bad_request()
                .unwrap()
                .field_violations
                .len(),
            2
        );
    }
}
