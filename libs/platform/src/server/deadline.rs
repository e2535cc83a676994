use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use crate::error::ServiceError;

/// Ends a call with `DEADLINE_EXCEEDED` when its `grpc-timeout` has passed, or the longest life allowed; a streamed answer
/// too. tonic's own timeout answers CANCELLED and lets an answer stream on.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeadlineLayer {
    longest: Duration,
}

impl DeadlineLayer {
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> DeadlineService<S> {
        DeadlineService { inner, longest: self.longest }
    }
}

#[derive(Debug, Clone)]
pub(super) struct DeadlineService<S> {
    inner: S,
    longest: Duration,
}

impl<S> Service<Request<Body>> for DeadlineService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Unpin,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = DeadlineFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let timeout = timeout_in(request.headers()).map_or(self.longest, |timeout| timeout.min(self.longest));
        let deadline = Deadline { at: Instant::now() + timeout, alarm: None };
        DeadlineFuture { inner: self.inner.call(request), deadline: Some(deadline) }
    }
}

pub(super) struct DeadlineFuture<F> {
    inner: F,
    deadline: Option<Deadline>,
}

impl<F, E> Future for DeadlineFuture<F>
where
    F: Future<Output = Result<Response<Body>, E>> + Unpin,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let deadline = this.deadline.as_mut().expect("a future is not polled after its end");
        if deadline.has_passed() {
            return Poll::Ready(Ok(exceeded().into_http()));
        }
        if let Poll::Ready(response) = Pin::new(&mut this.inner).poll(cx) {
            let deadline = this.deadline.take().expect("it was there a moment ago");
            return Poll::Ready(response.map(|response| guard(response, deadline)));
        }
        ready!(deadline.poll(cx));
        Poll::Ready(Ok(exceeded().into_http()))
    }
}

/// When a call must have ended. The timer is set only if the call has to wait at all.
struct Deadline {
    at: Instant,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    fn has_passed(&self) -> bool {
        Instant::now() >= self.at
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let at = self.at;
        self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at))).as_mut().poll(cx)
    }
}

fn exceeded() -> Status {
    ServiceError::deadline_exceeded().into()
}

fn guard(response: Response<Body>, deadline: Deadline) -> Response<Body> {
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(Guarded { body, deadline, ended: false }))
}

/// An answer's body that ends with `DEADLINE_EXCEEDED` in its trailers when the time is up.
struct Guarded {
    body: Body,
    deadline: Deadline,
    ended: bool,
}

impl http_body::Body for Guarded {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        ready!(this.deadline.poll(cx));
        this.ended = true;
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(match exceeded().add_header(&mut trailers) {
            Ok(()) => Ok(Frame::trailers(trailers)),
            Err(status) => Err(status),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The `grpc-timeout` header: at most 8 digits and a unit. A malformed one counts as none, as in tonic.
#[must_use]
pub fn timeout_in(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
