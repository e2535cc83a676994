use std::collections::BTreeMap;
use std::sync::Arc;

use messaging::journal::{Journal, RequestKey};
use platform::database::Database;
use platform::error::ServiceError;
use platform::vault::{self, KeyFileError, Vault};

use crate::app::reseal::{Reseal, RowsResealed};
use crate::store::Workspace;
use crate::store::sealed_columns::{SEALED_COLUMNS, SealedColumn};

/// Rows in one part: a group of writes waits for one part at most.
const PART: u64 = 100;

/// Looks after the keys of a registry's vault.
#[derive(Clone, Debug)]
pub struct KeyKeeper {
    /// Where rows are sealed anew.
    pub journal: Journal<Workspace>,
    /// Where they are looked for.
    pub database: Database,
    /// Whose keys.
    pub vault: Arc<Vault>,
}

/// What the keys seal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultStatus {
    /// The keys: those of the file in their order, the active one first, then those that it lacks.
    pub keys: Vec<KeyStatus>,
    /// Values that lie open, as an earlier version left them, by column.
    pub open: BTreeMap<String, u64>,
}

/// What one key seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus {
    /// Its number.
    pub id: u32,
    /// Whether it seals what is written now.
    pub active: bool,
    /// Whether the key file holds it. Without it its values cannot be read.
    pub in_file: bool,
    /// Values that it seals, by column: `child.sealed`.
    pub values: BTreeMap<String, u64>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows to look at, as counted at the start.
    pub rows: u64,
    /// Rows sealed anew.
    pub resealed: u64,
    /// Rows that do not open: see the log.
    pub unopened: u64,
}

/// Why a key is not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The key file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The database.
    #[error("the values cannot be looked through")]
    Values(#[from] ServiceError),
    /// The database holds values that the key file cannot open: it is an older copy.
    #[error(
        "{values} value(s) are sealed with key {id}, which the key file lacks: it is an older copy; put the newest one back"
    )]
    OlderFile {
        /// The key.
        id: u32,
        /// How many.
        values: u64,
    },
    /// Values need the key.
    #[error("{values} value(s) are still sealed with key {id}: run `hutong vault reseal` first")]
    Needed {
        /// The key.
        id: u32,
        /// How many.
        values: u64,
    },
}

impl KeyStatus {
    /// How many values it seals.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.values.values().sum()
    }
}

impl KeyKeeper {
    /// What each key seals. It reads the beginning of every sealed value.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn status(&self) -> Result<VaultStatus, ServiceError> {
        self.vault.refresh();
        let active = self.vault.active_key();
        let known = |id: u32| KeyStatus { id, active: id == active, in_file: true, values: BTreeMap::new() };
        let mut keys: Vec<KeyStatus> = self.vault.key_ids().into_iter().map(known).collect();
        let mut open = BTreeMap::new();
        for column in SEALED_COLUMNS {
            for (id, rows) in column.count_by_key(self.database.reader()).await? {
                let Some(id) = id else {
                    *open.entry(column.name()).or_default() += rows;
                    continue;
                };
                let index = keys.iter().position(|key| key.id == id).unwrap_or_else(|| {
                    keys.push(KeyStatus { in_file: false, ..known(id) });
                    keys.len() - 1
                });
                *keys[index].values.entry(column.name()).or_default() += rows;
            }
        }
        Ok(VaultStatus { keys, open })
    }

    /// Puts a new key into the file, which seals from now on, and gives its number: `first` or the next that is free.
    ///
    /// # Errors
    /// [`KeysError::OlderFile`]: a second key of the same number would make both useless. If file or database fail.
    pub async fn rotate(&self, first: u32) -> Result<u32, KeysError> {
        if let Some(lacking) = self.status().await?.keys.iter().find(|key| !key.in_file) {
            return Err(KeysError::OlderFile { id: lacking.id, values: lacking.total() });
        }
        let id = vault::rotate(self.vault.file(), first)?;
        self.vault.refresh();
        Ok(id)
    }

    /// Takes a key out of the file, if it seals nothing any more.
    ///
    /// # Errors
    /// [`KeysError::Needed`]; if it is the active one or unknown; if file or database fail.
    pub async fn retire(&self, id: u32) -> Result<(), KeysError> {
        // What began before this commit and has not ended is decided again, with today's keys; what has ended is counted.
        self.submit(&SEALED_COLUMNS[0], Vec::new()).await?;
        let status = self.status().await?;
        let values = status.keys.iter().find(|key| key.id == id).map(KeyStatus::total).unwrap_or_default();
        if values > 0 && status.keys.first().is_none_or(|active| active.id != id) {
            return Err(KeysError::Needed { id, values });
        }
        vault::retire(self.vault.file(), id)?;
        self.vault.refresh();
        Ok(())
    }

    /// Seals anew what is not sealed with the active key, part by part. Cut off anywhere, the next run goes on from there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reseal(&self, mut report: impl FnMut(Progress)) -> Result<Progress, ServiceError> {
        self.vault.refresh();
        let active = self.vault.active_key();
        let reader = self.database.reader();
        let mut progress = Progress::default();
        for column in SEALED_COLUMNS {
            progress.rows += column.count_stale(reader, active).await?;
        }
        report(progress);
        for column in SEALED_COLUMNS {
            let mut after = None;
            loop {
                let rows = column.stale(reader, active, after.as_ref(), PART).await?;
                let Some(last) = rows.last().cloned() else { break };
                let done = self.submit(column, rows).await?;
                progress.resealed += u64::from(done.resealed);
                progress.unopened += u64::from(done.unopened);
                report(progress);
                after = Some(last);
            }
        }
        Ok(progress)
    }

    async fn submit(
        &self,
        column: &'static SealedColumn,
        rows: Vec<crate::store::sealed_columns::RowKey>,
    ) -> Result<RowsResealed, ServiceError> {
        self.journal.submit(Reseal { column, rows }, RequestKey::none("Reseal")).await
    }
}
