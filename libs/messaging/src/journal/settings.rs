use std::sync::Arc;

use kernel::Clock;
use platform::config::JournalConfig;
use platform::database::Database;

use crate::seal::Signer;

/// What a journal works with.
#[derive(Debug)]
pub struct JournalSettings<E> {
    /// The service's database, migrated.
    pub database: Database,
    /// What loading and storing need besides the database, for example the vault.
    pub environment: Arc<E>,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// Signs the service's events.
    pub signer: Signer,
    /// Sizes and limits.
    pub config: JournalConfig,
}
