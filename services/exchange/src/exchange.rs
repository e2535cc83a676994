use std::sync::Arc;

use async_nats::Client;
use contract::exchange::v1::mailbox_service_server::MailboxServiceServer;
use contract::mailboxes::Mailboxes;
use messaging::seal::{Signer, Verifier};
use platform::config::ExchangeConfig;
use platform::error::ServiceError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::{Board, Slot};
use crate::broker::Account;
use crate::delivery::{View, Writer, WriterSettings};
use crate::feed::{Feed, FeedSettings};
use crate::grpc::MailboxHandler;
use crate::reconnects::Reconnects;

/// A service whose events the exchange carries.
#[derive(Debug, Clone)]
pub struct EventSource {
    /// Its name, for example `registry`.
    pub service: String,
    /// The public half of the key that seals its events.
    pub verifier: Verifier,
}

/// What an exchange works with.
#[derive(Debug)]
pub struct ExchangeSettings {
    /// The broker, in the platform's account as the user `exchange`.
    pub client: Client,
    /// The city's mailboxes.
    pub mailboxes: Arc<Mailboxes>,
    /// Signs the mailboxes' messages.
    pub signer: Signer,
    /// The services that tell events.
    pub services: Vec<EventSource>,
    /// Limits.
    pub config: ExchangeConfig,
    /// Ends the exchange.
    pub shutdown: CancellationToken,
}

/// A running exchange.
#[derive(Debug)]
pub struct Exchange {
    board: Arc<Board>,
    tasks: TaskTracker,
}

impl Exchange {
    /// Starts a feed for each service and a writer for each mailbox. They look for the broker for ever, until the
    /// shutdown.
    ///
    /// # Errors
    /// None today; a service starts or says why not.
    #[expect(clippy::unused_async, reason = "all services start alike")]
    pub async fn start(settings: ExchangeSettings) -> Result<Self, ServiceError> {
        let ExchangeSettings { client, mailboxes, signer, services, config, shutdown } = settings;
        let tasks = TaskTracker::new();
        let (reconnects, watching) = Reconnects::watch(client.clone(), shutdown.clone());
        tasks.spawn(watching);
        let feeds: Vec<_> = services
            .into_iter()
            .map(|EventSource { service, verifier }| {
                Feed::new(FeedSettings {
                    client: client.clone(),
                    reconnects: reconnects.clone(),
                    service,
                    verifier,
                    batch: config.batch,
                    shutdown: shutdown.clone(),
                })
            })
            .collect();
        let mut board = Board::default();
        for entry in mailboxes.iter() {
            let account = Account::new(client.clone(), &entry.code);
            let view = View::of(entry);
            let slot = Arc::new(Slot::new(account.clone(), view.clone(), signer.public_key_hex()));
            board.add(Arc::clone(&slot));
            // Every writer takes its seats before a feed looks who is there.
            let writer = Writer::new(WriterSettings {
                account,
                reconnects: reconnects.clone(),
                view,
                feeds: feeds.clone(),
                signer: signer.clone(),
                slot,
                in_flight: config.in_flight,
                repair_interval: config.repair_interval,
                shutdown: shutdown.clone(),
            });
            tasks.spawn(writer.run());
        }
        for feed in feeds {
            tasks.spawn(feed.run());
        }
        tasks.close();
        Ok(Self { board: Arc::new(board), tasks })
    }

    /// The gRPC service, to be added to a door.
    #[must_use]
    pub fn service(&self) -> MailboxServiceServer<MailboxHandler> {
        MailboxServiceServer::new(self.handler())
    }

    /// What the service answers with, without a door before it.
    #[must_use]
    pub fn handler(&self) -> MailboxHandler {
        MailboxHandler::new(Arc::clone(&self.board))
    }

    /// Waits until the exchange has ended, after the shutdown was asked for. What was under way is acknowledged or not:
    /// the mailboxes themselves know.
    pub async fn closed(self) {
        self.tasks.wait().await;
    }
}
