//! Which page is where.

use axum::{Router, extract::State, response::Response, routing::get};

use crate::{
    assets, catalogue, decisions, draws, fault::Fault, guard, home, node::Node, policy, status,
};

/// All pages of the node.
pub fn site(node: Node) -> Router {
    let routes = Router::new()
        .merge(public())
        .merge(members(&node))
        .merge(assets::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(node.clone());
    guard::guarded(routes, node.place())
}

/// For everybody, without a login.
fn public() -> Router<Node> {
    Router::new()
        .route("/", get(home::show))
        .route("/catalogue", get(catalogue::list))
        .route("/catalogue/feed", get(catalogue::feed))
        .route("/catalogue/{public_number}", get(catalogue::entry))
        .route(
            "/catalogue/{public_number}/roadshows/{meeting}",
            get(catalogue::roadshow),
        )
        .route("/catalogue/figures/{digest}", get(catalogue::figure))
        .route("/decisions", get(decisions::list))
        .route("/decisions/{decision}", get(decisions::entry))
        .route("/decisions/{decision}/document", get(decisions::document))
        .route("/interpretations", get(policy::interpretations))
        .route("/policy", get(policy::in_force))
        .route("/policy/{version}", get(policy::version))
        .route("/draws/{round}", get(draws::show))
        .route("/draws/{round}/record", get(draws::record))
}

/// What every member may know.
fn members(node: &Node) -> Router<Node> {
    if node.late_after.is_none() {
        return Router::new();
    }
    Router::new().route("/status", get(status::show))
}

async fn not_found(State(node): State<Node>) -> Response {
    Fault::NotFound.at(node.place())
}
