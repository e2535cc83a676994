use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

use super::Recorded;
use super::layer::{Watch, kept_back};

/// An answer's body: each frame leaves when what it shows is recorded.
pub(super) struct AuditedBody {
    inner: Body,
    watch: Watch,
    held: Option<Held>,
    ended: bool,
}

/// A frame, or the end, that waits for its entry.
struct Held {
    frame: Option<Result<Frame<Bytes>, Status>>,
    recorded: Recorded,
}

impl AuditedBody {
    pub(super) fn new(inner: Body, watch: Watch) -> Self {
        Self { inner, watch, held: None, ended: false }
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
        if this.held.is_none() {
            if this.ended {
                return Poll::Ready(None);
            }
            let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
            match this.entry(frame.as_ref()) {
                None => return Poll::Ready(frame),
                Some(recorded) => this.held = Some(Held { frame, recorded }),
            }
        }
        let held = this.held.as_mut().expect("it was held a moment ago");
        let written = ready!(held.recorded.as_mut().poll(cx));
        let held = this.held.take().expect("it was there a moment ago");
        match written {
            Ok(()) => {
                this.watch.recorded();
                Poll::Ready(held.frame)
            }
            Err(error) => {
                this.ended = true;
                this.watch.close();
                let mut trailers = HeaderMap::new();
                Poll::Ready(Some(match kept_back(error).add_header(&mut trailers) {
                    Ok(()) => Ok(Frame::trailers(trailers)),
                    Err(status) => Err(status),
                }))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.held.is_none()
    }
}
