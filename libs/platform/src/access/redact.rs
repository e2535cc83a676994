use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use contract::redaction::{Redaction, of_answer};
use futures::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

use super::Caller;
use super::Connection;
use crate::error::ServiceError;

/// The trailer that names the fields which were taken out of an answer, with commas between them. Without it nothing was.
pub const REDACTED: HeaderName = HeaderName::from_static("hutong-redacted");

/// What goes before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

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
        let redaction = redaction_of(&request);
        let call = self.inner.call(request);
        match redaction {
            None => Either::Left(call),
            Some(redaction) => Either::Right(Redacting { call: Box::pin(call), redaction }),
        }
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
}

impl<F, E> Future for Redacting<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.call.as_mut().poll(cx));
        let redaction = self.redaction;
        Poll::Ready(answer.map(|answer| answer.map(|body| Body::new(RedactedBody::new(body, redaction)))))
    }
}

/// A body whose messages are cut as they pass.
struct RedactedBody {
    inner: Body,
    redaction: &'static Redaction,
    /// Of a message that has not come whole.
    waiting: BytesMut,
    mask: BTreeSet<String>,
    ended: bool,
}

impl RedactedBody {
    fn new(inner: Body, redaction: &'static Redaction) -> Self {
        Self { inner, redaction, waiting: BytesMut::new(), mask: BTreeSet::new(), ended: false }
    }

    /// The messages that have come whole, cut.
    fn cut(&mut self) -> Result<Bytes, ServiceError> {
        let mut passed = BytesMut::new();
        while let Some(prefix) = self.waiting.first_chunk::<PREFIX>() {
            let [compressed, length @ ..] = *prefix;
            let end = PREFIX + u32::from_be_bytes(length) as usize;
            if self.waiting.len() < end {
                break;
            }
            if compressed != 0 {
                return Err(unreadable());
            }
            let message = self.waiting.split_to(end).split_off(PREFIX);
            let redacted = self.redaction.apply(&message).map_err(|_| unreadable())?;
            self.mask.extend(redacted.mask);
            let length = u32::try_from(redacted.message.len()).map_err(|_| unreadable())?;
            passed.put_u8(0);
            passed.put_u32(length);
            passed.put_slice(&redacted.message);
        }
        Ok(passed.freeze())
    }

    fn trailers(&self, mut trailers: HeaderMap) -> HeaderMap {
        if !self.mask.is_empty() {
            let paths: Vec<&str> = self.mask.iter().map(String::as_str).collect();
            let paths = HeaderValue::from_str(&paths.join(",")).expect("names of fields are plain text");
            trailers.insert(REDACTED, paths);
        }
        trailers
    }
}

impl http_body::Body for RedactedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        while !self.ended {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                None => break,
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                Some(Ok(frame)) => frame,
            };
            match frame.into_data() {
                Ok(mut data) => {
                    self.waiting.put(&mut data);
                    debug_assert!(!data.has_remaining());
                    match self.cut() {
                        Err(error) => {
                            self.ended = true;
                            return Poll::Ready(Some(Err(error.into())));
                        }
                        Ok(passed) if passed.is_empty() => {}
                        Ok(passed) => return Poll::Ready(Some(Ok(Frame::data(passed)))),
                    }
                }
                Err(frame) => {
                    let Ok(trailers) = frame.into_trailers() else { continue };
                    return Poll::Ready(Some(Ok(Frame::trailers(self.trailers(trailers)))));
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.waiting.is_empty() && self.inner.is_end_stream()
    }
}

/// What cannot be read cannot be cut, and is kept back.
fn unreadable() -> ServiceError {
    ServiceError::internal(std::io::Error::other("an answer could not be read to be redacted"))
}
