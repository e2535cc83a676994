use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::BytesMut;
use contract::codec::refuse;
use contract::references::{ReferenceError, References, of_answer, of_request};
use contract::validation::{Refusal, Violation};
use futures::future::Either;
use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::framed::{Change, Changing, Framed};
use super::{Caller, Connection, SeenChildren};
use crate::error::ServiceError;
use crate::pseudonym::{Pseudonym, Pseudonyms};

/// Shows each department its own pseudonyms, and the services behind the door the registry's ids.
#[derive(Debug, Clone)]
pub struct ReferenceLayer {
    pseudonyms: Arc<Pseudonyms>,
    longest: usize,
}

impl ReferenceLayer {
    /// The longest request is given in bytes.
    #[must_use]
    pub fn new(pseudonyms: Arc<Pseudonyms>, longest: usize) -> Self {
        Self { pseudonyms, longest }
    }
}

impl<S> Layer<S> for ReferenceLayer {
    type Service = ReferenceService<S>;

    fn layer(&self, inner: S) -> ReferenceService<S> {
        ReferenceService { inner, layer: self.clone() }
    }
}

/// [`ReferenceLayer`]'s service.
#[derive(Debug, Clone)]
pub struct ReferenceService<S> {
    inner: S,
    layer: ReferenceLayer,
}

impl<S> Service<Request<Body>> for ReferenceService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Changing<S::Future, Concealed>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let seen = request.extensions().get::<SeenChildren>().cloned();
        let pseudonym = self.layer.pseudonym(&request);
        if seen.is_none() && pseudonym.is_none() {
            return Either::Left(self.inner.call(request));
        }
        let answers = of_answer(request.uri().path());
        if let Some(references) = of_request(request.uri().path()) {
            let change = Revealed { references, pseudonym: pseudonym.clone(), seen: seen.clone() };
            request = request.map(|body| Framed::body(body, self.layer.longest, change));
        }
        let call = self.inner.call(request);
        match answers {
            None => Either::Left(call),
            Some(references) => Either::Right(Changing::new(call, Concealed { references, pseudonym, seen })),
        }
    }
}

impl ReferenceLayer {
    fn pseudonym(&self, request: &Request<Body>) -> Option<Pseudonym> {
        let caller = Caller::in_extensions(request.extensions().get::<Connection>()).ok()?;
        self.pseudonyms.of(caller.department()?).cloned()
    }
}

/// What a caller's references stand for.
struct Revealed {
    references: &'static References,
    pseudonym: Option<Pseudonym>,
    seen: Option<SeenChildren>,
}

impl Change for Revealed {
    fn message(&mut self, mut message: BytesMut) -> Result<BytesMut, Status> {
        if let Some(pseudonym) = &self.pseudonym {
            self.references.replace(&mut message, |child| pseudonym.reveal(child)).map_err(|error| match error {
                ReferenceError::Malformed(_) => refuse(&Refusal::Malformed),
                ReferenceError::NotAReference(field) => not_a_reference(&field),
            })?;
        }
        if let Some(seen) = &self.seen {
            seen.extend(self.references.children(&message).map_err(|_| refuse(&Refusal::Malformed))?);
        }
        Ok(message)
    }

    fn unreadable(&self) -> Status {
        refuse(&Refusal::Malformed)
    }
}

/// A field holds an id in a spelling that is not the contract's.
pub(super) fn not_a_reference(field: &str) -> Status {
    let expected = "must be a UUID, lower case with hyphens".to_owned();
    refuse(&Refusal::Violations(vec![Violation { field: field.to_owned(), expected }]))
}

/// What a caller is shown for children.
#[derive(Debug)]
pub struct Concealed {
    references: &'static References,
    pseudonym: Option<Pseudonym>,
    seen: Option<SeenChildren>,
}

impl Change for Concealed {
    fn message(&mut self, mut message: BytesMut) -> Result<BytesMut, Status> {
        if let Some(seen) = &self.seen {
            seen.extend(self.references.children(&message).map_err(|_| self.unreadable())?);
        }
        if let Some(pseudonym) = &self.pseudonym {
            let replaced = self.references.replace(&mut message, |child| pseudonym.conceal(child));
            replaced.map_err(|_| self.unreadable())?;
        }
        Ok(message)
    }

    /// A reference that cannot be found cannot be translated: the answer is kept back.
    fn unreadable(&self) -> Status {
        ServiceError::internal(std::io::Error::other("an answer could not be read for its references")).into()
    }
}
