//! Calls with a token.

use tonic::{Request, metadata::MetadataValue};

/// A request that carries `token`.
///
/// # Errors
/// When the token has characters that no token has.
pub fn bearing<T>(token: &str, message: T) -> anyhow::Result<Request<T>> {
    let mut request = Request::new(message);
    let value = MetadataValue::try_from(format!("Bearer {token}"))?;
    request.metadata_mut().insert("authorization", value);
    Ok(request)
}
