use kernel::Instant;
use uuid::Uuid;

use super::{Hash, finish, hasher_of};

/// An entry of a service's audit as its hash covers it. What is absent is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// The hash of the entry before it.
    pub previous: Hash,
    /// Its number in the service's audit, from 1.
    pub sequence: u64,
    /// The call's id, which its entries share.
    pub id: Uuid,
    /// When the call came.
    pub at: Instant,
    /// Whose certificate it came with.
    pub caller: &'a str,
    /// Who of the caller's asked, by the caller's word.
    pub actor: &'a str,
    /// The method.
    pub method: &'a str,
    /// What the method was for.
    pub purpose: &'a str,
    /// What became of it, by the contract's number.
    pub decision: i64,
    /// Why, if it was refused or failed.
    pub reason: &'a str,
    /// What was taken out of the answer, with commas between.
    pub fields: &'a str,
    /// The trace.
    pub trace: &'a str,
    /// How many calls it stands for.
    pub calls: i64,
    /// Which key signs it; nothing if a later entry's signature covers it.
    pub key_id: &'a str,
    /// The children whom it names, ascending.
    pub children: &'a [Uuid],
}

impl Call<'_> {
    /// SHA-256 over `hutong.call.v1`, the previous hash, the number, and each further part with its length before it, the
    /// children last as one part.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut context = hasher_of(b"hutong.call.v1");
        context.update(&self.previous);
        context.update(&self.sequence.to_be_bytes());
        for part in [
            self.id.as_bytes().as_slice(),
            &self.at.as_micros().to_be_bytes(),
            self.caller.as_bytes(),
            self.actor.as_bytes(),
            self.method.as_bytes(),
            self.purpose.as_bytes(),
            &self.decision.to_be_bytes(),
            self.reason.as_bytes(),
            self.fields.as_bytes(),
            self.trace.as_bytes(),
            &self.calls.to_be_bytes(),
            self.key_id.as_bytes(),
        ] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.update(&((self.children.len() * 16) as u64).to_be_bytes());
        for child in self.children {
            context.update(child.as_bytes());
        }
        finish(context)
    }
}
