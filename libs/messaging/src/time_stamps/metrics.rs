//! What time-stamps are watched by. It does nothing unless something is exported.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge};
use platform::telemetry::{is_exporting, metrics};

/// How long the checkpoint that has waited longest waits for a time-stamp; 0 if none does.
pub(super) fn waiting(log: &str, wait: Duration) {
    static GAUGE: OnceLock<Gauge<u64>> = OnceLock::new();
    if !is_exporting() {
        return;
    }
    let gauge = GAUGE.get_or_init(|| {
        metrics::meter()
            .u64_gauge("hutong.time_stamp.waiting")
            .with_unit("s")
            .with_description("how long a checkpoint has waited for a time-stamp")
            .build()
    });
    gauge.record(wait.as_secs(), &[KeyValue::new("hutong.log", log.to_owned())]);
}

/// A log whose time-stamps became stale.
pub(super) fn became_stale(log: &str) {
    static COUNTER: OnceLock<Counter<u64>> = OnceLock::new();
    if !is_exporting() {
        return;
    }
    let counter = COUNTER.get_or_init(|| {
        metrics::meter()
            .u64_counter("hutong.time_stamp.stale")
            .with_description("times that checkpoints waited too long for a time-stamp")
            .build()
    });
    counter.add(1, &[KeyValue::new("hutong.log", log.to_owned())]);
}
