//! A department's reader as its own programmers would write one: a stock NATS client, the department's certificate, the
//! one stream in its account. Nothing here knows the inside of the exchange; chain and signature are checked from what
//! each message carries.

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{self, Message};
use contract::subject::MAILBOX_STREAM;
use futures::StreamExt;
use platform::identity::install_crypto_provider;

use crate::certificates::Issued;

/// Why a mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    /// No connection to the broker.
    #[error("cannot connect to the broker at {url}")]
    Connect {
        /// Its URL.
        url: String,
        /// What happened.
        source: async_nats::ConnectError,
    },
    /// There is no mailbox in the account, or it cannot be reached.
    #[error("cannot open the mailbox")]
    Open(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Reading stopped.
    #[error("cannot read the mailbox further")]
    Read(#[source] pull::OrderedError),
}

/// Messages of one mailbox, in order. It goes on by itself after the broker was away.
pub struct Subscriber {
    messages: Ordered,
    stream: jetstream::stream::Stream,
}

impl Subscriber {
    /// Opens the mailbox that the certificate's department has, from this sequence number on.
    ///
    /// # Errors
    /// [`SubscriberError`].
    pub async fn open(url: &str, certificate: &Issued, from: u64) -> Result<Self, SubscriberError> {
        install_crypto_provider();
        let client = ConnectOptions::new()
            .require_tls(true)
            .add_root_certificates(certificate.authority.clone())
            .add_client_certificate(certificate.certificate.clone(), certificate.key.clone())
            .connect(url)
            .await
            .map_err(|source| SubscriberError::Connect { url: url.to_owned(), source })?;
        let stream = jetstream::new(client).get_stream(MAILBOX_STREAM).await.map_err(opening)?;
        let consumer = stream
            .create_consumer(OrderedConfig {
                deliver_policy: match from {
                    0 | 1 => DeliverPolicy::All,
                    start_sequence => DeliverPolicy::ByStartSequence { start_sequence },
                },
                ..OrderedConfig::default()
            })
            .await
            .map_err(opening)?;
        let messages = consumer.messages().await.map_err(opening)?;
        Ok(Self { messages, stream })
    }

    /// The next message; waits for one.
    ///
    /// # Errors
    /// [`SubscriberError::Read`].
    pub async fn next(&mut self) -> Result<Option<Message>, SubscriberError> {
        self.messages.next().await.transpose().map_err(SubscriberError::Read)
    }

    /// The sequence number of the last message in the mailbox now, and how many there are.
    ///
    /// # Errors
    /// [`SubscriberError::Open`].
    pub async fn end(&self) -> Result<MailboxEnd, SubscriberError> {
        let state = self.stream.get_info().await.map_err(opening)?.state;
        Ok(MailboxEnd { last_sequence: state.last_sequence, messages: state.messages })
    }
}

/// Where a mailbox ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailboxEnd {
    /// The last message's sequence number.
    pub last_sequence: u64,
    /// How many messages are kept.
    pub messages: u64,
}

fn opening(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SubscriberError {
    SubscriberError::Open(error.into())
}
