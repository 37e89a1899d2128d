//! A file on its way in and out: piece by piece, within its limit.

use tonic::{Code, Status};

use super::{FILE_BYTES_MAX, PIECE_BYTES};
use crate::status;

/// Puts a file together; `next` gives its pieces, and none at its end.
///
/// # Errors
/// Whatever ends the stream, or `RESOURCE_EXHAUSTED` as soon as it is too large.
pub async fn receive<F>(first: Vec<u8>, mut next: impl FnMut() -> F) -> Result<Vec<u8>, Status>
where
    F: Future<Output = Result<Option<Vec<u8>>, Status>>,
{
    let mut bytes = within(first)?;
    while let Some(piece) = next().await? {
        bytes.extend(piece);
        bytes = within(bytes)?;
    }
    Ok(bytes)
}

fn within(bytes: Vec<u8>) -> Result<Vec<u8>, Status> {
    if bytes.len() <= FILE_BYTES_MAX {
        return Ok(bytes);
    }
    let most = FILE_BYTES_MAX >> 20;
    Err(status::info(
        Code::ResourceExhausted,
        "chassis.file-too-large",
        format!("文件超过 {most} MB，请压缩或拆分后上传。"),
    ))
}

/// A file in pieces, at least one.
pub fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    match bytes {
        [] => vec![Vec::new()],
        bytes => bytes.chunks(PIECE_BYTES).map(<[u8]>::to_vec).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_its_pieces_up_to_the_limit() {
        let whole = vec![7; PIECE_BYTES * 2 + 1];
        let mut rest = pieces(&whole).into_iter();
        let first = rest.next().unwrap();
        let got = receive(first, || std::future::ready(Ok(rest.next()))).await;
        assert_eq!(got.unwrap(), whole);
        let most = vec![0; FILE_BYTES_MAX];
        assert!(
            receive(most.clone(), || std::future::ready(Ok(None)))
                .await
                .is_ok()
        );
        let mut one_more = Some(vec![0]);
        let refused = receive(most, || std::future::ready(Ok(one_more.take()))).await;
        assert_eq!(refused.unwrap_err().code(), Code::ResourceExhausted);
    }
}
