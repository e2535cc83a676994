use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use tonic::Code;
use tonic::body::Body;
use tracing::{Span, field, info_span};

use super::{context, metrics};
use crate::access::Connection;

/// One call, from its headers to its last trailer. Dropped before that, it was cancelled.
#[derive(Debug)]
pub(super) struct Rpc {
    span: Span,
    /// `hutong.registry.v1.ChildService/GetChild`, or `unknown` for a path that is not ours.
    method: String,
    began: Instant,
    ended: bool,
}

impl Rpc {
    pub(super) fn begin(request: &Request<Body>) -> Self {
        let method = known(request.uri().path()).unwrap_or("unknown");
        let (service, name) = method.split_once('/').unwrap_or((method, method));
        let connection = request.extensions().get::<Connection>();
        let caller = connection.and_then(|connection| connection.caller().ok());
        let span = info_span!(
            target: "hutong::rpc",
            "rpc",
            otel.name = method,
            otel.kind = "server",
            rpc.system = "grpc",
            rpc.service = service,
            rpc.method = name,
            rpc.grpc.status_code = field::Empty,
            otel.status_code = field::Empty,
            caller = caller.map(crate::access::Caller::code),
        );
        if let Some(parent) = context::parent_from_headers(request.headers()) {
            context::set_parent(&span, parent);
        }
        Self { span, method: method.to_owned(), began: Instant::now(), ended: false }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let number = code as i32;
        self.span.record("rpc.grpc.status_code", number);
        if broken(code) {
            self.span.record("otel.status_code", "ERROR");
        }
        metrics::rpc(&self.method, number, self.began.elapsed());
    }
}

impl Drop for Rpc {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

/// A path that the contract or the platform knows, without its slash. Another one is a caller's own text and goes nowhere.
fn known(path: &str) -> Option<&str> {
    let ours = contract::access::callers(path).is_some()
        || ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"].contains(&path)
        || path == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
        || path == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
    ours.then(|| path.trim_start_matches('/'))
}

/// The codes that mean a fault of the server's, by OpenTelemetry's conventions.
fn broken(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}

fn status_in(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(|status| Code::from_bytes(status.as_bytes()))
}

/// A response's body, watched for the trailers that end the call.
pub(super) struct Observed {
    body: Body,
    rpc: Box<Rpc>,
}

impl Observed {
    pub(super) fn observe(mut rpc: Box<Rpc>, response: Response<Body>) -> Response<Body> {
        if let Some(code) = status_in(response.headers()) {
            rpc.end(code);
            return response;
        }
        response.map(|body| Body::new(Self { body, rpc }))
    }
}

impl http_body::Body for Observed {
    type Data = <Body as http_body::Body>::Data;
    type Error = <Body as http_body::Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        let polled = {
            let _entered = this.rpc.span.enter();
            Pin::new(&mut this.body).poll_frame(cx)
        };
        let frame = ready!(polled);
        match &frame {
            Some(Ok(frame)) => {
                if let Some(code) = frame.trailers_ref().and_then(status_in) {
                    this.rpc.end(code);
                }
            }
            Some(Err(error)) => this.rpc.end(error.code()),
            None => this.rpc.end(Code::Ok),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
