use std::collections::VecDeque;

use evidence::checkpoint::{AuditEnd, Checkpoint};
use evidence::key::PublicKey;
use platform::error::ServiceError;

use super::{AuditLog, Fault};
use crate::checkpoints::kept_after;
use crate::log::Head;

/// Checkpoints that are read at once.
const PART: u64 = 1_000;

/// Where the audit ended by the word of checkpoints: of those that are kept beside it, and of those that somebody kept elsewhere.
/// They are met on one walk over the entries.
#[derive(Debug)]
pub(super) struct Ends<'a> {
    audit: &'a AuditLog,
    key: &'a PublicKey,
    /// The last kept checkpoint that counts, and the last one that was read.
    until: u64,
    read: u64,
    kept: VecDeque<AuditEnd>,
    /// The last end that a kept checkpoint named.
    last_kept: Option<AuditEnd>,
    elsewhere: VecDeque<AuditEnd>,
    /// Checkpoints whose word holds.
    pub(super) held: u64,
}

impl<'a> Ends<'a> {
    /// Those that are there now. To be called before the audit's head is read, which they must not be newer than.
    pub(super) async fn open(
        audit: &'a AuditLog,
        key: &'a PublicKey,
        elsewhere: &[AuditEnd],
    ) -> Result<Self, ServiceError> {
        let until = crate::checkpoints::latest_size(audit.database.reader()).await?;
        let mut elsewhere = elsewhere.to_vec();
        elsewhere.sort_by_key(|end| end.sequence);
        let (kept, elsewhere) = (VecDeque::new(), elsewhere.into());
        Ok(Self { audit, key, until, read: 0, kept, last_kept: None, elsewhere, held: 0 })
    }

    /// Compares those that end with the last entry so far.
    pub(super) async fn meet(&mut self, last: Head) -> Result<Option<Fault>, ServiceError> {
        loop {
            if self.kept.is_empty()
                && let Some(fault) = self.read_on().await?
            {
                return Ok(Some(fault));
            }
            let queue = match (self.kept.front(), self.elsewhere.front()) {
                (Some(kept), _) if kept.sequence <= last.sequence => &mut self.kept,
                (_, Some(other)) if other.sequence <= last.sequence => &mut self.elsewhere,
                _ => return Ok(None),
            };
            let end = queue.pop_front().expect("it was looked at");
            if end.hash != last.hash {
                return Ok(Some(Fault::Rewritten { sequence: end.sequence, expected: end.hash, found: last.hash }));
            }
            self.held += 1;
        }
    }

    /// The newest of those that no entry was met for, once there are no more entries.
    pub(super) async fn beyond(&mut self, last: Head) -> Result<Option<Fault>, ServiceError> {
        let mut newest = self.elsewhere.pop_back();
        loop {
            newest = newest.into_iter().chain(self.kept.drain(..)).max_by_key(|end| end.sequence);
            if let Some(fault) = self.read_on().await? {
                return Ok(Some(fault));
            }
            if self.kept.is_empty() {
                return Ok(newest.map(|end| cut(end, last)));
            }
        }
    }

    /// Reads kept checkpoints until one says where the audit ended, or there are no more.
    async fn read_on(&mut self) -> Result<Option<Fault>, ServiceError> {
        while self.kept.is_empty() && self.read < self.until {
            for (size, note) in kept_after(self.audit.database.reader(), self.read, self.until, PART).await? {
                self.read = size;
                let Ok(checkpoint) = Checkpoint::open(&note, self.key) else {
                    return Ok(Some(Fault::Checkpoint(size)));
                };
                let Some(end) = checkpoint.audit else { continue };
                match self.last_kept.replace(end) {
                    Some(before) if before.sequence > end.sequence => {
                        return Ok(Some(cut(before, Head { sequence: end.sequence, hash: end.hash })));
                    }
                    _ => self.kept.push_back(end),
                }
            }
        }
        Ok(None)
    }
}

fn cut(end: AuditEnd, found: Head) -> Fault {
    Fault::Cut { expected: Head { sequence: end.sequence, hash: end.hash }, found }
}
