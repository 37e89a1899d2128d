//! Who calls, and under which name the request is remembered.

use evidence::Digest;
use journal::Request as JournalRequest;
use prost::Message;
use regulation::{Actor, RequestId};
use tonic::{Request, Status, Streaming};

use crate::status;

/// A verified caller, put into the request by the gate.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

/// A request that came in: who asks, for what, and the fingerprint by which a repeat is known.
#[derive(Debug)]
pub struct Admitted<T> {
    /// Who asks.
    pub actor: Actor,
    /// What for.
    pub message: T,
    fingerprint: Digest,
}

/// Takes a request in.
///
/// # Errors
/// `UNAUTHENTICATED` where the method is public and the handler needs a caller all the same.
pub fn admit<T: Message>(request: Request<T>) -> Result<Admitted<T>, Status> {
    let actor = caller(&request)?;
    Ok(Admitted::of(actor, request.into_inner()))
}

/// Takes a request in that comes in pieces. Once they are together, [`Admitted::of`] makes a
/// request of what stands for all of it.
///
/// # Errors
/// As [`admit`].
pub fn admit_stream<T>(request: Request<Streaming<T>>) -> Result<(Actor, Streaming<T>), Status> {
    let actor = caller(&request)?;
    Ok((actor, request.into_inner()))
}

fn caller<T>(request: &Request<T>) -> Result<Actor, Status> {
    let Some(Caller(actor)) = request.extensions().get::<Caller>().cloned() else {
        return Err(Status::unauthenticated("请先登录。"));
    };
    Ok(actor)
}

impl<T: Message> Admitted<T> {
    /// The request of this actor that says `message`.
    pub fn of(actor: Actor, message: T) -> Self {
        let fingerprint = Digest::of(std::any::type_name::<T>(), &[&message.encode_to_vec()]);
        Self {
            actor,
            message,
            fingerprint,
        }
    }
}

impl<T> Admitted<T> {
    /// The name of this request for the journal, from the message's `request_id` field.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` when the id is missing or not a UUID: a change without one could not be
    /// repeated safely.
    pub fn request(&self, request_id: &str) -> Result<JournalRequest, Status> {
        let id: RequestId = status::parse("request_id", request_id)?;
        let caller = format!("{}/{:?}", self.actor.person, self.actor.role);
        Ok(JournalRequest {
            caller,
            id,
            fingerprint: self.fingerprint,
        })
    }
}
