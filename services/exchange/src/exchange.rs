use std::sync::Arc;

use async_nats::Client;
use contract::exchange::v1::mailbox_service_server::MailboxServiceServer;
use contract::mailboxes::Mailboxes;
use messaging::seal::{Signer, Verifier};
use platform::config::ExchangeConfig;
use platform::error::ServiceError;
use platform::pseudonym::Pseudonyms;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::feed::{Feed, FeedSettings};
use crate::grpc::MailboxHandler;
use crate::mailroom::{Mailroom, MailroomSettings};
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
    /// The departments' references to children.
    pub pseudonyms: Arc<Pseudonyms>,
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
    mailroom: Mailroom,
    tasks: TaskTracker,
}

impl Exchange {
    /// Starts a feed for each service and a writer for each mailbox. They look for the broker for ever, until the
    /// shutdown.
    ///
    /// # Errors
    /// None today; a service starts or says why not.
    pub async fn start(settings: ExchangeSettings) -> Result<Self, ServiceError> {
        let ExchangeSettings { client, mailboxes, signer, pseudonyms, services, config, shutdown } = settings;
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
        let mailroom = Mailroom::new(MailroomSettings {
            client,
            reconnects,
            feeds: feeds.clone(),
            signer,
            pseudonyms,
            config,
            tasks: tasks.clone(),
            shutdown,
        });
        // Every writer takes its seats before a feed looks who is there.
        mailroom.apply(&mailboxes).await;
        for feed in feeds {
            tasks.spawn(feed.run());
        }
        tasks.close();
        Ok(Self { mailroom, tasks })
    }

    /// What takes other mailboxes while the exchange runs.
    #[must_use]
    pub fn mailroom(&self) -> Mailroom {
        self.mailroom.clone()
    }

    /// The gRPC service, to be added to a door.
    #[must_use]
    pub fn service(&self) -> MailboxServiceServer<MailboxHandler> {
        MailboxServiceServer::new(self.handler())
    }

    /// What the service answers with, without a door before it.
    #[must_use]
    pub fn handler(&self) -> MailboxHandler {
        MailboxHandler::new(Arc::clone(self.mailroom.board()))
    }

    /// Waits until the exchange has ended, after the shutdown was asked for. What was under way is acknowledged or not:
    /// the mailboxes themselves know.
    pub async fn closed(self) {
        self.tasks.wait().await;
    }
}
