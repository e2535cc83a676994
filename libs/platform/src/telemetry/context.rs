//! W3C trace context: in from a caller's header, out to the next one, and as text through rows and messages.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::is_exporting;

/// The header's name in gRPC, HTTP and NATS alike.
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    /// The caller's trace while we export nothing ourselves: it is passed on.
    pub(super) static CALLER: String;
}

/// The present span as a `traceparent` (version 00), to be stored or sent; the caller's own while nothing is exported.
/// `None` if there is none.
#[must_use]
pub fn current_traceparent() -> Option<String> {
    if !is_exporting() {
        return CALLER.try_with(Clone::clone).ok();
    }
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| format_traceparent(span))
}

/// The caller's span, from the headers of its request. An invalid one counts as none, as the standard demands.
#[must_use]
pub fn parent_from_headers(headers: &http::HeaderMap) -> Option<Context> {
    let traceparent = headers.get(TRACEPARENT)?;
    parent_from(traceparent.to_str().ok()?)
}

/// Makes `span` a child of the span that `traceparent` names. Call it before the span is first entered; an invalid one is
/// ignored.
pub fn attach_parent(span: &Span, traceparent: &str) {
    if let Some(parent) = parent_from(traceparent) {
        set_parent(span, parent);
    }
}

/// Lets `span` point at the span that `traceparent` names, without becoming its child: for one span that works on many
/// traces at once, such as a batch.
pub fn link(span: &Span, traceparent: &str) {
    if let Some(other) = parent_from(traceparent) {
        span.add_link(other.span().span_context().clone());
    }
}

/// Adds the present span's `traceparent` to outgoing headers.
pub fn inject(headers: &mut http::HeaderMap) {
    let traceparent = current_traceparent().and_then(|text| http::HeaderValue::from_str(&text).ok());
    if let Some(traceparent) = traceparent {
        headers.insert(TRACEPARENT, traceparent);
    }
}

pub(super) fn set_parent(span: &Span, parent: Context) {
    // It fails only for a span that is not exported, or was entered before: then there is nothing to join.
    drop(span.set_parent(parent));
}

/// The caller's `traceparent`, if it is a valid one, as version 00 writes it: what a later version may carry behind that would
/// go on to rows, messages and departments, whatever the caller has put there.
#[must_use]
pub fn traceparent_of(headers: &http::HeaderMap) -> Option<String> {
    let context = extract(headers.get(TRACEPARENT)?.to_str().ok()?)?;
    Some(format_traceparent(context.span().span_context()))
}

fn parent_from(traceparent: &str) -> Option<Context> {
    if is_exporting() { extract(traceparent) } else { None }
}

fn extract(traceparent: &str) -> Option<Context> {
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &One(traceparent));
    context.span().span_context().is_valid().then_some(context)
}

fn format_traceparent(span: &SpanContext) -> String {
    let flags = span.trace_flags().to_u8() & 1;
    format!("00-{:032x}-{:016x}-{flags:02x}", span.trace_id(), span.span_id())
}

/// One header as a carrier.
struct One<'a>(&'a str);

impl Extractor for One<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == TRACEPARENT).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}
