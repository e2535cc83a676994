//! Calling a Hutong door: mutual TLS, and the trace goes along.

use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

use crate::error::ServiceError;
use crate::identity::Credentials;
use crate::telemetry::context::{TRACEPARENT, current_traceparent};

/// The DNS name in every server's certificate, whatever address it listens at. Clients that connect by address check this.
pub const SERVER_NAME: &str = "hutong.internal";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Connects to `endpoint` (`127.0.0.1:7443` or `https://…`) with a certificate of the city's authority. The channel
/// reconnects by itself.
///
/// # Errors
/// UNAVAILABLE `CONNECT_FAILED`, with the cause as its source; `INVALID_ARGUMENT` `ENDPOINT` or `CREDENTIALS`.
pub async fn connect(endpoint: &str, credentials: &Credentials) -> Result<Channel, ServiceError> {
    let channel = prepare(endpoint, credentials)?.connect().await;
    channel.map_err(|error| {
        ServiceError::unavailable("CONNECT_FAILED", format!("cannot connect to {endpoint}")).with_source(error)
    })
}

/// As [`connect`], but the connection is made by the first call.
///
/// # Errors
/// `INVALID_ARGUMENT` `ENDPOINT` or `CREDENTIALS`.
pub fn connect_lazily(endpoint: &str, credentials: &Credentials) -> Result<Channel, ServiceError> {
    Ok(prepare(endpoint, credentials)?.connect_lazy())
}

/// Carries the present trace to the server: `ChildServiceClient::with_interceptor(channel, client::trace)`.
///
/// # Errors
/// None: the signature is tonic's.
pub fn trace(mut request: Request<()>) -> Result<Request<()>, Status> {
    if let Some(traceparent) = current_traceparent().and_then(|text| text.parse().ok()) {
        request.metadata_mut().insert(TRACEPARENT, traceparent);
    }
    Ok(request)
}

fn prepare(endpoint: &str, credentials: &Credentials) -> Result<Endpoint, ServiceError> {
    let url = match endpoint.strip_prefix("https://") {
        Some(_) => endpoint.to_owned(),
        None => format!("https://{endpoint}"),
    };
    let tls = ClientTlsConfig::new()
        .domain_name(SERVER_NAME)
        .ca_certificate(Certificate::from_pem(&credentials.authority_pem))
        .identity(Identity::from_pem(&credentials.certificate_pem, &credentials.private_key_pem));
    Endpoint::from_shared(url)
        .map_err(|error| ServiceError::invalid("endpoint", "ENDPOINT", "a host and a port").with_source(error))?
        .tls_config(tls)
        .map_err(|error| {
            ServiceError::invalid("credentials", "CREDENTIALS", "a certificate, its key and the authority")
                .with_source(error)
        })
        .map(|endpoint| {
            endpoint
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_nodelay(true)
                .http2_keep_alive_interval(KEEPALIVE)
                .keep_alive_while_idle(true)
        })
}
