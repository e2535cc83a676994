//! What the running system says of itself: logs, and over OTLP traces and metrics. One registration is one trace, from
//! the caller's `traceparent` through database and broker to the last consumer.
//!
//! **Architecture Invariant:** no span, metric or log line has a name, an identifier of a child, a phone, a category or a
//! score in it. Spans carry the method, its outcome and the caller's code.

pub mod context;
mod guard;
mod layer;
pub mod metrics;
mod rpc;
mod start;
#[cfg(test)]
mod tests;

pub use guard::TelemetryGuard;
pub use layer::{TraceLayer, TraceService};
pub use start::{LogWriter, TelemetryError, is_exporting, start};
