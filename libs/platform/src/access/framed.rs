use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BufMut as _, BytesMut};
use contract::codec::refuse;
use contract::validation::Refusal;
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full};
use tonic::Status;
use tonic::body::Body;

/// What goes before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// The only message of a request that is no stream, once it has come whole.
///
/// # Errors
/// If it is compressed, cut off or longer than so many bytes, or another follows.
pub(super) async fn whole(body: Body, longest: usize) -> Result<Vec<u8>, Status> {
    let malformed = || refuse(&Refusal::Malformed);
    let mut body = pin!(body);
    let mut come = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            come.put(data);
        }
        if let Some([_, length @ ..]) = come.first_chunk::<PREFIX>() {
            let length = u32::from_be_bytes(*length) as usize;
            if length > longest {
                return Err(too_long(length, longest));
            }
            if come.len() > PREFIX + length {
                return Err(malformed());
            }
        }
    }
    match come.first_chunk::<PREFIX>() {
        Some([0, length @ ..]) if come.len() == PREFIX + u32::from_be_bytes(*length) as usize => {
            Ok(come.split_off(PREFIX).into())
        }
        _ => Err(malformed()),
    }
}

/// A body of one message.
pub(super) fn of(message: &[u8]) -> Body {
    Body::new(Full::new(framed(message).expect("a message that came was shorter").freeze()))
}

/// A message behind its length; nothing if its length has no place there.
fn framed(message: &[u8]) -> Option<BytesMut> {
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).ok()?);
    framed.put_slice(message);
    Some(framed)
}

/// What happens to each message of a body.
pub trait Change: Send + 'static {
    /// The message as it goes on.
    fn message(&mut self, message: BytesMut) -> Result<BytesMut, Status>;

    /// What cannot be taken apart is not passed on; this is why.
    fn unreadable(&self) -> Status;

    /// What is told when all messages have passed.
    fn trailers(&self, _trailers: &mut HeaderMap) {}
}

/// A call under way whose answer's messages will be changed.
#[derive(Debug)]
pub struct Changing<F, C> {
    call: Pin<Box<F>>,
    change: Option<C>,
}

impl<F, C> Changing<F, C> {
    pub(super) fn new(call: F, change: C) -> Self {
        Self { call: Box::pin(call), change: Some(change) }
    }
}

impl<F, E, C> Future for Changing<F, C>
where
    F: Future<Output = Result<Response<Body>, E>>,
    C: Change + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.call.as_mut().poll(cx));
        let change = self.change.take().expect("a call answers once");
        Poll::Ready(answer.map(|answer| answer.map(|body| Framed::body(body, usize::MAX, change))))
    }
}

/// A body whose messages are changed as they pass.
pub(super) struct Framed<C> {
    inner: Body,
    change: C,
    /// The longest message that is waited for, bytes.
    longest: usize,
    /// Of a message that has not come whole.
    waiting: BytesMut,
    /// Why it ends, once what came before has passed.
    refused: Option<Status>,
    ended: bool,
}

impl<C: Change + Unpin> Framed<C> {
    /// The body behind a change of its messages, none of which may be longer than so many bytes.
    pub(super) fn body(inner: Body, longest: usize, change: C) -> Body {
        Body::new(Self { inner, change, longest, waiting: BytesMut::new(), refused: None, ended: false })
    }

    /// The messages that have come whole, changed, up to one that cannot pass.
    fn pass(&mut self) -> BytesMut {
        let mut passed = BytesMut::new();
        loop {
            match self.next() {
                Ok(None) => break,
                Ok(Some(message)) => passed.unsplit(message),
                Err(status) => {
                    self.refused = Some(status);
                    break;
                }
            }
        }
        passed
    }

    /// The next message that has come whole, changed, behind its length.
    fn next(&mut self) -> Result<Option<BytesMut>, Status> {
        let Some(prefix) = self.waiting.first_chunk::<PREFIX>() else { return Ok(None) };
        let [compressed, length @ ..] = *prefix;
        let length = u32::from_be_bytes(length) as usize;
        if compressed != 0 {
            return Err(self.change.unreadable());
        }
        if length > self.longest {
            return Err(too_long(length, self.longest));
        }
        if self.waiting.len() < PREFIX + length {
            return Ok(None);
        }
        self.waiting.advance(PREFIX);
        let message = self.waiting.split_to(length);
        let message = self.change.message(message)?;
        framed(&message).map(Some).ok_or_else(|| self.change.unreadable())
    }

    /// What was cut off in the middle of a message did not come whole.
    fn end(&mut self) -> Option<Status> {
        (!std::mem::take(&mut self.waiting).is_empty()).then(|| self.change.unreadable())
    }
}

/// In the words of the codec, which limits what is not taken apart here.
fn too_long(found: usize, longest: usize) -> Status {
    Status::out_of_range(format!(
        "Error, decoded message length too large: found {found} bytes, the limit is: {longest} bytes"
    ))
}

impl<C: Change + Unpin> http_body::Body for Framed<C> {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        if let Some(status) = self.refused.take() {
            self.ended = true;
            return Poll::Ready(Some(Err(status)));
        }
        while !self.ended {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                None => {
                    self.ended = true;
                    return Poll::Ready(self.end().map(Err));
                }
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                Some(Ok(frame)) => frame,
            };
            match frame.into_data() {
                Ok(data) => {
                    self.waiting.put(data);
                    let passed = self.pass();
                    if !passed.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(passed.freeze()))));
                    }
                    if let Some(status) = self.refused.take() {
                        self.ended = true;
                        return Poll::Ready(Some(Err(status)));
                    }
                }
                Err(frame) => {
                    let Ok(mut trailers) = frame.into_trailers() else { continue };
                    if let Some(status) = self.end() {
                        self.ended = true;
                        return Poll::Ready(Some(Err(status)));
                    }
                    self.change.trailers(&mut trailers);
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.refused.is_none() && self.waiting.is_empty() && self.inner.is_end_stream()
    }
}
