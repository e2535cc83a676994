use std::sync::OnceLock;

use contract::audit::v1::UnusualPattern;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use platform::telemetry::{is_exporting, metrics};

/// A finding that was told. It does nothing unless something is exported.
pub(super) fn found(service: &str, pattern: UnusualPattern) {
    static COUNTER: OnceLock<Counter<u64>> = OnceLock::new();
    if !is_exporting() {
        return;
    }
    let counter = COUNTER.get_or_init(|| {
        metrics::meter()
            .u64_counter("hutong.audit.unusual")
            .with_description("calls of one caller that are unusual together")
            .build()
    });
    let (service, pattern) = (service.to_owned(), pattern.as_str_name());
    counter.add(1, &[KeyValue::new("hutong.service", service), KeyValue::new("hutong.audit.pattern", pattern)]);
}
