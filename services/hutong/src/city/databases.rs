use std::collections::BTreeMap;
use std::path::Path;

use evidence::key::PublicKey;
use messaging::audit::AuditLog;
use platform::config::Config;
use platform::database::Database;

use super::{CityError, DataDirectory, Part};
use crate::evidence::public_key;

/// Opens the databases of these services at this version.
pub(super) async fn open_databases(
    config: &Config,
    root: &Path,
    served: &[Part],
    migrate: bool,
) -> Result<BTreeMap<Part, Database>, CityError> {
    let mut databases = BTreeMap::new();
    for part in served {
        databases.insert(*part, open_database(config, *part, root, migrate).await?);
    }
    Ok(databases)
}

/// Opens a service's database at this version: brought to it, or required to be there.
pub(super) async fn open_database(
    config: &Config,
    part: Part,
    root: &Path,
    migrate: bool,
) -> Result<Database, CityError> {
    let database = Database::open(&config.database, part.name(), root).await?;
    match (part, migrate) {
        (Part::Registry, true) => database.migrate::<registry::Migrator>().await?,
        (Part::Registry, false) => database.require_migrated::<registry::Migrator>().await?,
        (Part::Subsidies, true) => database.migrate::<subsidies::Migrator>().await?,
        (Part::Subsidies, false) => database.require_migrated::<subsidies::Migrator>().await?,
        // Its mailboxes lie with the broker; what it keeps is its audit.
        (Part::Exchange, true) => database.migrate::<messaging::migration::Migrator>().await?,
        (Part::Exchange, false) => database.require_migrated::<messaging::migration::Migrator>().await?,
    }
    Ok(database)
}

/// Brings the databases of all services to this version and names those services.
///
/// # Errors
/// [`CityError`] if one is newer than this binary, or cannot be reached.
pub async fn migrate(config: &Config) -> Result<Vec<&'static str>, CityError> {
    let directory = DataDirectory::at(&config.data.directory)?;
    for part in Part::ALL {
        open_database(config, part, directory.root(), true).await?.close().await;
    }
    Ok(Part::ALL.map(Part::name).to_vec())
}

/// The audits of the services whose data lies here, each with the public key that signs it.
///
/// # Errors
/// [`CityError`] if a database is not at this version, or a key cannot be read.
pub async fn audits(config: &Config) -> Result<Vec<(AuditLog, PublicKey)>, CityError> {
    let directory = DataDirectory::at(&config.data.directory)?;
    let mut audits = Vec::new();
    // A service that runs elsewhere has its public key here at most.
    for part in Part::ALL.into_iter().filter(|part| directory.signing_key(part.name()).exists()) {
        let file = directory.public_key(part.name());
        let key = std::fs::read_to_string(&file);
        let key = key.map_err(|source| CityError::PublicKey { service: part.name().to_owned(), file, source })?;
        let database = open_database(config, part, directory.root(), false).await?;
        audits.push((AuditLog::new(database), public_key(&config.city.trust_domain, part.name(), key.trim())?));
    }
    Ok(audits)
}
