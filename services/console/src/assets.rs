//! What the pages are drawn with: one style sheet and one mark, both part of the program.

use axum::{Router, http::header, routing::get};

use crate::node::Node;

/// Where the style sheet is.
pub(crate) const STYLE: &str = "/assets/console.css";
/// Where the mark is.
pub(crate) const MARK: &str = "/assets/mark.svg";
/// They change only with the program.
const CACHE: &str = "public, max-age=300";

pub(crate) fn routes() -> Router<Node> {
    Router::new()
        .route(
            STYLE,
            serve(
                "text/css; charset=utf-8",
                include_str!("../assets/console.css"),
            ),
        )
        .route(
            MARK,
            serve("image/svg+xml", include_str!("../assets/mark.svg")),
        )
}

fn serve(kind: &'static str, content: &'static str) -> axum::routing::MethodRouter<Node> {
    get(move || async move {
        (
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)],
            content,
        )
    })
}
