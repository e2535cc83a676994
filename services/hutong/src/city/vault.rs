use std::sync::Arc;

use kernel::{Clock, SystemClock};
use messaging::journal::{Journal, JournalSettings};
use messaging::seal::Signer;
use platform::config::Config;
use platform::database::Database;
use platform::secret_file::SecretFileError;
use platform::vault::{KeyFileError, Vault};
use registry::keys::KeyKeeper;
use registry::retention::RetentionKeeper;
use registry::store::{Environment, Workspace};

use super::databases::open_database;
use super::prepare::read_policy;
use super::{CityError, DataDirectory, Part};

/// The keeper of the registry's keys, beside the running city or without it.
///
/// # Errors
/// [`CityError`] if the directory holds no key file, or the database is not at this version.
pub async fn registrys_keys(config: &Config) -> Result<KeyKeeper, CityError> {
    let (journal, database, vault) = registrys_journal(config).await?;
    Ok(KeyKeeper { journal, database, vault })
}

/// Who keeps the periods of the registry's data, in the same way.
///
/// # Errors
/// As [`registrys_keys`].
pub async fn registrys_retention(config: &Config) -> Result<RetentionKeeper, CityError> {
    let (journal, database, _) = registrys_journal(config).await?;
    Ok(RetentionKeeper { journal, database, clock: Arc::new(SystemClock), periods: config.retention })
}

/// What is written beside a running city goes through a journal of its own, and two journals on one database take turns.
async fn registrys_journal(config: &Config) -> Result<(Journal<Workspace>, Database, Arc<Vault>), CityError> {
    let directory = DataDirectory::at(&config.data.directory)?;
    let file = directory.vault_key(Part::Registry.name());
    if let Err(source) = std::fs::metadata(&file) {
        let error = SecretFileError::Io { file, doing: "read", source };
        return Err(KeyFileError::from(error).into());
    }
    let vault = Arc::new(Vault::open(&file)?);
    let database = open_database(config, Part::Registry, directory.root(), false).await?;
    let duty = registry::settings::visit_duty(&config.registry.visit_duty);
    let visit_duty = Arc::new(duty.map_err(|source| CityError::Service { service: Part::Registry.name(), source })?);
    let migrant_rules = Arc::clone(&read_policy(config)?.migrant_rules);
    let (journal, _) = Journal::start(JournalSettings {
        database: database.clone(),
        environment: Arc::new(Environment { vault: Arc::clone(&vault), visit_duty, migrant_rules }),
        clock: Arc::new(SystemClock) as Arc<dyn Clock>,
        signer: Signer::open_or_create(&directory.signing_key(Part::Registry.name()))?,
        config: config.journal.clone(),
    });
    Ok((journal, database, vault))
}
