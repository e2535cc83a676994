use evidence::checkpoint::AuditEnd;
use evidence::hash::{Hash, ZERO_HASH};
use evidence::key::PublicKey;
use platform::error::ServiceError;

use super::ends::Ends;
use super::{AuditLog, SealedCall};
use crate::log::{Head, sequence_value};

/// Entries that are read at once.
const PART: u64 = 1_000;

/// The first thing that is wrong with an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A number is missing.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// An entry, or one of its children, is not as it was written, or the one before it is not.
    #[error("entry {0} is not what was written")]
    Changed(u64),
    /// A signature is not that of the service's key.
    #[error("the signature of entry {0} is not the service's")]
    Signature(u64),
    /// From this one on no signature covers the entries.
    #[error("entry {0} and what follows it is covered by no signature")]
    Unsigned(u64),
    /// The last entries were removed, or there is one beyond the last: this is the first place of which it is so.
    #[error("the audit does not end where its head says, from entry {0} on")]
    End(u64),
    /// A kept checkpoint is not the service's.
    #[error("the checkpoint of {0} events is not what the service signed")]
    Checkpoint(u64),
    /// The newest entries were taken away, with the head: a checkpoint knows them.
    #[error(
        "the newest entries are gone: a checkpoint was made at entry {} with the hash {}, the audit ends at entry {} with the hash {}",
        expected.sequence, hex::encode(expected.hash), found.sequence, hex::encode(found.hash)
    )]
    Cut {
        /// Where it ended at the newest checkpoint.
        expected: Head,
        /// Where it ends.
        found: Head,
    },
    /// It was written again: a checkpoint knows another one.
    #[error(
        "entry {sequence} is another one: a checkpoint was made when its hash was {}, it is {}",
        hex::encode(expected),
        hex::encode(found)
    )]
    Rewritten {
        /// The entry's number.
        sequence: u64,
        /// Its hash by the checkpoint.
        expected: Hash,
        /// Its hash.
        found: Hash,
    },
}

/// What was found of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are proved.
    pub entries: u64,
    /// Signatures over them.
    pub signatures: u64,
    /// Checkpoints that say the same of it.
    pub checkpoints: u64,
    /// The first fault; what comes after it is not looked at.
    pub fault: Option<Fault>,
}

/// Takes entries in order and says at which the chain breaks.
#[derive(Debug)]
pub struct Chain<'a> {
    key: &'a PublicKey,
    last: Head,
    /// The last entry that a signature covers.
    covered: u64,
    signatures: u64,
}

impl<'a> Chain<'a> {
    /// An audit that is signed by this key.
    #[must_use]
    pub fn new(key: &'a PublicKey) -> Self {
        Self { key, last: Head { sequence: 0, hash: ZERO_HASH }, covered: 0, signatures: 0 }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The fault.
    pub fn push(&mut self, call: &SealedCall) -> Result<(), Fault> {
        let expected = self.last.sequence + 1;
        if call.sequence != expected {
            return Err(Fault::Missing(expected));
        }
        if call.hash != call.chain_hash(&self.last.hash) {
            return Err(Fault::Changed(call.sequence));
        }
        if let Some(signature) = &call.signature {
            let is_ours = signature.key_id == self.key.header_id();
            if !is_ours || !self.key.verify(&call.hash, &signature.bytes) {
                return Err(Fault::Signature(call.sequence));
            }
            self.covered = call.sequence;
            self.signatures += 1;
        }
        self.last = Head { sequence: call.sequence, hash: call.hash };
        Ok(())
    }

    /// Compares the end with the head.
    ///
    /// # Errors
    /// The fault.
    pub fn finish(&self, head: &Head) -> Result<(), Fault> {
        if self.last.sequence != head.sequence {
            return Err(Fault::End(self.last.sequence.min(head.sequence) + 1));
        }
        if self.last.hash != head.hash {
            return Err(Fault::End(head.sequence));
        }
        if self.covered < self.last.sequence {
            return Err(Fault::Unsigned(self.covered + 1));
        }
        Ok(())
    }

    /// What is proved so far.
    fn so_far(&self, ends: &Ends<'_>, fault: Option<Fault>) -> Verified {
        Verified { entries: self.covered, signatures: self.signatures, checkpoints: ends.held, fault }
    }
}

impl AuditLog {
    /// Proves every entry by the service's public key, up to the last one of now, and that the audit is a continuation of what it
    /// was at each kept checkpoint, and at those that somebody kept `elsewhere`.
    ///
    /// # Errors
    /// If the database cannot be read, or a row holds what the column cannot.
    pub async fn verify(&self, key: &PublicKey, elsewhere: &[AuditEnd]) -> Result<Verified, ServiceError> {
        let mut ends = Ends::open(self, key, elsewhere).await?;
        let head = self.head().await?;
        let mut chain = Chain::new(key);
        let mut fault = ends.meet(chain.last).await?;
        while fault.is_none() && chain.last.sequence < head.sequence {
            let wanted = PART.min(head.sequence - chain.last.sequence);
            let calls = self.read(chain.last.sequence, wanted).await?;
            if calls.is_empty() {
                break;
            }
            for call in &calls {
                fault = match chain.push(call) {
                    Err(fault) => Some(fault),
                    Ok(()) => ends.meet(chain.last).await?,
                };
                if fault.is_some() {
                    break;
                }
            }
        }
        if fault.is_none() {
            fault = match chain.finish(&head) {
                Err(fault) => Some(fault),
                Ok(()) => self.beyond(&head).await?.map(Fault::End),
            };
        }
        if fault.is_none() {
            fault = ends.beyond(chain.last).await?;
        }
        Ok(chain.so_far(&ends, fault))
    }

    /// The number of a row that belongs to no entry. What is written meanwhile moves the head first.
    async fn beyond(&self, head: &Head) -> Result<Option<u64>, ServiceError> {
        let sql = "SELECT sequence FROM audit_child WHERE sequence < 1 UNION ALL SELECT sequence FROM audit \
                   WHERE sequence < 1 UNION ALL SELECT sequence FROM audit_child WHERE sequence > $1 \
                   AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.sequence = audit_child.sequence) \
                   UNION ALL SELECT sequence FROM audit WHERE sequence > $1 \
                   AND sequence > (SELECT audit_sequence FROM event_log_head WHERE id = 1)";
        let rows = self.query(sql, [sequence_value(head.sequence)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sequence: i64 = row.try_get("", "sequence")?;
        Ok(Some(u64::try_from(sequence).unwrap_or(0)))
    }
}
