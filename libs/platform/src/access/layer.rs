use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::Either;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use super::emergency::{EmergencyDesk, EmergencyDesks, asked};
use super::{Caller, Connection, EmergencyCall};
use crate::error::ServiceError;

/// Lets a call through only if the contract names its caller, or opens the method to it in an emergency and it says why.
#[derive(Debug, Clone, Default)]
pub struct AccessLayer {
    desks: Arc<EmergencyDesks>,
}

impl AccessLayer {
    /// Emergencies are written down at these desks.
    #[must_use]
    pub fn new(desks: EmergencyDesks) -> Self {
        Self { desks: Arc::new(desks) }
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = AccessService<S>;

    fn layer(&self, inner: S) -> AccessService<S> {
        AccessService { inner, desks: Arc::clone(&self.desks) }
    }
}

/// [`AccessLayer`]'s service.
#[derive(Debug, Clone)]
pub struct AccessService<S> {
    inner: S,
    desks: Arc<EmergencyDesks>,
}

type Answer<S> = Result<Response<Body>, <S as Service<Request<Body>>>::Error>;

impl<S> Service<Request<Body>> for AccessService<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Either<Ready<Answer<S>>, Pin<Box<dyn Future<Output = Answer<S>> + Send>>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.admit(&request) {
            Ok(Admitted::Named) => Either::Left(self.inner.call(request)),
            Ok(Admitted::InEmergency(call, desk)) => {
                // The one that was made ready goes; its clone takes its place.
                let next = self.inner.clone();
                let mut inner = std::mem::replace(&mut self.inner, next);
                Either::Right(Either::Right(Box::pin(async move {
                    match desk.open(call).await {
                        Ok(()) => inner.call(request).await,
                        Err(error) => Ok(tonic::Status::from(error).into_http()),
                    }
                })))
            }
            Err(error) => Either::Right(Either::Left(ready(Ok(tonic::Status::from(error).into_http())))),
        }
    }
}

/// Why a call may go on.
enum Admitted {
    Named,
    InEmergency(EmergencyCall, Arc<dyn EmergencyDesk>),
}

impl<S> AccessService<S> {
    fn admit(&self, request: &Request<Body>) -> Result<Admitted, ServiceError> {
        let caller = Caller::in_extensions(request.extensions().get::<Connection>())?;
        let path = request.uri().path();
        if caller.may_call(path) {
            return Ok(Admitted::Named);
        }
        // A path that is not in the contract is the caller's own text: it stays out of the log.
        let method = contract::access::callers(path).map_or("unknown", |_| path);
        let desk = contract::access::service_of(path).and_then(|service| self.desks.get(service));
        if let (Some(desk), Some(call)) = (desk, asked(caller, path, request.headers())?) {
            tracing::warn!(
                alarm = "EMERGENCY_ACCESS",
                caller = caller.code(),
                method,
                "a call in an emergency: a person must review it by the end of the next working day"
            );
            return Ok(Admitted::InEmergency(call, Arc::clone(desk)));
        }
        tracing::info!(caller = caller.code(), method, "call refused: the contract does not name this caller");
        Err(ServiceError::permission_denied())
    }
}
