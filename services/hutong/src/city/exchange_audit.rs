use std::sync::Arc;

use messaging::audit::AuditAlone;
use messaging::audit::unusual::{Watch, WatchSettings};
use messaging::journal::{Journal, JournalSettings};
use messaging::seal::Signer;
use platform::audit::Recorder;
use platform::database::Database;

use super::ground::Ground;

/// What the exchange keeps beside its mailboxes.
pub(super) struct ExchangeAudit {
    journal: Journal<AuditAlone>,
    watch: Watch,
}

impl ExchangeAudit {
    pub(super) fn start(ground: &Ground<'_>, database: &Database, signer: Signer) -> Self {
        let journal = AuditAlone::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(()),
            clock: Arc::clone(ground.clock),
            signer,
            config: ground.config.journal.clone(),
        });
        let watch = WatchSettings {
            database: database.clone(),
            journal: journal.clone(),
            // It has no stream of events: what is found is an alarm and stands in the list.
            tell: None,
            config: ground.config.unusual.clone(),
            city: ground.config.city.division,
            clock: Arc::clone(ground.clock),
        };
        Self { journal, watch: Watch::start(watch, ground.shutdown.clone()) }
    }

    pub(super) fn recorder(&self) -> Arc<dyn Recorder> {
        Arc::new(self.journal.clone())
    }

    pub(super) async fn closed(self) {
        self.journal.recorded().await;
        self.watch.closed().await;
    }
}
