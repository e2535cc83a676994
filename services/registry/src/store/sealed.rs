//! The part of a file that is encrypted, and the keyed hashes by which it is found.

use kernel::{ChildId, CitizenId, Date};
use platform::vault::{Vault, VaultError};
use prost::Message;

use crate::domain::roster::Fingerprint;
use crate::domain::roster::spelling::plain;
use crate::domain::{ChildState, Standing};

/// A keyed hash.
pub type Hash = [u8; 32];

/// What the vault seals of a file. The tags are this table's own; they never change their meaning.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedPart {
    /// The child's name.
    #[prost(string, tag = "1")]
    pub full_name: String,
    /// The citizen ID, or empty.
    #[prost(string, tag = "2")]
    pub citizen_id: String,
    /// The guardian's name.
    #[prost(string, tag = "3")]
    pub guardian_name: String,
    /// How the guardian is related.
    #[prost(string, tag = "4")]
    pub guardian_relation: String,
    /// The guardian's phone.
    #[prost(string, tag = "5")]
    pub phone: String,
    /// The account that receives payments.
    #[prost(string, tag = "6")]
    pub bank_account: String,
    /// The grade of disability, 0 for none.
    #[prost(uint32, tag = "7")]
    pub disability_grade: u32,
    /// The office's remarks.
    #[prost(string, tag = "8")]
    pub remarks: String,
    /// Why the file ended, 0 if it did not.
    #[prost(int32, tag = "9")]
    pub end_reason: i32,
}

/// Says only that it is one.
impl std::fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedPart(****)")
    }
}

impl SealedPart {
    /// The part of a file as it stands for some days.
    #[must_use]
    pub fn of(standing: &Standing) -> Self {
        let profile = &standing.profile;
        Self {
            full_name: profile.full_name.clone(),
            citizen_id: profile.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
            guardian_name: profile.guardian_name.clone(),
            guardian_relation: profile.guardian_relation.clone(),
            phone: profile.phone.clone(),
            bank_account: profile.bank_account.clone(),
            disability_grade: profile.disability_grade.map_or(0, |grade| u32::from(grade.code())),
            remarks: profile.remarks.clone(),
            end_reason: match standing.state {
                ChildState::Ended { reason, .. } => reason.number(),
                ChildState::Active | ChildState::Merged { .. } => 0,
            },
        }
    }

    /// Encrypts the part for the row of `child`, where alone it opens again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, vault: &Vault, child: ChildId) -> Result<Vec<u8>, VaultError> {
        vault.seal(&place(child), &self.encode_to_vec())
    }

    /// Decrypts the part of the row of `child`. `None` if what was sealed is none.
    ///
    /// # Errors
    /// [`VaultError`] if it was altered, moved from another row, or sealed with another key.
    pub fn open(vault: &Vault, child: ChildId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&place(child), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }
}

/// The data that binds a sealed part to its row.
fn place(child: ChildId) -> Vec<u8> {
    let mut place = b"registry.child.sealed:".to_vec();
    place.extend_from_slice(child.as_uuid().as_bytes());
    place
}

/// The hash by which a citizen ID is found.
#[must_use]
pub fn citizen_id_hash(vault: &Vault, id: &CitizenId) -> Hash {
    vault.search_hash("registry.child.citizen_id", id.as_str())
}

/// The hash by which a name with a day of birth is found, whatever spaces stand in the name.
#[must_use]
pub fn name_birth_hash(vault: &Vault, full_name: &str, birth_date: Date) -> Hash {
    vault.search_hash("registry.child.name_birth", &format!("{}\n{birth_date}", plain(full_name)))
}

/// The hash by which a roster's row is known again.
#[must_use]
pub fn fingerprint_hash(vault: &Vault, fingerprint: &Fingerprint) -> Hash {
    vault.search_hash("registry.roster_row", fingerprint.as_str())
}
