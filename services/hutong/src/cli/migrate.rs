use super::arguments::Global;
use super::say::say;
use crate::city::{DataDirectory, migrate};

pub(super) async fn run(global: Global) -> anyhow::Result<()> {
    let config = global.settings()?;
    let directory = DataDirectory::at(&config.data.directory)?;
    directory.create()?;
    // SQLite lies in the directory; PostgreSQL is migrated while other processes serve from it.
    let lock = if config.database.url.is_none() { Some(directory.lock()?) } else { None };
    for service in migrate(&config).await? {
        say!("{service}: the database is at this version");
    }
    drop(lock);
    Ok(())
}
