use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

/// What flushing may take at the end, each of the three.
const FLUSH: Duration = Duration::from_secs(3);

pub(super) struct Exporters {
    pub(super) traces: SdkTracerProvider,
    pub(super) metrics: SdkMeterProvider,
    pub(super) logs: SdkLoggerProvider,
}

/// Flushes what was not exported yet. Prefer [`TelemetryGuard::shutdown`] to dropping it inside a runtime.
#[must_use = "telemetry ends when its guard is dropped"]
pub struct TelemetryGuard {
    exporters: Option<Exporters>,
}

impl TelemetryGuard {
    pub(super) fn new(exporters: Option<Exporters>) -> Self {
        Self { exporters }
    }

    /// Exports what has gathered until now. For tests and before long pauses.
    pub async fn flush(&self) {
        let Some(Exporters { traces, metrics, logs }) = &self.exporters else {
            return;
        };
        let (traces, metrics, logs) = (traces.clone(), metrics.clone(), logs.clone());
        let flushed = tokio::task::spawn_blocking(move || {
            traces.force_flush().and(metrics.force_flush()).and(logs.force_flush())
        });
        report(flushed.await);
    }

    /// Flushes and ends exporting, in bounded time. Logging goes on.
    pub async fn shutdown(mut self) {
        if let Some(exporters) = self.exporters.take() {
            report(tokio::task::spawn_blocking(move || exporters.shutdown()).await);
        }
    }
}

fn report(result: Result<OTelSdkResult, tokio::task::JoinError>) {
    if let Ok(Err(error)) = result {
        tracing::warn!(%error, "telemetry was not exported completely");
    }
}

impl Exporters {
    fn shutdown(self) -> OTelSdkResult {
        super::start::stop_exporting();
        let traces = self.traces.shutdown_with_timeout(FLUSH);
        let metrics = self.metrics.shutdown_with_timeout(FLUSH);
        let logs = self.logs.shutdown_with_timeout(FLUSH);
        traces.and(metrics).and(logs)
    }
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Some(exporters) = self.exporters.take() {
            // Its own thread: the exporters' futures must not wait for the runtime thread that drops us.
            drop(std::thread::spawn(move || exporters.shutdown()).join());
        }
    }
}
