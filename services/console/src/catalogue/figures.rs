//! The pictures of published demands: by digest, which is all the name they have. [Art. 10]

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use maud::{Markup, html};
use proto::intake::v1::{Figure, GetFigureRequest, PublicRecord};

use crate::{
    fault::Fault,
    node::{Node, Peer},
};

/// What is served as a picture; anything else is none.
const KINDS: [&str; 2] = ["image/png", "image/jpeg"];
/// The same digest is the same picture for ever.
const CACHE: &str = "public, max-age=86400, immutable";
/// Hex digits of a digest.
const DIGEST_LEN: usize = 64;

/// `/catalogue/figures/{digest}`
pub(crate) async fn figure(State(node): State<Node>, Path(digest): Path<String>) -> Response {
    if !is_digest(&digest) {
        return Fault::NotFound.at(node.place());
    }
    let answer = node
        .intake
        .clone()
        .get_figure(GetFigureRequest { digest })
        .await;
    match answer.map(tonic::Response::into_inner) {
        Ok(figure) => match kind(&figure.media_type) {
            Some(kind) => {
                let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)];
                (headers, figure.content).into_response()
            }
            None => Fault::NotFound.at(node.place()),
        },
        Err(status) => Fault::of(Peer::Intake, &status).at(node.place()),
    }
}

/// What a picture is served as; a page or a script is never served from here.
fn kind(media_type: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == media_type)
}

fn is_digest(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == DIGEST_LEN && text.bytes().all(hex)
}

/// The pictures of one task, or with an empty id of the whole demand.
pub(super) fn figures(record: &PublicRecord, task_id: &str) -> Markup {
    let of_it = |figure: &&Figure| figure.task_id == task_id && is_digest(&figure.digest);
    html! {
        @for figure in record.figures.iter().filter(of_it) {
            figure.picture {
                img src={ "/catalogue/figures/" (figure.digest) } alt=(figure.caption) loading="lazy";
                figcaption { (figure.caption) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_served_as_pictures() {
        assert_eq!(kind("image/png"), Some("image/png"));
        for other in ["text/html", "image/svg+xml", "image/png; x", ""] {
            assert_eq!(kind(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_digest_leads_to_a_picture() {
        assert!(is_digest(&"0a".repeat(32)));
        for wrong in [
            "",
            "../../etc/passwd",
            &"0A".repeat(32),
            &"0".repeat(63),
            &"g".repeat(64),
        ] {
            assert!(!is_digest(wrong), "{wrong}");
        }
    }
}
