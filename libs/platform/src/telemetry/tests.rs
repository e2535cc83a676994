use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

use super::context::TRACEPARENT;
use super::{LogWriter, context, start};
use crate::config::Config;
use crate::test_door::{Door, call_with};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN: &str = "00f067aa0ba902b7";

/// A real OTLP receiver that keeps what it is sent.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Received>>);

#[derive(Default)]
struct Received {
    traces: Vec<ExportTraceServiceRequest>,
    metrics: Vec<ExportMetricsServiceRequest>,
    logs: Vec<ExportLogsServiceRequest>,
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().traces.push(request.into_inner());
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.0.lock().unwrap().metrics.push(request.into_inner());
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.0.lock().unwrap().logs.push(request.into_inner());
        Ok(Response::new(Default::default()))
    }
}

impl Receiver {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(self.clone()))
            .add_service(MetricsServiceServer::new(self.clone()))
            .add_service(LogsServiceServer::new(self.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(serving);
        format!("http://{address}")
    }

    /// The spans of our trace, by name; another test's calls may be exported beside them.
    fn spans(&self) -> Vec<Span> {
        let received = self.0.lock().unwrap();
        let scopes = received.traces.iter().flat_map(|request| &request.resource_spans).flat_map(|of| &of.scope_spans);
        let mut spans: Vec<Span> =
            scopes.flat_map(|of| &of.spans).filter(|span| hex::encode(&span.trace_id) == TRACE).cloned().collect();
        spans.sort_by(|left, right| left.name.cmp(&right.name));
        spans
    }

    fn logs(&self) -> Vec<LogRecord> {
        let received = self.0.lock().unwrap();
        let scopes = received.logs.iter().flat_map(|request| &request.resource_logs).flat_map(|of| &of.scope_logs);
        scopes.flat_map(|of| &of.log_records).filter(|log| hex::encode(&log.trace_id) == TRACE).cloned().collect()
    }

    fn metric_names(&self) -> Vec<String> {
        let received = self.0.lock().unwrap();
        let scopes =
            received.metrics.iter().flat_map(|request| &request.resource_metrics).flat_map(|of| &of.scope_metrics);
        scopes.flat_map(|of| &of.metrics).map(|metric| metric.name.clone()).collect()
    }
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    Some(match found.value.clone()?.value? {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

/// One test for all of it: telemetry is started once in a process.
#[tokio::test(flavor = "multi_thread")]
async fn one_call_is_one_server_span_in_the_callers_trace_with_its_logs_and_measurement() {
    let receiver = Receiver::default();
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::default().telemetry;
    config.otlp_endpoint = Some(receiver.listen().await);
    config.sample_ratio = 0.0;
    let guard = start("hutong-test", &config, &LogWriter::File(directory.path().join("log"))).unwrap();

    let door = Door::open().await;
    let channel = door.connect(&door.authority.department("CA")).await;
    let traceparent = format!("00-{TRACE}-{CALLER_SPAN}-01");
    for method in ["GetChild", "ListChildren", "Secret-371699201205170039"] {
        let mut request = tonic::Request::new("371699201205170039".to_owned());
        request.metadata_mut().insert("traceparent", traceparent.parse().unwrap());
        drop(call_with(&channel, method, request).await);
    }
    stored_and_taken_up_again(&traceparent);
    guard.flush().await;

    let spans = receiver.spans();
    let seen: Vec<_> = spans
        .iter()
        .map(|span| (span.name.as_str(), attribute(span, "rpc.grpc.status_code"), hex::encode(&span.parent_span_id)))
        .collect();
    let caller = CALLER_SPAN.to_owned();
    let expected = [
        ("hutong.registry.v1.ChildService/GetChild", Some("0".to_owned()), caller.clone()),
        ("hutong.registry.v1.ChildService/ListChildren", Some("3".to_owned()), caller.clone()),
        ("relay", None, caller.clone()),
        ("unknown", Some("7".to_owned()), caller),
    ];
    assert_eq!(seen, expected);
    assert_eq!(attribute(&spans[0], "rpc.service").unwrap(), "hutong.registry.v1.ChildService");
    assert_eq!(attribute(&spans[0], "rpc.method").unwrap(), "GetChild");
    assert_eq!(attribute(&spans[0], "rpc.system").unwrap(), "grpc");
    assert_eq!(attribute(&spans[0], "caller").unwrap(), "CA");

    let refusal = receiver.logs();
    assert_eq!(refusal.len(), 1, "the refusal is logged within its trace: {refusal:?}");
    assert!(receiver.metric_names().contains(&"rpc.server.duration".to_owned()));

    let everything = format!("{spans:?}{refusal:?}") + &std::fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(!everything.contains("371699"), "what a caller sends, its path included, is nowhere: {everything}");

    guard.shutdown().await;
    assert_eq!(context::current_traceparent(), None, "nothing is exported any more");
}

/// A row keeps the `traceparent`, a relay takes it up.
fn stored_and_taken_up_again(traceparent: &str) {
    let span = tracing::info_span!("relay");
    context::attach_parent(&span, traceparent);
    let onward = span.in_scope(context::current_traceparent).unwrap();
    assert_eq!(&onward[..36], &traceparent[..36], "the same trace");
    assert_ne!(onward, traceparent, "another span");
    assert!(onward.ends_with("-01"), "the caller's decision to record holds");

    let unrelated = tracing::info_span!("unrelated");
    context::attach_parent(&unrelated, "no traceparent");
    let onward = unrelated.in_scope(context::current_traceparent).unwrap();
    assert!(!onward.contains(TRACE) && onward.ends_with("-00"), "{onward}");
}

#[test]
fn a_callers_trace_is_passed_on_in_the_standards_form_and_carries_nothing_else() {
    let passed_on = |text: &str| {
        let headers = http::HeaderMap::from_iter([(http::HeaderName::from_static(TRACEPARENT), text.parse().unwrap())]);
        context::traceparent_of(&headers)
    };
    let trace = format!("00-{TRACE}-{CALLER_SPAN}-01");
    assert_eq!(passed_on(&trace), Some(trace.clone()));
    assert_eq!(passed_on(&format!("cc-{TRACE}-{CALLER_SPAN}-01-371699201205170039")), Some(trace), "a later version");
    assert_eq!(passed_on("371699201205170039"), None);
}
