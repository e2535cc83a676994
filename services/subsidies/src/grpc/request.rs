//! From a request's fields to the types of the domain.

use std::pin::Pin;

use contract::google::r#type::Date as WireDate;
use futures::Stream;
use kernel::{Month, Tier};
use messaging::journal::RequestKey;
use platform::access::Caller;
use platform::audit::Trail;
use platform::error::ServiceError;
use platform::request::month;
use prost::Message;
use tonic::{Response, Status};

use crate::app::refusal::actor_missing;

/// A tier in a field.
pub fn tier(field: &str, number: i32) -> Result<Tier, ServiceError> {
    Tier::from_number(number).ok_or_else(|| ServiceError::invalid(field, "INVALID_FIELDS", "must be a tier: A, B or C"))
}

/// A month in a field that may be left out.
pub fn optional_month(field: &str, date: Option<&WireDate>) -> Result<Option<Month>, ServiceError> {
    date.map(|date| month(field, Some(date))).transpose()
}

/// The person on whose behalf a call is made, by the caller's word.
///
/// # Errors
/// `FAILED_PRECONDITION` (`ACTOR_MISSING`).
pub fn actor<T>(request: &tonic::Request<T>) -> Result<String, ServiceError> {
    let actor = Trail::of(request).map(|trail| trail.call().actor.clone()).unwrap_or_default();
    if actor.is_empty() { Err(actor_missing()) } else { Ok(actor) }
}

/// The key of a call that takes steps by itself and remembers none of them: each may be repeated.
pub fn key<M: Message>(method: &'static str, request: &tonic::Request<M>) -> Result<RequestKey, ServiceError> {
    RequestKey::of(Caller::of(request)?.code(), method, "", request.get_ref())
}

/// Answers that come one by one, each computed when the one before was taken.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The answers of work that goes on from one to the next until it has no more. It goes no further than somebody listens.
pub fn streamed<W, T, F>(work: W, next: impl FnMut(W) -> F + Send + 'static) -> Response<Answers<T>>
where
    W: Send + 'static,
    T: Send + 'static,
    F: Future<Output = Result<Option<(T, W)>, Status>> + Send + 'static,
{
    Response::new(Box::pin(futures::stream::try_unfold(work, next)))
}
