//! What the journal remembers of a request, under the service's keys: the hash that knows it again, and the reply.

use platform::error::ServiceError;
use platform::vault::{Vault, VaultError, key_of};
use prost::Message;

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
    /// How a reply begins whose key's id lies at its start: protobuf's mark of tag 2 as four bytes.
    pub const FIRST_BYTE: u8 = 0x15;

    /// Seals a reply of a service.
    ///
    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub fn of(service: &str, reply: &impl Message, vault: &Vault) -> Result<Self, ServiceError> {
        Self::seal(service, &reply.encode_to_vec(), vault).map_err(ServiceError::internal)
    }

    /// Opens a reply.
    ///
    /// # Errors
    /// INTERNAL if it was altered, is another service's, or sealed with another key.
    pub fn open<M: Message + Default>(&self, service: &str, vault: &Vault) -> Result<M, ServiceError> {
        let plain = vault.unseal(&place(service), self.value()).map_err(ServiceError::internal)?;
        M::decode(plain.as_slice()).map_err(ServiceError::internal)
    }

    /// A reply as it lies in the journal, sealed with the active key.
    ///
    /// # Errors
    /// [`VaultError`] if it does not open, or the vault has no randomness.
    pub fn renewed(&self, service: &str, vault: &Vault) -> Result<Self, VaultError> {
        Self::seal(service, &vault.unseal(&place(service), self.value())?, vault)
    }

    /// Whether an earlier version wrote it.
    #[must_use]
    pub fn is_of_earlier_version(&self) -> bool {
        self.sealed.is_empty()
    }

    /// The key that sealed it; `None` if this is another kind of reply.
    #[must_use]
    pub fn key(&self) -> Option<u32> {
        key_of(self.value())
    }

    fn seal(service: &str, plain: &[u8], vault: &Vault) -> Result<Self, VaultError> {
        let sealed = vault.seal(&place(service), plain)?;
        let key = key_of(&sealed).map(u32::swap_bytes).unwrap_or_default();
        Ok(Self { earlier: Vec::new(), key, sealed })
    }

    fn value(&self) -> &[u8] {
        if self.is_of_earlier_version() { &self.earlier } else { &self.sealed }
    }
}

/// The field of a service's replies: its name is all that binds one to its place.
fn place(service: &str) -> Vec<u8> {
    format!("{service}.reply").into_bytes()
}

/// The hash by which a service knows a repeated request: what stands in one can be guessed where its plain hash lies open.
#[must_use]
pub fn request_hash(service: &str, fingerprint: &[u8], vault: &Vault) -> [u8; 32] {
    vault.search_hash_of(&format!("{service}.request"), fingerprint)
}
