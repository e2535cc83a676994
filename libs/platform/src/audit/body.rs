use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use super::Recorded;
use super::layer::{Watch, kept_back};
use crate::error::ServiceError;

/// An answer's body: each frame leaves when what it shows is recorded.
pub(super) struct AuditedBody {
    inner: Body,
    watch: Watch,
    held: Option<Held>,
    /// May leave: it is recorded.
    recorded: Option<Result<Frame<Bytes>, Status>>,
    ended: bool,
}

/// A frame, or the end, that waits for its entry.
struct Held {
    frame: Option<Result<Frame<Bytes>, Status>>,
    recorded: Recorded,
}

impl AuditedBody {
    /// Waits for the entry of the first frame, if that is there: head, frame and end then leave together, and the answer
    /// costs no second trip through socket and cipher.
    pub(super) async fn begin(inner: Body, watch: Watch) -> Self {
        let mut body = Self { inner, watch, held: None, recorded: None, ended: false };
        let first = poll_fn(|cx| Poll::Ready(body.poll_inner(cx))).await;
        if let Poll::Ready(frame) = first {
            body.recorded = match body.entry(frame.as_ref()) {
                None => frame,
                Some(recorded) => {
                    let written = recorded.await;
                    body.written(frame, written)
                }
            };
        }
        body
    }

    /// The next frame; whatever a stream does on the way is done for the call.
    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Self { inner, watch, .. } = self;
        watch.trail.at_work(|| Pin::new(inner).poll_frame(cx))
    }

    /// What leaves once an entry is written, or cannot be.
    fn written(
        &mut self,
        frame: Option<Result<Frame<Bytes>, Status>>,
        written: Result<(), ServiceError>,
    ) -> Option<Result<Frame<Bytes>, Status>> {
        match written {
            Ok(()) => {
                self.watch.recorded();
                frame
            }
            Err(error) => {
                self.ended = true;
                self.watch.close();
                let mut trailers = HeaderMap::new();
                Some(match kept_back(error).add_header(&mut trailers) {
                    Ok(()) => Ok(Frame::trailers(trailers)),
                    Err(status) => Err(status),
                })
            }
        }
    }

    /// What must be recorded before this leaves.
    fn entry(&mut self, frame: Option<&Result<Frame<Bytes>, Status>>) -> Option<Recorded> {
        match frame {
            Some(Ok(frame)) => match frame.trailers_ref() {
                None => self.watch.show(),
                Some(trailers) => self.end(trailers),
            },
            Some(Err(status)) => {
                self.ended = true;
                Some(self.watch.fail(status))
            }
            None => self.end(&HeaderMap::new()),
        }
    }

    fn end(&mut self, trailers: &HeaderMap) -> Option<Recorded> {
        self.ended = true;
        self.watch.end(trailers)
    }
}

impl http_body::Body for AuditedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let Some(frame) = this.recorded.take() {
            return Poll::Ready(Some(frame));
        }
        if this.held.is_none() {
            if this.ended {
                return Poll::Ready(None);
            }
            let frame = ready!(this.poll_inner(cx));
            match this.entry(frame.as_ref()) {
                None => return Poll::Ready(frame),
                Some(recorded) => this.held = Some(Held { frame, recorded }),
            }
        }
        let held = this.held.as_mut().expect("it was held a moment ago");
        let written = ready!(held.recorded.as_mut().poll(cx));
        let held = this.held.take().expect("it was there a moment ago");
        Poll::Ready(this.written(held.frame, written))
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.held.is_none() && self.recorded.is_none()
    }
}
