use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::Either;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::Limits;
use crate::access::{Caller, Connection};

/// Refuses the calls of a partner who asks for more than its share.
#[derive(Debug, Clone)]
pub struct LimitLayer(Arc<Limits>);

impl LimitLayer {
    /// One share for each partner, whatever connections it opens.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(limits))
    }
}

impl<S> Layer<S> for LimitLayer {
    type Service = LimitService<S>;

    fn layer(&self, inner: S) -> LimitService<S> {
        LimitService { inner, limits: Arc::clone(&self.0) }
    }
}

/// In the extensions of a refusal of the limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BeyondShare;

/// [`LimitLayer`]'s service.
#[derive(Debug, Clone)]
pub struct LimitService<S> {
    inner: S,
    limits: Arc<Limits>,
}

impl<S> Service<Request<Body>> for LimitService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Either<Held<S::Future>, Ready<Result<Response<Body>, S::Error>>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // Who is nobody is refused further on.
        let Ok(caller) = Caller::in_extensions(request.extensions().get::<Connection>()) else {
            return Either::Left(self.inner.call(request));
        };
        match self.limits.admit(caller) {
            Ok(None) => Either::Left(self.inner.call(request)),
            Ok(Some(place)) => {
                let call = Box::pin(self.inner.call(request));
                Either::Right(Either::Left(Held { call, place: Some(place) }))
            }
            Err(error) => {
                let mut refusal = Status::from(error).into_http();
                refusal.extensions_mut().insert(BeyondShare);
                Either::Right(Either::Right(ready(Ok(refusal))))
            }
        }
    }
}

/// A call that holds its place until its answer has been sent.
#[derive(Debug)]
pub struct Held<F> {
    call: Pin<Box<F>>,
    place: Option<OwnedSemaphorePermit>,
}

impl<F, E> Future for Held<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.call.as_mut().poll(cx).map(|answer| {
            let place = self.place.take();
            answer.map(|answer| answer.map(|inner| Body::new(HeldBody { inner, _place: place })))
        })
    }
}

struct HeldBody {
    inner: Body,
    _place: Option<OwnedSemaphorePermit>,
}

impl http_body::Body for HeldBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
