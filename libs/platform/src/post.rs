//! One request to a server outside of the city, over HTTP or HTTPS, with an end in time and size. No redirect is followed.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::identity::install_crypto_provider;

/// Sends requests to one server. A server behind HTTPS is known by the certificates that the machine trusts.
#[derive(Debug, Clone)]
pub struct Poster {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    limits: PostLimits,
}

/// How long an answer may take, and be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostLimits {
    /// From the first look-up of its name to the last byte of its answer.
    pub time: Duration,
    /// Bytes of the answer's body.
    pub bytes: usize,
}

/// What is sent, and what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// The media type of the request.
    pub sent: &'static str,
    /// The media type of the answer.
    pub expected: &'static str,
}

/// Why there is no answer. None repeats what the server sent.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Not an address to which a request can be sent, or one with a name and a password, of which nobody would be told.
    #[error("it is no address of an HTTP server without a user's name")]
    Address,
    /// The machine trusts nobody.
    #[error("the machine's trusted certificates cannot be read")]
    Trust(#[source] std::io::Error),
    /// Nobody there, or not whom the certificate should name.
    #[error("it cannot be reached")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    /// It answered with another status than 200.
    #[error("it answered with HTTP status {0}")]
    Status(u16),
    /// It answered with something else.
    #[error("its answer is not of the media type {0}")]
    Kind(&'static str),
    /// Its answer broke off.
    #[error("its answer broke off")]
    BrokenOff,
    /// Its answer is too long.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    /// It takes too long.
    #[error("it gave no whole answer within {} s", .0.as_secs())]
    TooLate(Duration),
}

impl Poster {
    /// To the server at an address.
    ///
    /// # Errors
    /// [`PostError::Address`]; [`PostError::Trust`] for HTTPS alone.
    pub fn new(address: &str, limits: PostLimits) -> Result<Self, PostError> {
        let uri: Uri = address.parse().map_err(|_| PostError::Address)?;
        let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if has_user || uri.host().is_none_or(str::is_empty) {
            return Err(PostError::Address);
        }
        install_crypto_provider();
        let builder = HttpsConnectorBuilder::new();
        let connector = if uri.scheme_str() == Some("https") {
            builder.with_native_roots().map_err(PostError::Trust)?.https_only().enable_http1().build()
        } else {
            let nobody = rustls::ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty());
            builder.with_tls_config(nobody.with_no_client_auth()).https_or_http().enable_http1().build()
        };
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { client, uri, limits })
    }

    /// Sends a body and returns the answer's.
    ///
    /// # Errors
    /// [`PostError`]: then nothing of the answer is kept.
    pub async fn send(&self, body: Vec<u8>, kinds: Kinds) -> Result<Bytes, PostError> {
        let late = |_| PostError::TooLate(self.limits.time);
        tokio::time::timeout(self.limits.time, self.answer(body, kinds)).await.map_err(late)?
    }

    async fn answer(&self, body: Vec<u8>, kinds: Kinds) -> Result<Bytes, PostError> {
        let request = Request::post(&self.uri)
            .header(header::CONTENT_TYPE, kinds.sent)
            .header(header::ACCEPT, kinds.expected)
            .body(Full::from(body))
            .map_err(|_| PostError::Address)?;
        let answer = self.client.request(request).await.map_err(PostError::Unreachable)?;
        if answer.status() != http::StatusCode::OK {
            return Err(PostError::Status(answer.status().as_u16()));
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some(kinds.expected) {
            return Err(PostError::Kind(kinds.expected));
        }
        let body = Limited::new(answer.into_body(), self.limits.bytes).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => PostError::TooLong(self.limits.bytes),
            None => PostError::BrokenOff,
        })
    }
}
