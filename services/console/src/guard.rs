//! What stands before every page: limits, time-out, headers, trace and figures.

use std::time::{Duration, Instant};

use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{Next, from_fn},
    response::Response,
};
use tower::{
    ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::error::Overloaded,
    timeout::TimeoutLayer,
};
use tracing::{Instrument as _, Span, field, info_span};

use crate::{fault::Fault, page::Place};

/// Requests under way at most; more are turned away at once.
const UNDERWAY_MAX: usize = 256;
/// How long a page may take: longer than a service may take to answer.
const PAGE_MAX: Duration = Duration::from_secs(10);
/// Longest address with its query, in bytes: a page of a search says the order of the rest, and
/// what is looked for takes nine bytes a character.
const ADDRESS_MAX: usize = 8 << 10;
/// Largest body, in bytes.
const BODY_MAX: usize = 64 << 10;

/// Only what this server serves, nothing within the page itself, in nobody else's frame.
const CONTENT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// The routes behind all of it.
pub(crate) fn guarded(routes: Router, place: Place) -> Router {
    let refused = move |error: BoxError| async move {
        let fault = if error.is::<Overloaded>() {
            Fault::Busy
        } else {
            Fault::TooSlow
        };
        fault.at(place)
    };
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn(observe))
            .layer(from_fn(headers))
            .layer(from_fn(move |request, next| short(place, request, next)))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(HandleErrorLayer::new(refused))
            .load_shed()
            .layer(GlobalConcurrencyLimitLayer::new(UNDERWAY_MAX))
            .layer(TimeoutLayer::new(PAGE_MAX)),
    )
}

async fn short(place: Place, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let length = uri.path().len() + uri.query().map_or(0, str::len);
    if length > ADDRESS_MAX {
        return Fault::TooLong.at(place);
    }
    next.run(request).await
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A span and figures by the page's pattern: what somebody looked for is nobody's business. The
/// trace begins here, whatever the request says of one.
async fn observe(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str)
        .to_owned();
    let span = info_span!(
        "http",
        otel.name = format!("{} {route}", request.method()),
        otel.kind = "server",
        http.request.method = %request.method(),
        http.route = route,
        http.response.status_code = field::Empty,
    );
    let started = Instant::now();
    let response = async {
        let response = next.run(request).await;
        Span::current().record("http.response.status_code", response.status().as_u16());
        response
    }
    .instrument(span)
    .await;
    let status = response.status().as_str().to_owned();
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route)
        .record(started.elapsed().as_secs_f64());
    response
}
