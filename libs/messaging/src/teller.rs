//! What a service that tells events keeps running beside its use cases.

use std::sync::Arc;

use async_nats::jetstream;
use kernel::{Clock, Division};
use platform::audit::Recorder;
use platform::config::{EvidenceConfig, JournalConfig, RelayConfig, UnusualConfig};
use platform::database::Database;
use platform::error::ServiceError;
use sea_orm_migration::MigratorTrait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::audit::unusual::{Tell, Watch, WatchSettings};
use crate::checkpoints::{CheckpointSettings, Checkpointer, LogEvidence};
use crate::journal::{Journal, JournalSettings, Workspace};
use crate::log::EventLog;
use crate::relay::{Relay, RelaySettings, RelayStatus};
use crate::seal::Signer;

/// What a service that tells events stands on.
#[derive(Clone, Debug)]
pub struct TellerSettings {
    /// The city, as certificates name it.
    pub city: String,
    /// Its own division.
    pub division: Division,
    /// The service's own database, at this version.
    pub database: Database,
    /// The broker, in the platform's account.
    pub jetstream: jetstream::Context,
    /// Signs its events.
    pub signer: Signer,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// Sizes and limits of writing.
    pub journal: JournalConfig,
    /// Limits of the relay.
    pub relay: RelayConfig,
    /// How its log is proved.
    pub evidence: EvidenceConfig,
    /// What in its audit is out of the ordinary.
    pub unusual: UnusualConfig,
    /// Ends all that runs.
    pub shutdown: CancellationToken,
}

/// A service's journal, and what brings its log out, proves it and looks into its audit.
#[derive(Debug)]
pub struct Teller<W: Workspace> {
    journal: Journal<W>,
    relay: Relay,
    checkpointer: Checkpointer,
    watch: Watch,
}

impl<W: Workspace> Teller<W> {
    /// Starts writing and relaying. What is unusual becomes the service's own event by `tell`.
    ///
    /// # Errors
    /// `FAILED_PRECONDITION` if the database is older or newer than this binary, or the time-stamp authority cannot be asked.
    pub async fn start<M: MigratorTrait>(
        service: &'static str,
        environment: W::Environment,
        tell: Tell,
        settings: TellerSettings,
    ) -> Result<Self, ServiceError> {
        let TellerSettings { city, division, database, jetstream, signer, clock, shutdown, .. } = settings;
        database.require_migrated::<M>().await.map_err(|error| {
            ServiceError::failed_precondition("DATABASE_VERSION", error.to_string()).with_source(error)
        })?;
        let (journal, feed) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(environment),
            clock: Arc::clone(&clock),
            signer: signer.clone(),
            config: settings.journal,
        });
        let relay = Relay::start(RelaySettings {
            service: service.to_owned(),
            log: EventLog::new(database.clone()),
            feed,
            jetstream,
            config: settings.relay,
            shutdown: shutdown.clone(),
        });
        let checkpointer = Checkpointer::start(CheckpointSettings {
            city,
            service: service.to_owned(),
            database: database.clone(),
            journal: journal.clone(),
            signer,
            clock: Arc::clone(&clock),
            evidence: settings.evidence,
            shutdown: shutdown.clone(),
        })?;
        let watch = WatchSettings {
            database,
            journal: journal.clone(),
            tell: Some(tell),
            config: settings.unusual,
            city: division,
            clock,
        };
        let watch = Watch::start(watch, shutdown);
        Ok(Self { journal, relay, checkpointer, watch })
    }

    /// Where the service writes.
    #[must_use]
    pub fn journal(&self) -> &Journal<W> {
        &self.journal
    }

    /// What proves its events.
    #[must_use]
    pub fn evidence(&self) -> &LogEvidence {
        self.checkpointer.evidence()
    }

    /// Where calls of the service are recorded.
    #[must_use]
    pub fn recorder(&self) -> Arc<dyn Recorder> {
        Arc::new(self.journal.clone())
    }

    /// How the relay stands, and when that changes.
    #[must_use]
    pub fn relay(&self) -> watch::Receiver<RelayStatus> {
        self.relay.status()
    }

    /// Waits until what is handed in for the audit is written, and relay, checkpointer and watch have ended after the
    /// shutdown. Calls under way are the door's to drain; what they wrote is committed when they are answered, and what is
    /// not yet relayed is relayed at the next start.
    pub async fn closed(self) {
        self.journal.recorded().await;
        self.checkpointer.closed().await;
        self.watch.closed().await;
        self.relay.closed().await;
    }
}
