//! The few instruments of the platform. They do nothing unless something is exported.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter};
use opentelemetry::{KeyValue, global};

/// The meter for a part's own instruments. Make them after [`super::start`], once.
#[must_use]
pub fn meter() -> Meter {
    global::meter(super::start::SCOPE)
}

/// Duration of calls by method and code. `method` must be the contract's own text, never a caller's.
pub(super) fn rpc(method: &str, code: i32, duration: Duration) {
    static DURATION: OnceLock<Histogram<f64>> = OnceLock::new();
    let histogram = DURATION.get_or_init(|| {
        meter()
            .f64_histogram("rpc.server.duration")
            .with_unit("s")
            .with_description("duration of calls, by method and status code")
            .with_boundaries(vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0])
            .build()
    });
    let attributes =
        [KeyValue::new("rpc.method", method.to_owned()), KeyValue::new("rpc.grpc.status_code", i64::from(code))];
    histogram.record(duration.as_secs_f64(), &attributes);
}
