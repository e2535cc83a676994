use std::collections::BTreeSet;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use contract::redaction::{Redaction, of_answer};
use futures::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::framed::{Change, Changing};
use super::{Caller, Connection, CutFields};
use crate::error::ServiceError;

/// The trailer that names the fields which were taken out of an answer, with commas between them. Without it nothing was.
pub const REDACTED: HeaderName = HeaderName::from_static("hutong-redacted");

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
    type Future = Either<S::Future, Changing<S::Future, Cut>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Some(redaction) = redaction_of(&request) else {
            return Either::Left(self.inner.call(request));
        };
        let cut = request.extensions().get::<CutFields>().cloned();
        let change = Cut { redaction, mask: BTreeSet::new(), cut };
        Either::Right(Changing::new(self.inner.call(request), change))
    }
}

fn redaction_of(request: &Request<Body>) -> Option<&'static Redaction> {
    let caller = Caller::in_extensions(request.extensions().get::<Connection>()).ok()?;
    of_answer(request.uri().path(), caller.department()?)
}

/// Cuts messages and remembers what of them.
#[derive(Debug)]
pub struct Cut {
    redaction: &'static Redaction,
    mask: BTreeSet<String>,
    cut: Option<CutFields>,
}

impl Change for Cut {
    fn message(&mut self, message: BytesMut) -> Result<BytesMut, Status> {
        let redacted = self.redaction.apply(&message).map_err(|_| self.unreadable())?;
        if let Some(cut) = &self.cut {
            cut.extend(redacted.mask.iter().cloned());
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
