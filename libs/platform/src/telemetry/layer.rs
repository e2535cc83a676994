use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use super::is_exporting;
use super::rpc::{Observed, Rpc};

/// One server span and one measurement for every call. Does nothing while nothing is exported.
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
        let rpc = is_exporting().then(|| Box::new(Rpc::begin(&request)));
        let _entered = rpc.as_ref().map(|rpc| rpc.span().clone().entered());
        TraceFuture { inner: self.inner.call(request), rpc }
    }
}

/// The call under way, inside its span.
#[derive(Debug)]
pub struct TraceFuture<F> {
    inner: F,
    rpc: Option<Box<Rpc>>,
}

impl<F, E> Future for TraceFuture<F>
where
    F: Future<Output = Result<Response<Body>, E>> + Unpin,
{
    type Output = Result<Response<Body>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(rpc) = this.rpc.as_ref() else {
            return Pin::new(&mut this.inner).poll(cx);
        };
        let polled = {
            let _entered = rpc.span().enter();
            Pin::new(&mut this.inner).poll(cx)
        };
        let response = ready!(polled)?;
        let rpc = this.rpc.take().expect("it was there a moment ago");
        Poll::Ready(Ok(Observed::observe(rpc, response)))
    }
}
