use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use contract::redaction::{Redaction, of_answer};
use futures::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::framed::{Change, Framed};
use super::{Caller, Connection};
use crate::error::ServiceError;

/// The trailer that names the fields which were taken out of an answer, with commas between them. Without it nothing was.
pub const REDACTED: HeaderName = HeaderName::from_static("hutong-redacted");

/// The paths of the fields that are taken out of a call's answers, as they pass. A layer that wants to know them puts one
/// into the request's extensions.
#[derive(Debug, Clone, Default)]
pub struct CutFields(Arc<Mutex<BTreeSet<String>>>);

impl CutFields {
    /// Those cut since the last time.
    #[must_use]
    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn extend(&self, fields: &BTreeSet<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(fields.iter().cloned());
    }
}

/// Takes out of answers what the contract keeps from their reader. Services see everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct RedactionLayer;

impl<S> Layer<S> for RedactionLayer {
    type Service = RedactionService<S>;

    fn layer(&self, inner: S) -> RedactionService<S> {
        RedactionService { inner }
    }
}

/// [`RedactionLayer`]'s service.
#[derive(Debug, Clone)]
pub struct RedactionService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for RedactionService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Redacting<S::Future>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Some(redaction) = redaction_of(&request) else {
            return Either::Left(self.inner.call(request));
        };
        let cut = request.extensions().get::<CutFields>().cloned();
        Either::Right(Redacting { call: Box::pin(self.inner.call(request)), redaction, cut })
    }
}

fn redaction_of(request: &Request<Body>) -> Option<&'static Redaction> {
    let caller = Caller::in_extensions(request.extensions().get::<Connection>()).ok()?;
    of_answer(request.uri().path(), caller.department()?)
}

/// A call under way whose answer will be cut.
#[derive(Debug)]
pub struct Redacting<F> {
    call: Pin<Box<F>>,
    redaction: &'static Redaction,
    cut: Option<CutFields>,
}

impl<F, E> Future for Redacting<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.call.as_mut().poll(cx));
        let change = Cut { redaction: self.redaction, mask: BTreeSet::new(), cut: self.cut.take() };
        Poll::Ready(answer.map(|answer| answer.map(|body| Framed::body(body, usize::MAX, change))))
    }
}

/// Cuts messages and remembers what of them.
struct Cut {
    redaction: &'static Redaction,
    mask: BTreeSet<String>,
    cut: Option<CutFields>,
}

impl Change for Cut {
    fn message(&mut self, message: BytesMut) -> Result<BytesMut, Status> {
        let redacted = self.redaction.apply(&message).map_err(|_| self.unreadable())?;
        if let Some(cut) = &self.cut {
            cut.extend(&redacted.mask);
        }
        self.mask.extend(redacted.mask);
        Ok(Bytes::from(redacted.message).into())
    }

    /// What cannot be read cannot be cut, and is kept back.
    fn unreadable(&self) -> Status {
        ServiceError::internal(std::io::Error::other("an answer could not be read to be redacted")).into()
    }

    fn trailers(&self, trailers: &mut HeaderMap) {
        if !self.mask.is_empty() {
            let paths: Vec<&str> = self.mask.iter().map(String::as_str).collect();
            let paths = HeaderValue::from_str(&paths.join(",")).expect("names of fields are plain text");
            trailers.insert(REDACTED, paths);
        }
    }
}
