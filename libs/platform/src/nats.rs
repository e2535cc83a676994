//! The broker's connection, with mutual TLS: it reconnects for ever and says when it is away.

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};

use crate::error::ServiceError;
use crate::identity::{Credentials, CredentialsError, install_crypto_provider};

/// Commands waiting to be written. A relay keeps 256 publishes in flight, a rebuild of 18 mailboxes as many each.
const CLIENT_CAPACITY: usize = 16 * 1024;
/// Messages waiting for one subscriber.
const SUBSCRIPTION_CAPACITY: usize = 256 * 1024;
/// A dead peer is noticed after twice this.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// Certificate, key or authority cannot be used.
    #[error("the credentials for the broker cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The broker does not answer, or refuses the certificate.
    #[error("cannot connect to the broker at {url}")]
    Connect {
        /// Its URL.
        url: String,
        /// What happened.
        source: async_nats::ConnectError,
    },
}

impl From<NatsError> for ServiceError {
    fn from(error: NatsError) -> Self {
        unreachable_broker(error)
    }
}

/// The broker cannot be reached, or fails: whoever asked may try again.
#[must_use]
pub fn unreachable_broker(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServiceError {
    ServiceError::unavailable("BROKER_UNAVAILABLE", "the broker cannot be reached").with_source(source)
}

/// Connects to `url` (`tls://127.0.0.1:4222`). `name` is shown in the broker's monitoring and is the last part of the
/// inbox prefix, `_INBOX.<name>`, which is all that the user may subscribe to for replies: use the certificate's code,
/// `registry` or `EDU-371621`.
///
/// # Errors
/// [`NatsError`] if the first connection fails. Later the client reconnects by itself, for ever.
pub async fn connect(url: &str, credentials: &Credentials, name: &str) -> Result<Client, NatsError> {
    let label = name.to_owned();
    let mut options = ConnectOptions::new()
        .name(name)
        .custom_inbox_prefix(inbox_prefix(name))
        .require_tls(true)
        .max_reconnects(None)
        .reconnect_delay_callback(|attempts| match attempts {
            0 | 1 => Duration::from_millis(20),
            2..=20 => Duration::from_millis(200),
            _ => Duration::from_secs(2),
        })
        .ignore_discovered_servers()
        .connection_timeout(CONNECT_TIMEOUT)
        .request_timeout(Some(REQUEST_TIMEOUT))
        .ping_interval(PING_INTERVAL)
        .client_capacity(CLIENT_CAPACITY)
        .subscription_capacity(SUBSCRIPTION_CAPACITY)
        .event_callback(move |event| {
            log(&label, &event);
            std::future::ready(())
        });
    options = match &credentials.files {
        // Given a TLS configuration, the client reads the system's authorities at each connection and fails without any.
        // Given files, it reads only those, and finds renewed certificates.
        Some([certificate, private_key, authority]) => {
            install_crypto_provider();
            let [certificate, private_key, authority] = [certificate, private_key, authority].map(PathBuf::clone);
            options.add_root_certificates(authority).add_client_certificate(certificate, private_key)
        }
        None => options.tls_client_config(credentials.client_config()?),
    };
    options.connect(url).await.map_err(|source| NatsError::Connect { url: url.to_owned(), source })
}

/// Where a client of this name hears its replies.
#[must_use]
pub fn inbox_prefix(name: &str) -> String {
    format!("_INBOX.{name}")
}

fn log(client: &str, event: &Event) {
    match event {
        Event::Connected => tracing::info!(client, "connected to the broker"),
        Event::Disconnected => tracing::warn!(client, "the broker is away: reconnecting"),
        Event::SlowConsumer(_) => {
            tracing::error!(client, "messages were dropped: a subscriber is too slow");
        }
        Event::ClientError(error) => {
            tracing::warn!(client, %error, "the broker's client reports an error");
        }
        // The text may hold a subject, which holds no personal data.
        Event::ServerError(error) => tracing::warn!(client, %error, "the broker reports an error"),
        _ => tracing::debug!(client, %event, "broker connection"),
    }
}
