//! The city's instruments. They do nothing unless something is exported.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Gauge;
use platform::telemetry::{is_exporting, metrics};

/// Whole days until a certificate ends; 0 where there is none that is good.
pub(super) fn certificate_days_left(holder: &str, days: u64) {
    static GAUGE: OnceLock<Gauge<u64>> = OnceLock::new();
    if !is_exporting() {
        return;
    }
    let gauge = GAUGE.get_or_init(|| {
        metrics::meter()
            .u64_gauge("hutong.certificate.days_left")
            .with_unit("d")
            .with_description("whole days until a certificate ends")
            .build()
    });
    gauge.record(days, &[KeyValue::new("hutong.certificate.holder", holder.to_owned())]);
}
