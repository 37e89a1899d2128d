//! The gate before every gRPC method: trace, admission, time limit, metrics.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::{HeaderMap, Request, Response};
use regulation::Actor;
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span, field, info_span, warn};

use crate::{
    access::{self, Who},
    caller::Caller,
    staff::StaffBook,
    status,
    token::TokenVerifier,
    trace,
};

/// How long a call may take at most, whatever time the caller gives.
const CALL_MAX: Duration = Duration::from_secs(30);
/// A deadline's units as gRPC has them, in nanoseconds.
const UNITS: [(char, u64); 6] = [
    ('H', 3_600_000_000_000),
    ('M', 60_000_000_000),
    ('S', 1_000_000_000),
    ('m', 1_000_000),
    ('u', 1_000),
    ('n', 1),
];

/// Puts the gate before a service.
#[derive(Clone)]
pub struct GateLayer {
    admission: Admission,
}

/// What lets a caller in.
#[derive(Clone)]
enum Admission {
    /// A token, the access table, and whether who calls for a unit acts for it.
    Token(Arc<TokenVerifier>, Option<StaffBook>),
    /// A certificate, which the service itself looks at.
    Certificate,
}

impl GateLayer {
    /// A gate that believes what `verifier` believes, and lets in whom the access table names and,
    /// of those who call for a unit, whom `staff` does. Without one the service sees to that itself.
    pub(crate) fn new(verifier: Arc<TokenVerifier>, staff: Option<StaffBook>) -> Self {
        let admission = Admission::Token(verifier, staff);
        Self { admission }
    }

    /// A gate for a port where every caller has shown a certificate: whose, the service asks.
    pub fn by_certificate() -> Self {
        let admission = Admission::Certificate;
        Self { admission }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        let admission = self.admission.clone();
        Gate { inner, admission }
    }
}

/// A service behind the gate.
#[derive(Clone)]
pub struct Gate<S> {
    inner: S,
    admission: Admission,
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let span = span(&request);
        let method = request.uri().path().to_owned();
        let admitted = match &self.admission {
            Admission::Token(verifier, staff) => {
                let actor = admit(verifier, &mut request);
                actor.map(|actor| staff.clone().zip(actor))
            }
            Admission::Certificate => Ok(None),
        };
        let started = Instant::now();
        let left = time_left(request.headers());
        let late = tokio::time::sleep(left);
        Box::pin(
            async move {
                let response = match admitted {
                    Ok(_) if left.is_zero() => out_of_time().into_http(),
                    Ok(claim) => tokio::select! {
                        biased;
                        response = pass(&mut inner, request, claim) => response?,
                        () = late => out_of_time().into_http(),
                    },
                    Err(status) => status.into_http(),
                };
                observe(&method, &response, started);
                Ok(response)
            }
            .instrument(span),
        )
    }
}

/// Calls the service, unless who calls does not act for the unit of which they say so.
async fn pass<S>(
    inner: &mut S,
    request: Request<Body>,
    claim: Option<(StaffBook, Actor)>,
) -> Result<Response<Body>, Infallible>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    if let Some((staff, actor)) = claim
        && let Err(status) = staff.admit(&actor).await
    {
        return Ok(status.into_http());
    }
    inner.call(request).await.map(blame_the_caller)
}

fn span(request: &Request<Body>) -> Span {
    let path = request.uri().path().trim_start_matches('/');
    let span = info_span!(
        "grpc",
        otel.name = path,
        otel.kind = "server",
        rpc.system = "grpc",
        rpc.grpc.status_code = field::Empty,
        otel.status_code = field::Empty,
    );
    let parent = request
        .headers()
        .get(trace::TRACEPARENT)
        .and_then(|v| v.to_str().ok());
    trace::continue_trace(&span, parent);
    span
}

/// Who calls; nobody in particular where anybody may and no token was shown.
fn admit(verifier: &TokenVerifier, request: &mut Request<Body>) -> Result<Option<Actor>, Status> {
    let path = request.uri().path();
    let Some(who) = access::who(path) else {
        return Err(Status::unimplemented("没有这个方法。"));
    };
    let token = request
        .headers()
        .get(http::header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let actor = match (token, who) {
        (None, Who::Public) => return Ok(None),
        (None, Who::Roles(_)) => {
            return Err(status::info(
                Code::Unauthenticated,
                "chassis.no-token",
                "请先登录：缺少访问令牌。".to_owned(),
            ));
        }
        (Some(token), _) => verifier.verify(token).map_err(|error| {
            warn!(error = status::chain(&error), "token not believed");
            status::info(
                Code::Unauthenticated,
                "chassis.bad-token",
                "访问令牌无效或已过期，请重新登录。".to_owned(),
            )
        })?,
    };
    may(who, &actor)?;
    request.extensions_mut().insert(Caller(actor.clone()));
    Ok(Some(actor))
}

/// Whether the access table lets the actor in.
pub(crate) fn may(who: Who, actor: &Actor) -> Result<(), Status> {
    match who {
        Who::Roles(roles) if !roles.contains(&actor.role) => Err(status::forbidden(
            "您当前的角色不能进行此操作，请由有此职责的人员办理。",
        )),
        Who::Public | Who::Roles(_) => Ok(()),
    }
}

/// What is left of the time that the caller gives, by the header `grpc-timeout`.
fn time_left(headers: &HeaderMap) -> Duration {
    let given = headers.get("grpc-timeout").and_then(|value| {
        let text = value.to_str().ok()?;
        let (_, nanoseconds) = UNITS.iter().find(|(unit, _)| text.ends_with(*unit))?;
        let number: u64 = text.get(..text.len() - 1)?.parse().ok()?;
        Some(Duration::from_nanos(number.saturating_mul(*nanoseconds)))
    });
    given.map_or(CALL_MAX, |given| given.min(CALL_MAX))
}

/// The time is over; what was begun goes to its end all the same.
fn out_of_time() -> Status {
    status::info(
        Code::DeadlineExceeded,
        "chassis.out-of-time",
        "未能在限定时间内完成，结果未知，请用同一请求编号重试。".to_owned(),
    )
}

/// A body that does not decode is the caller's fault; the transport calls it an internal error. Of
/// one that is too large it says so in its own words.
fn blame_the_caller(response: Response<Body>) -> Response<Body> {
    let Some(status) = Status::from_header_map(response.headers()) else {
        return response;
    };
    match status.code() {
        Code::Internal if status.message().contains("failed to decode") => {
            status::invalid("request", "无法解析，请按接口定义填写").into_http()
        }
        Code::OutOfRange if status.message().contains("message length too large") => {
            let message = "请求内容过大，请精简后重新提交。";
            status::info(
                Code::ResourceExhausted,
                "chassis.too-large",
                message.to_owned(),
            )
            .into_http()
        }
        _ => response,
    }
}

fn observe(method: &str, response: &Response<Body>, started: Instant) {
    // A status without a body is in the headers; with one it comes in the trailers, and is OK or
    // a failure of streaming, which no method here does.
    let code = response
        .headers()
        .get("grpc-status")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0);
    let span = Span::current();
    span.record("rpc.grpc.status_code", code);
    if code == Code::Internal as i32 || code == Code::Unavailable as i32 {
        span.record("otel.status_code", "ERROR");
    }
    let method = method.to_owned();
    metrics::histogram!("jiebang_grpc_seconds", "method" => method.clone())
        .record(started.elapsed().as_secs_f64());
    metrics::counter!("jiebang_grpc_total", "method" => method, "code" => code.to_string())
        .increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_the_time_that_its_caller_gives_and_never_more_than_any_may() {
        for (given, left) in [
            (None, CALL_MAX),
            (Some("0n"), Duration::ZERO),
            (Some("250m"), Duration::from_millis(250)),
            (Some("7S"), Duration::from_secs(7)),
            (Some("99999999H"), CALL_MAX),
            (Some("soon"), CALL_MAX),
            (Some("7 S"), CALL_MAX),
            (Some(""), CALL_MAX),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert("grpc-timeout", given.parse().unwrap());
            }
            assert_eq!(time_left(&headers), left, "{given:?}");
        }
    }
}
