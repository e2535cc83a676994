use std::future::{Ready, ready};
use std::task::{Context, Poll};

use futures::future::Either;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use super::{Caller, Connection};
use crate::error::ServiceError;

/// Lets a call through only if the contract names its caller.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccessLayer;

impl<S> Layer<S> for AccessLayer {
    type Service = AccessService<S>;

    fn layer(&self, inner: S) -> AccessService<S> {
        AccessService { inner }
    }
}

/// [`AccessLayer`]'s service.
#[derive(Debug, Clone)]
pub struct AccessService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for AccessService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match admit(&request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(error) => Either::Right(ready(Ok(tonic::Status::from(error).into_http()))),
        }
    }
}

fn admit(request: &Request<Body>) -> Result<(), ServiceError> {
    let caller = Caller::in_extensions(request.extensions().get::<Connection>())?;
    let path = request.uri().path();
    if caller.may_call(path) {
        return Ok(());
    }
    // A path that is not in the contract is the caller's own text: it stays out of the log.
    let method = contract::access::callers(path).map_or("unknown", |_| path);
    tracing::info!(caller = caller.code(), method, "call refused: the contract does not name this caller");
    Err(ServiceError::permission_denied())
}
