use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use contract::codec::refuse;
use contract::references::{ReferenceError, References, of_answer, of_request};
use contract::validation::{Refusal, Violation};
use futures::future::Either;
use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};
use uuid::Uuid;

use super::framed::{Change, Framed};
use super::{Caller, Connection};
use crate::error::ServiceError;
use crate::pseudonym::{Pseudonym, Pseudonyms};

/// The children of a call, by the registry's own ids, as they are seen in its messages. A layer that wants to know them puts
/// one into the request's extensions.
#[derive(Debug, Clone, Default)]
pub struct SeenChildren(Arc<Mutex<BTreeSet<Uuid>>>);

impl SeenChildren {
    /// Those seen since the last time.
    #[must_use]
    pub fn take(&self) -> BTreeSet<Uuid> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn extend(&self, children: impl IntoIterator<Item = Uuid>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(children);
    }
}

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
    type Future = Either<S::Future, Translating<S::Future>>;

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
            Some(references) => {
                let change = Concealed { references, pseudonym, seen };
                Either::Right(Translating { call: Box::pin(call), change })
            }
        }
    }
}

impl ReferenceLayer {
    fn pseudonym(&self, request: &Request<Body>) -> Option<Pseudonym> {
        let caller = Caller::in_extensions(request.extensions().get::<Connection>()).ok()?;
        self.pseudonyms.of(caller.department()?).cloned()
    }
}

/// A call under way whose answer's references will be translated.
#[derive(Debug)]
pub struct Translating<F> {
    call: Pin<Box<F>>,
    change: Concealed,
}

impl<F, E> Future for Translating<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.call.as_mut().poll(cx));
        let change = self.change.clone();
        Poll::Ready(answer.map(|answer| answer.map(|body| Framed::body(body, usize::MAX, change))))
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
                ReferenceError::NotAReference(field) => refuse(&Refusal::Violations(vec![Violation {
                    field: field.to_string(),
                    expected: "must be a UUID, lower case with hyphens".to_owned(),
                }])),
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

/// What a caller is shown for children.
#[derive(Debug, Clone)]
struct Concealed {
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
