use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use tokio::task::futures::TaskLocalFuture;

use super::context::{CALLER, traceparent_of};
use super::is_exporting;
use super::rpc::{Observed, Rpc};

/// One server span and one measurement for every call. While nothing is exported, it only passes the caller's trace on.
#[derive(Debug, Clone, Copy, Default)]
pub struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = TraceService<S>;

    fn layer(&self, inner: S) -> TraceService<S> {
        TraceService { inner }
    }
}

/// [`TraceLayer`]'s service.
#[derive(Debug, Clone)]
pub struct TraceService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for TraceService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Unpin,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = TraceFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !is_exporting() {
            let inner = match traceparent_of(request.headers()) {
                Some(caller) => Inner::Passed(Box::pin(CALLER.scope(caller, self.inner.call(request)))),
                None => Inner::Plain(self.inner.call(request)),
            };
            return TraceFuture { inner, rpc: None };
        }
        let rpc = Box::new(Rpc::begin(&request));
        let _entered = rpc.span().clone().entered();
        TraceFuture { inner: Inner::Plain(self.inner.call(request)), rpc: Some(rpc) }
    }
}

/// The call under way, inside its span.
#[derive(Debug)]
pub struct TraceFuture<F> {
    inner: Inner<F>,
    rpc: Option<Box<Rpc>>,
}

/// The call itself, or the call with its caller's trace at hand.
#[derive(Debug)]
enum Inner<F> {
    Plain(F),
    Passed(Pin<Box<TaskLocalFuture<String, F>>>),
}

impl<F: Future + Unpin> Inner<F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self {
            Self::Plain(call) => Pin::new(call).poll(cx),
            Self::Passed(call) => call.as_mut().poll(cx),
        }
    }
}

impl<F, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<Response<Body>, E>> + Unpin,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(rpc) = this.rpc.as_ref() else {
            return this.inner.poll(cx);
        };
        let polled = {
            let _entered = rpc.span().enter();
            this.inner.poll(cx)
        };
        let response = ready!(polled)?;
        let rpc = this.rpc.take().expect("it was there a moment ago");
        Poll::Ready(Ok(Observed::observe(rpc, response)))
    }
}
