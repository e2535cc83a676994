use evidence::hash::{Call, Hash};
use kernel::Instant;
use platform::audit::Entry;
use uuid::Uuid;

use crate::log::Head;
use crate::seal::{KeyId, Signer};

/// An entry with its number and its place in the chain. What is absent is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCall {
    /// Its number in the service's audit, from 1, without gaps, in commit order.
    pub sequence: u64,
    /// The call's id, which its entries share.
    pub id: Uuid,
    /// When the call came.
    pub at: Instant,
    /// Whose certificate it came with.
    pub caller: String,
    /// Who of the caller's asked, by the caller's word.
    pub actor: String,
    /// The method.
    pub method: String,
    /// What the method was for.
    pub purpose: String,
    /// What became of it: `hutong.audit.v1.Decision`.
    pub decision: i64,
    /// Why, if it was refused or failed.
    pub reason: String,
    /// What was taken out of the answer, with commas between.
    pub fields: String,
    /// The trace.
    pub trace: String,
    /// How many calls it stands for: one, or those that were refused alike within a second.
    pub calls: i64,
    /// The children whom it names, ascending.
    pub children: Vec<Uuid>,
    /// The hash over the one before it and everything above.
    pub hash: Hash,
    /// Of the last one that a transaction wrote.
    pub signature: Option<Signature>,
}

/// Signs an entry and all before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Which key signed.
    pub key_id: KeyId,
    /// Ed25519 over the entry's hash, 64 bytes.
    pub bytes: Vec<u8>,
}

impl SealedCall {
    /// Numbers and chains entries behind the last one, and signs the last of them.
    pub(crate) fn seal(entries: &[Entry], mut head: Head, signer: &Signer) -> Vec<Self> {
        let last = head.sequence + entries.len() as u64;
        let mut calls: Vec<Self> = entries
            .iter()
            .map(|entry| {
                let mut call = Self::of(entry, head.sequence + 1);
                if call.sequence == last {
                    call.signature = Some(Signature { key_id: signer.key_id().clone(), bytes: Vec::new() });
                }
                call.hash = call.chain_hash(&head.hash);
                head = Head { sequence: call.sequence, hash: call.hash };
                call
            })
            .collect();
        for call in &mut calls {
            if let Some(signature) = &mut call.signature {
                signature.bytes = signer.sign(&call.hash).to_vec();
            }
        }
        calls
    }

    fn of(entry: &Entry, sequence: u64) -> Self {
        let Entry { call, decision, reason, fields, children, calls } = entry;
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        Self {
            sequence,
            id: call.id,
            at: call.at,
            caller: call.caller.clone(),
            actor: call.actor.clone(),
            method: call.method.to_owned(),
            purpose: call.purpose.to_owned(),
            decision: i64::from(i32::from(*decision)),
            reason: reason.clone(),
            fields: fields.join(","),
            trace: call.trace.clone(),
            calls: i64::try_from(*calls).unwrap_or(i64::MAX),
            children: children.iter().copied().collect(),
            hash: Hash::default(),
            signature: None,
        }
    }

    /// The hash that it must have behind the entry with the hash `previous`.
    #[must_use]
    pub fn chain_hash(&self, previous: &Hash) -> Hash {
        Call {
            previous: *previous,
            sequence: self.sequence,
            id: self.id,
            at: self.at,
            caller: &self.caller,
            actor: &self.actor,
            method: &self.method,
            purpose: &self.purpose,
            decision: self.decision,
            reason: &self.reason,
            fields: &self.fields,
            trace: &self.trace,
            calls: self.calls,
            key_id: self.signature.as_ref().map_or("", |signature| &signature.key_id),
            children: &self.children,
        }
        .hash()
    }
}
