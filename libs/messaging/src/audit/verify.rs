use evidence::hash::ZERO_HASH;
use platform::error::ServiceError;

use super::{AuditLog, SealedCall};
use crate::log::{Head, sequence_value};
use crate::seal::Verifier;

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
}

/// What was found of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are proved.
    pub entries: u64,
    /// Signatures over them.
    pub signatures: u64,
    /// The first fault; what comes after it is not looked at.
    pub fault: Option<Fault>,
}

/// Takes entries in order and says at which the chain breaks.
#[derive(Debug)]
pub struct Chain<'a> {
    verifier: &'a Verifier,
    last: Head,
    /// The last entry that a signature covers.
    covered: u64,
    signatures: u64,
}

impl<'a> Chain<'a> {
    /// An audit that is signed by this key.
    #[must_use]
    pub fn new(verifier: &'a Verifier) -> Self {
        Self { verifier, last: Head { sequence: 0, hash: ZERO_HASH }, covered: 0, signatures: 0 }
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
            let is_ours = signature.key_id == *self.verifier.key_id();
            if !is_ours || !self.verifier.verify(&call.hash, &signature.bytes) {
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
    fn so_far(&self, fault: Option<Fault>) -> Verified {
        Verified { entries: self.covered, signatures: self.signatures, fault }
    }
}

impl AuditLog {
    /// Proves every entry by the service's public key, up to the last one of now.
    ///
    /// # Errors
    /// If the database cannot be read, or a row holds what the column cannot.
    pub async fn verify(&self, verifier: &Verifier) -> Result<Verified, ServiceError> {
        let head = self.head().await?;
        let mut chain = Chain::new(verifier);
        while chain.last.sequence < head.sequence {
            let wanted = PART.min(head.sequence - chain.last.sequence);
            let calls = self.read(chain.last.sequence, wanted).await?;
            if calls.is_empty() {
                break;
            }
            for call in &calls {
                if let Err(fault) = chain.push(call) {
                    return Ok(chain.so_far(Some(fault)));
                }
            }
        }
        let fault = match chain.finish(&head) {
            Err(fault) => Some(fault),
            Ok(()) => self.beyond(&head).await?.map(Fault::End),
        };
        Ok(chain.so_far(fault))
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
