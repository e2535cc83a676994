//! Replies as the journal keeps them to answer repeated requests.

use platform::error::ServiceError;
use platform::vault::{Vault, VaultError, key_of};
use prost::Message;

/// The field of replies: its name is all that binds one to its place.
const REPLY: &[u8] = b"registry.reply";

/// How a reply begins whose key's id lies at its start: protobuf's mark of tag 2 as four bytes.
pub const FIRST_BYTE: u8 = 0x15;

/// A reply as the journal keeps it to answer a repeated request: it shows a child, so it is sealed.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedReply {
    /// As earlier versions wrote it.
    #[prost(bytes = "vec", tag = "1")]
    earlier: Vec<u8>,
    /// The id of the key, big endian on the wire: by it the database finds replies to seal anew.
    #[prost(fixed32, tag = "2")]
    key: u32,
    #[prost(bytes = "vec", tag = "3")]
    sealed: Vec<u8>,
}

impl SealedReply {
    /// Seals a reply.
    ///
    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub fn of(reply: &impl Message, vault: &Vault) -> Result<Self, ServiceError> {
        Self::seal(&reply.encode_to_vec(), vault).map_err(ServiceError::internal)
    }

    /// Opens a reply.
    ///
    /// # Errors
    /// INTERNAL if it was altered, or sealed with another key.
    pub fn open<M: Message + Default>(&self, vault: &Vault) -> Result<M, ServiceError> {
        let plain = vault.unseal(REPLY, self.value()).map_err(ServiceError::internal)?;
        M::decode(plain.as_slice()).map_err(ServiceError::internal)
    }

    /// A reply as it lies in the journal, sealed with the active key.
    pub(super) fn renewed(&self, vault: &Vault) -> Result<Self, VaultError> {
        Self::seal(&vault.unseal(REPLY, self.value())?, vault)
    }

    /// Whether an earlier version wrote it.
    pub(super) fn is_of_earlier_version(&self) -> bool {
        self.sealed.is_empty()
    }

    /// The key that sealed it; `None` if this is another kind of reply.
    pub(super) fn key(&self) -> Option<u32> {
        key_of(self.value())
    }

    fn seal(plain: &[u8], vault: &Vault) -> Result<Self, VaultError> {
        let sealed = vault.seal(REPLY, plain)?;
        let key = key_of(&sealed).map(u32::swap_bytes).unwrap_or_default();
        Ok(Self { earlier: Vec::new(), key, sealed })
    }

    fn value(&self) -> &[u8] {
        if self.is_of_earlier_version() { &self.earlier } else { &self.sealed }
    }
}
