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
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
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
    let key = RequestKey::of(Caller::of(request)?.code(), method, "", request.get_ref())?;
    Ok(key.on(Trail::of(request)))
}

/// Answers that wait for a slow reader at most: the work waits with them.
const AHEAD: usize = 4;

/// Answers that come one by one.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Has work send its answers, until it is done or nobody listens.
pub fn streamed<T, W>(work: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> W) -> Response<Answers<T>>
where
    T: Send + 'static,
    W: Future<Output = Result<(), ServiceError>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(AHEAD);
    let work = work(sender.clone());
    tokio::spawn(async move {
        if let Err(error) = work.await {
            drop(sender.send(Err(error.into())).await);
        }
    });
    Response::new(Box::pin(ReceiverStream::new(receiver)))
}
