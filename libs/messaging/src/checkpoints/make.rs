use std::sync::Arc;

use evidence::checkpoint::{AuditEnd, Checkpoint};
use evidence::key::PublicKey;
use evidence::tree::{Tree, TreeError};
use evidence::{hash, note};
use kernel::{Clock, Instant};
use platform::database::Database;
use platform::error::ServiceError;
use tokio::sync::Mutex;

use super::tree::{Fetched, LogTree};
use super::{StoredCheckpoint, StoredTimeStamp, store};
use crate::audit::AuditLog;
use crate::journal::{Keep, RequestKey};
use crate::log::{EventLog, Stand};
use crate::seal::Signer;

/// Makes and gives out the evidence of one log. Clones are the same.
#[derive(Clone)]
pub struct LogEvidence {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) log: EventLog,
    pub(super) audit: AuditLog,
    pub(super) database: Database,
    pub(super) journal: Box<dyn Keep>,
    pub(super) signer: Signer,
    pub(super) key: PublicKey,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tree: Mutex<LogTree>,
}

impl std::fmt::Debug for LogEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogEvidence({})", self.inner.key.name())
    }
}

impl LogEvidence {
    /// The service that keeps the log.
    pub fn service(&self) -> &str {
        self.inner.key.service()
    }

    /// The public key of its events and checkpoints.
    pub fn key(&self) -> &PublicKey {
        &self.inner.key
    }

    /// The log itself.
    pub fn log(&self) -> &EventLog {
        &self.inner.log
    }

    /// The last checkpoint.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn latest(&self) -> Result<Option<StoredCheckpoint>, ServiceError> {
        store::latest(self.inner.database.reader()).await
    }

    /// The first checkpoint that has an event.
    ///
    /// # Errors
    /// As [`LogEvidence::latest`].
    pub async fn first_with(&self, sequence: u64) -> Result<Option<StoredCheckpoint>, ServiceError> {
        store::first_with(self.inner.database.reader(), sequence).await
    }

    /// Up to `limit` checkpoints that are larger than a size, in order.
    ///
    /// # Errors
    /// As [`LogEvidence::latest`].
    pub async fn after(&self, size: u64, limit: u64) -> Result<Vec<StoredCheckpoint>, ServiceError> {
        store::after(self.inner.database.reader(), size, limit).await
    }

    /// The last checkpoint with a time-stamp.
    ///
    /// # Errors
    /// As [`LogEvidence::latest`].
    pub async fn last_stamped(&self) -> Result<Option<StoredCheckpoint>, ServiceError> {
        store::last_stamped(self.inner.database.reader()).await
    }

    /// Keeps an authority's token beside the checkpoint that it stamps, for good. It must have been proved.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn keep_time_stamp(
        &self,
        checkpoint: &StoredCheckpoint,
        token: Vec<u8>,
        time: Instant,
    ) -> Result<(), ServiceError> {
        let signature = self.inner.signer.sign(&hash::time_stamp(&checkpoint.note, &token)).to_vec();
        let kept = store::kept_time_stamp(checkpoint.size, StoredTimeStamp { token, time, signature });
        let kept = self.inner.journal.keep(kept, RequestKey::none("KeepTimeStamp")).await;
        let Err(error) = kept else { return Ok(()) };
        // Another process may have kept one.
        let there = self.first_with(checkpoint.size).await?.is_some_and(|it| it.time_stamp.is_some());
        if there { Ok(()) } else { Err(error) }
    }

    /// Makes a checkpoint if the last one lacks an event, and returns the last one; nothing for an empty log.
    ///
    /// # Errors
    /// `LOG_REWRITTEN` if the log does not continue its last checkpoint, `AUDIT_REWRITTEN` if the audit does not; `UNAVAILABLE` if
    /// the database cannot be reached.
    pub async fn make(&self) -> Result<Option<StoredCheckpoint>, ServiceError> {
        let mut tree = self.inner.tree.lock().await;
        let latest = self.latest().await?;
        let stand = self.inner.log.stand().await?;
        let size = stand.log.sequence;
        if latest.as_ref().map_or(0, |latest| latest.size) == size {
            return Ok(latest);
        }
        let checkpoint = self.next(&mut tree, latest.as_ref(), &stand).await?;
        let kept = store::kept(&checkpoint, &tree.unsaved());
        if let Err(error) = self.inner.journal.keep(kept, RequestKey::none("KeepCheckpoint")).await {
            // Another process may have made the same one.
            let latest = self.latest().await?;
            return if latest.as_ref().is_some_and(|latest| latest.size >= size) { Ok(latest) } else { Err(error) };
        }
        tree.saved();
        Ok(Some(checkpoint))
    }

    async fn next(
        &self,
        tree: &mut LogTree,
        latest: Option<&StoredCheckpoint>,
        stand: &Stand,
    ) -> Result<StoredCheckpoint, ServiceError> {
        let Inner { database, signer, key, clock, .. } = self.inner.as_ref();
        let size = stand.log.sequence;
        if latest.is_some_and(|latest| latest.size > size) {
            return Err(rewritten());
        }
        tree.grow(database, size).await?;
        let mut fetched = Fetched::new(database, size);
        fetched.fetch(Tree::edge(size)).await?;
        if let Some(latest) = latest {
            fetched.fetch(Tree::edge(latest.size)).await?;
            if tree.tree.root(latest.size, &fetched.blocks).map_err(not_there)? != latest.root {
                return Err(rewritten());
            }
            self.audit_continues(latest).await?;
        }
        let root = tree.tree.root(size, &fetched.blocks).map_err(not_there)?;
        let made_at = clock.now();
        let audit = Some(AuditEnd { sequence: stand.audit.sequence, hash: stand.audit.hash });
        let text = Checkpoint { origin: key.name().to_owned(), size, root, time: made_at, audit }.text();
        let note = note::write(&text, key, &signer.sign(text.as_bytes()));
        Ok(StoredCheckpoint { size, root, made_at, note, time_stamp: None })
    }

    /// Whether the audit still has the entry with which it ended at a checkpoint.
    async fn audit_continues(&self, latest: &StoredCheckpoint) -> Result<(), ServiceError> {
        let Ok(Checkpoint { audit, .. }) = Checkpoint::open(&latest.note, &self.inner.key) else {
            return Err(rewritten());
        };
        let Some(AuditEnd { sequence, hash }) = audit.filter(|end| end.sequence > 0) else { return Ok(()) };
        match self.inner.audit.get(sequence).await? {
            Some(entry) if entry.hash == hash => Ok(()),
            _ => Err(ServiceError::failed_precondition(
                "AUDIT_REWRITTEN",
                "the audit is not a continuation of what it was at the last checkpoint: `hutong audit verify` says more",
            )),
        }
    }
}

fn rewritten() -> ServiceError {
    ServiceError::failed_precondition(
        "LOG_REWRITTEN",
        "the event log is not a continuation of its last checkpoint: compare the database with a backup",
    )
}

pub(super) fn not_there(error: TreeError) -> ServiceError {
    ServiceError::internal(error)
}
