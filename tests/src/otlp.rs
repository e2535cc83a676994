//! A real OTLP receiver over gRPC, which keeps all that it is sent.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

/// The receiver. It stops when dropped.
#[derive(Debug)]
pub struct OtlpReceiver {
    address: SocketAddr,
    received: Received,
    serving: JoinHandle<()>,
}

#[derive(Debug, Clone, Default)]
struct Received(Arc<Mutex<Everything>>);

#[derive(Debug, Default)]
struct Everything {
    traces: Vec<ExportTraceServiceRequest>,
    metrics: Vec<ExportMetricsServiceRequest>,
    logs: Vec<ExportLogsServiceRequest>,
}

impl OtlpReceiver {
    /// Listens on any free port of the loopback.
    ///
    /// # Panics
    /// If the loopback has no port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let received = Received::default();
        let router = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(received.clone()))
            .add_service(MetricsServiceServer::new(received.clone()))
            .add_service(LogsServiceServer::new(received.clone()));
        let serving = tokio::spawn(async move {
            router.serve_with_incoming(TcpListenerStream::new(listener)).await.expect("the receiver serves");
        });
        Self { address, received, serving }
    }

    /// The endpoint for `telemetry.otlp_endpoint`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans so far.
    #[must_use]
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        let everything = self.everything();
        let resources = everything.traces.iter().flat_map(|request| &request.resource_spans);
        resources
            .flat_map(|resource| &resource.scope_spans)
            .flat_map(|scope| &scope.spans)
            .map(ReceivedSpan::of)
            .collect()
    }

    /// The names of all metrics so far.
    #[must_use]
    pub fn metric_names(&self) -> Vec<String> {
        let everything = self.everything();
        let resources = everything.metrics.iter().flat_map(|request| &request.resource_metrics);
        let metrics = resources.flat_map(|resource| &resource.scope_metrics).flat_map(|scope| &scope.metrics);
        metrics.map(|metric| metric.name.clone()).collect()
    }

    /// How many log records came.
    #[must_use]
    pub fn log_records(&self) -> usize {
        let everything = self.everything();
        let resources = everything.logs.iter().flat_map(|request| &request.resource_logs);
        resources.flat_map(|resource| &resource.scope_logs).map(|scope| scope.log_records.len()).sum()
    }

    /// Every byte that came, traces, metrics and logs, for a search.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let everything = self.everything();
        let mut bytes = Vec::new();
        everything.traces.iter().for_each(|request| bytes.extend(request.encode_to_vec()));
        everything.metrics.iter().for_each(|request| bytes.extend(request.encode_to_vec()));
        everything.logs.iter().for_each(|request| bytes.extend(request.encode_to_vec()));
        bytes
    }

    fn everything(&self) -> std::sync::MutexGuard<'_, Everything> {
        self.received.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A span, its identifiers in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedSpan {
    /// The trace.
    pub trace_id: String,
    /// The span.
    pub span_id: String,
    /// The span above, of this process or the caller; empty at a trace's root.
    pub parent_span_id: String,
    /// The operation.
    pub name: String,
    /// Attributes, values as text.
    pub attributes: Vec<(String, String)>,
    /// The spans that it was caused by besides its parent.
    pub links: Vec<Link>,
}

/// A cause in another trace, or in the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The trace.
    pub trace_id: String,
    /// The span.
    pub span_id: String,
}

impl ReceivedSpan {
    fn of(span: &Span) -> Self {
        Self {
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent_span_id: hex(&span.parent_span_id),
            name: span.name.clone(),
            attributes: span
                .attributes
                .iter()
                .map(|attribute| {
                    let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
                    (attribute.key.clone(), value.map_or(String::new(), text))
                })
                .collect(),
            links: span
                .links
                .iter()
                .map(|link| Link { trace_id: hex(&link.trace_id), span_id: hex(&link.span_id) })
                .collect(),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::StringValue(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    })
}

#[tonic::async_trait]
impl TraceService for Received {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).traces.push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Received {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).metrics.push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Received {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).logs.push(request.into_inner());
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}
