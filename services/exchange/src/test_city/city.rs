use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::{self, Context};
use contract::Contract;
use contract::exchange::v1::mailbox_service_server::MailboxService as _;
use contract::exchange::v1::{GetMailboxRequest, Mailbox, MailboxState, RebuildMailboxRequest};
use contract::mailboxes::Mailboxes;
use contract::subject::MAILBOX_STREAM;
use futures::StreamExt as _;
use messaging::mailbox::MailboxReader;
use messaging::seal::Signer;
use platform::access::Connection;
use platform::config::Config;
use platform::identity::Identity;
use platform::pseudonym::Pseudonyms;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};

use super::{Broker, Log};
use crate::{EventSource, Exchange, ExchangeSettings, MailboxHandler};

const PATIENCE: Duration = Duration::from_mins(1);

/// A broker, the registry's log and an exchange.
pub(crate) struct City {
    pub(crate) broker: Broker,
    pub(crate) log: Log,
    mailboxes: Arc<Mailboxes>,
    pub(crate) pseudonyms: Arc<Pseudonyms>,
    signer: Signer,
    running: Option<Running>,
}

/// An exchange at work.
pub(crate) struct Running {
    exchange: Exchange,
    handler: MailboxHandler,
    shutdown: CancellationToken,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.exchange.closed().await;
    }
}

/// A message as a department received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) subject: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl City {
    /// A city without an exchange yet.
    pub(crate) async fn new(departments: &str) -> Self {
        let mailboxes = Arc::new(Mailboxes::parse(departments).unwrap());
        let broker = Broker::start(&mailboxes).await;
        let log = Log::new(broker.service("registry").await).await;
        Self {
            broker,
            log,
            mailboxes,
            signer: Signer::generate().unwrap(),
            pseudonyms: Arc::new(Pseudonyms::generate().unwrap()),
            running: None,
        }
    }

    pub(crate) async fn start_exchange(&mut self) {
        self.running = Some(self.exchange().await);
    }

    /// The city is brought to a version with another contract, with the same departments and the default mailboxes.
    pub(crate) async fn restart_under(&mut self, contract: &'static Contract) {
        self.stop_exchange().await;
        self.mailboxes = Arc::new(Mailboxes::under(contract));
        self.start_exchange().await;
    }

    async fn exchange(&self) -> Running {
        let shutdown = CancellationToken::new();
        let exchange = Exchange::start(ExchangeSettings {
            client: self.broker.service("exchange").await,
            mailboxes: Arc::clone(&self.mailboxes),
            signer: self.signer.clone(),
            pseudonyms: Arc::clone(&self.pseudonyms),
            services: vec![EventSource { service: "registry".to_owned(), verifier: self.log.verifier() }],
            config: Config::default().exchange,
            shutdown: shutdown.clone(),
        })
        .await
        .unwrap();
        let handler = exchange.handler();
        Running { exchange, handler, shutdown }
    }

    /// A second exchange with the same keys, beside the first.
    pub(crate) async fn twin(&self) -> Running {
        self.exchange().await
    }

    pub(crate) async fn stop_exchange(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// What the exchange says of a mailbox, to a caller.
    pub(crate) async fn ask(&self, caller: &str, code: &str) -> Result<Mailbox, Status> {
        let request = request(caller, GetMailboxRequest { code: code.to_owned() });
        let handler = &self.running.as_ref().unwrap().handler;
        Ok(handler.get_mailbox(request).await?.into_inner().mailbox.unwrap())
    }

    pub(crate) async fn rebuild(&self, code: &str) -> Result<(), Status> {
        let request = request("CA", RebuildMailboxRequest { code: code.to_owned() });
        self.running.as_ref().unwrap().handler.rebuild_mailbox(request).await.map(drop)
    }

    /// Waits until a mailbox stands so, with so many messages.
    pub(crate) async fn awaits(&self, code: &str, state: MailboxState, messages: u64) -> Mailbox {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        loop {
            ticks.tick().await;
            let mailbox = self.ask("CA", code).await.unwrap();
            if mailbox.state() == state && mailbox.messages == messages && mailbox.last_sequence == messages {
                return mailbox;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{state:?} with {messages} messages was expected of {mailbox:?}"
            );
        }
    }

    /// Waits until a mailbox's stream ends at this number, whoever wrote there.
    pub(crate) async fn slipped_in(&self, code: &str, last: u64) {
        let department = self.department(code).await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        while department.get_stream(MAILBOX_STREAM).await.unwrap().cached_info().state.last_sequence != last {
            assert!(tokio::time::Instant::now() < deadline, "nothing was slipped in");
            ticks.tick().await;
        }
    }

    /// A department's `JetStream`, with its own certificate.
    pub(crate) async fn department(&self, code: &str) -> Context {
        jetstream::new(self.broker.department(code).await)
    }

    /// Reads and proves all that a mailbox holds now.
    pub(crate) async fn read(&self, code: &str) -> Vec<Received> {
        let mut stream = self.department(code).await.get_stream(MAILBOX_STREAM).await.unwrap();
        let state = stream.info().await.unwrap().state.clone();
        let mut reader = MailboxReader::new(code, self.signer.verifier());
        let mut all = Vec::new();
        if state.last_sequence == 0 {
            return all;
        }
        let consumer = stream.create_consumer(OrderedConfig::default()).await.unwrap();
        let mut messages = consumer.messages().await.unwrap();
        for sequence in 1..=state.last_sequence {
            let message = messages.next().await.unwrap().unwrap().message;
            let headers = message.headers.unwrap();
            let verified = reader.check(&headers, &message.subject, &message.payload, sequence).unwrap();
            assert_eq!(verified.missing, 0);
            all.push(Received { subject: message.subject.to_string(), headers, body: message.payload.to_vec() });
        }
        all
    }
}

fn request<T>(caller: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let identity = Identity::Department { code: caller.to_owned() };
    request.extensions_mut().insert(Connection::of(identity));
    request
}
