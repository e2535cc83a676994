use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::global;
use opentelemetry::trace::TracerProvider;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::guard::{Exporters, TelemetryGuard};
use crate::config::{LogFormat, TelemetryConfig};

/// What our own spans and metrics are filed under.
pub(super) const SCOPE: &str = "hutong";

/// The libraries beneath the exporter: their spans and lines would feed on themselves.
const BENEATH: &str = "h2=off,hyper=off,hyper_util=off,tonic=off,tower=off,rustls=off,opentelemetry=off,\
    opentelemetry_sdk=off,opentelemetry_otlp=off";

static EXPORTING: AtomicBool = AtomicBool::new(false);

/// Whether spans and metrics go anywhere. Layers do nothing at all if not.
#[must_use]
pub fn is_exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Where log lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogWriter {
    /// Standard error, in colours on a terminal.
    Stderr,
    /// The end of a file; it is made if absent.
    File(PathBuf),
}

/// Why telemetry did not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log file cannot be opened.
    #[error("cannot open the log file {}: {reason}", file.display(), reason = source.kind())]
    LogFile {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The OTLP endpoint cannot be used.
    #[error("cannot export to the OTLP endpoint")]
    Exporter(#[from] ExporterBuildError),
    /// The directives are none.
    #[error("telemetry.log holds no valid directives")]
    Directives,
    /// Telemetry runs already.
    #[error("telemetry has been started already in this process")]
    AlreadyStarted,
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging, and OTLP if an endpoint is set. Call it once, inside the Tokio runtime; keep the guard.
///
/// # Errors
/// [`TelemetryError`]. An endpoint that does not answer is no error: exporting tries again.
pub fn start(
    service_name: &str,
    config: &TelemetryConfig,
    writer: &LogWriter,
) -> Result<TelemetryGuard, TelemetryError> {
    let mut layers = vec![log_layer(config, writer)?];
    let exporters = match &config.otlp_endpoint {
        Some(endpoint) => Some(export(service_name, endpoint, config.sample_ratio, &mut layers)?),
        None => None,
    };
    tracing_subscriber::registry().with(layers).try_init().map_err(|_| TelemetryError::AlreadyStarted)?;
    if let Some(exporters) = &exporters {
        global::set_tracer_provider(exporters.traces.clone());
        global::set_meter_provider(exporters.metrics.clone());
        EXPORTING.store(true, Ordering::Relaxed);
    }
    Ok(TelemetryGuard::new(exporters))
}

pub(super) fn stop_exporting() {
    EXPORTING.store(false, Ordering::Relaxed);
}

fn log_layer(config: &TelemetryConfig, writer: &LogWriter) -> Result<BoxedLayer, TelemetryError> {
    let filter = filter(&config.log)?;
    let layer = fmt::layer();
    Ok(match (writer, config.log_format) {
        (LogWriter::Stderr, LogFormat::Text) => {
            let colours = io::stderr().is_terminal();
            layer.with_writer(io::stderr).with_ansi(colours).with_filter(filter).boxed()
        }
        (LogWriter::Stderr, LogFormat::Json) => layer.json().with_writer(io::stderr).with_filter(filter).boxed(),
        (LogWriter::File(path), LogFormat::Text) => {
            layer.with_writer(append(path)?).with_ansi(false).with_filter(filter).boxed()
        }
        (LogWriter::File(path), LogFormat::Json) => layer.json().with_writer(append(path)?).with_filter(filter).boxed(),
    })
}

fn append(path: &PathBuf) -> Result<Arc<File>, TelemetryError> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map(Arc::new).map_err(|source| TelemetryError::LogFile { file: path.clone(), source })
}

/// Adds the layers that export, and gives what must be flushed at the end.
fn export(
    service_name: &str,
    endpoint: &str,
    sample_ratio: f64,
    layers: &mut Vec<BoxedLayer>,
) -> Result<Exporters, TelemetryError> {
    let resource = Resource::builder()
        .with_service_name(service_name.to_owned())
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let traces = SdkTracerProvider::builder()
        .with_batch_exporter(SpanExporter::builder().with_tonic().with_endpoint(endpoint).build()?)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(sample_ratio))))
        .with_resource(resource.clone())
        .build();
    let metrics = SdkMeterProvider::builder()
        .with_periodic_exporter(MetricExporter::builder().with_tonic().with_endpoint(endpoint).build()?)
        .with_resource(resource.clone())
        .build();
    let logs = SdkLoggerProvider::builder()
        .with_batch_exporter(LogExporter::builder().with_tonic().with_endpoint(endpoint).build()?)
        .with_resource(resource)
        .build();
    let spans = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer(SCOPE))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    layers.push(spans.with_filter(filter(&format!("info,{BENEATH}"))?).boxed());
    layers.push(OpenTelemetryTracingBridge::new(&logs).with_filter(filter(&format!("info,{BENEATH}"))?).boxed());
    Ok(Exporters { traces, metrics, logs })
}

fn filter(directives: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(directives).map_err(|_| TelemetryError::Directives)
}
