use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::Either;
use http::{HeaderMap, Request, Response};
use http_body::Body as _;
use kernel::{Clock, ErrorCode};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};

use super::body::AuditedBody;
use super::repeats::Repeats;
use super::{Call, Entry, Recorded, Recorder, Recorders, Trail};
use crate::error::ServiceError;
use crate::limits::BeyondShare;

/// Asked every few seconds by whoever watches a city, about nobody: the one service whose calls are not recorded.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Sees to it that every call is recorded before its answer leaves. It stands outside of all that may refuse a call.
#[derive(Debug, Clone)]
pub struct AuditLayer {
    recorders: Recorders,
    clock: Arc<dyn Clock>,
    repeats: Repeats,
}

impl AuditLayer {
    /// Calls are recorded there, by this clock.
    #[must_use]
    pub fn new(recorders: Recorders, clock: Arc<dyn Clock>) -> Self {
        Self { recorders, clock, repeats: Repeats::default() }
    }
}

impl<S> Layer<S> for AuditLayer {
    type Service = AuditService<S>;

    fn layer(&self, inner: S) -> AuditService<S> {
        AuditService { inner, layer: self.clone() }
    }
}

/// [`AuditLayer`]'s service.
#[derive(Debug, Clone)]
pub struct AuditService<S> {
    inner: S,
    layer: AuditLayer,
}

impl<S> Service<Request<Body>> for AuditService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<Pin<Box<S::Future>>, Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if request.uri().path().starts_with(HEALTH) {
            return Either::Left(Box::pin(self.inner.call(request)));
        }
        let (call, refusal) = Call::begin(&request, self.layer.clock.as_ref());
        let recorder = Arc::clone(self.layer.recorders.of(request.uri().path()));
        let trail = Trail::new(call);
        trail.follow(request.extensions_mut());
        let watch = Watch { trail, recorder, repeats: self.layer.repeats.clone(), ended: false };
        if let Some(refusal) = refusal {
            return Either::Right(Box::pin(async move { Ok(watch.see(Status::from(refusal).into_http()).await) }));
        }
        let trail = watch.trail.clone();
        let call = trail.at_work(|| self.inner.call(request));
        Either::Right(Box::pin(async move {
            let answer = trail.working(call).await?;
            Ok(watch.see(answer).await)
        }))
    }
}

/// Watches a call to its end. Dropped before, its caller has gone, and that is recorded.
pub(super) struct Watch {
    pub(super) trail: Trail,
    recorder: Arc<dyn Recorder>,
    repeats: Repeats,
    ended: bool,
}

impl Watch {
    /// The answer, once it may leave.
    async fn see(mut self, answer: Response<Body>) -> Response<Body> {
        let is_all = answer.headers().contains_key(Status::GRPC_STATUS) || answer.body().is_end_stream();
        if !is_all {
            let (head, body) = answer.into_parts();
            return Response::from_parts(head, Body::new(AuditedBody::begin(body, self).await));
        }
        let recorded = match answer.extensions().get::<BeyondShare>() {
            None => self.end(answer.headers()),
            Some(_) => self.turn_away(answer.headers()),
        };
        match recorded {
            None => answer,
            Some(recorded) => match recorded.await {
                Ok(()) => answer,
                Err(error) => kept_back(error).into_http(),
            },
        }
    }

    /// Hands in the entry that a message needs before it leaves; nothing if what it shows is recorded.
    pub(super) fn show(&self) -> Option<Recorded> {
        let (children, fields) = (self.trail.take(), self.trail.take_cut());
        if self.trail.has_entry() && children.is_empty() && fields.is_empty() {
            return None;
        }
        Some(self.recorder.record(Entry::answered(&self.trail, fields, children)))
    }

    /// Hands in the entry that an answer's end needs.
    pub(super) fn end(&mut self, headers: &HeaderMap) -> Option<Recorded> {
        match Status::from_header_map(headers).filter(|status| status.code() != Code::Ok) {
            None => {
                self.ended = true;
                self.show()
            }
            Some(status) => Some(self.fail(&status)),
        }
    }

    /// Hands in the entry of a call that is one too many, if it is the first of many.
    fn turn_away(&mut self, headers: &HeaderMap) -> Option<Recorded> {
        self.ended = true;
        let status = Status::from_header_map(headers)?;
        let entry = Entry::ended(&self.trail, &status, self.trail.take());
        let entry = self.repeats.first(entry, &self.recorder)?;
        Some(self.recorder.record(entry))
    }

    /// Hands in the entry of a call that ends so.
    pub(super) fn fail(&mut self, status: &Status) -> Recorded {
        self.ended = true;
        self.recorder.record(Entry::ended(&self.trail, status, self.trail.take()))
    }

    /// What was handed in is written.
    pub(super) fn recorded(&self) {
        self.trail.recorded();
    }

    /// Nothing more comes.
    pub(super) fn close(&mut self) {
        self.ended = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.ended {
            let entry = Entry::abandoned(&self.trail, self.trail.take());
            // Nobody waits any more; it is written all the same.
            drop(self.recorder.record(entry));
        }
    }
}

/// The answer to a call that could not be recorded.
pub(super) fn kept_back(error: ServiceError) -> Status {
    match error.code {
        ErrorCode::Unavailable | ErrorCode::ResourceExhausted => error.into(),
        _ => ServiceError::unavailable(
            "AUDIT_UNAVAILABLE",
            "the call cannot be recorded, and is not answered: try again",
        )
        .with_source(error)
        .into(),
    }
}
