//! The part of a file that is encrypted, and the keyed hashes by which it is found.

use kernel::spelling::plain;
use kernel::{ChildId, CitizenId, Date};
use messaging::journal;
use platform::vault::{Fields, Vault, VaultError, lies_current};
use prost::Message;
use uuid::Uuid;

use crate::SERVICE;
use crate::domain::roster::Fingerprint;
use crate::domain::{Category, ChildState, Standing};

/// A keyed hash.
pub type Hash = [u8; 32];

/// The fields of a file that are sealed, each with a key of its own.
pub const CHILD: Fields = Fields::new("registry.child.sealed", &NAMES);

/// The names of the fields, in the order of [`SealedPart`].
pub(super) const NAMES: [&str; 9] = [
    "full_name",
    "citizen_id",
    "guardian_name",
    "guardian_relation",
    "phone",
    "bank_account",
    "disability_grade",
    "remarks",
    "end_reason",
];

/// What the vault seals of a file. As a message it lies in values of the first version only, whose tags these are.
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

    /// Encrypts the fields for the row of `child`, where alone they open again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, vault: &Vault, child: ChildId) -> Result<Vec<u8>, VaultError> {
        let (grade, reason) = self.numbers();
        vault.seal_fields(CHILD, &place(child), &self.values(&grade, &reason))
    }

    /// Decrypts the fields of the row of `child`. `None` if what was sealed is none.
    ///
    /// # Errors
    /// [`VaultError`] if it was altered, moved from another row, or sealed with another key.
    pub fn open(vault: &Vault, child: ChildId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        if lies_current(sealed) {
            return Ok(Self::of_values(vault.unseal_fields(CHILD, &place(child), sealed)?));
        }
        // As it was sealed before each field had its key.
        let plain = vault.unseal(&place(child), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }

    /// Its numbers as bytes: of one length, whatever they say.
    pub(super) fn numbers(&self) -> ([u8; 4], [u8; 4]) {
        (self.disability_grade.to_be_bytes(), self.end_reason.to_be_bytes())
    }

    /// The fields' values in the order of their names, with the two [`SealedPart::numbers`].
    pub(super) fn values<'a>(&'a self, grade: &'a [u8; 4], reason: &'a [u8; 4]) -> [&'a [u8]; NAMES.len()] {
        [
            self.full_name.as_bytes(),
            self.citizen_id.as_bytes(),
            self.guardian_name.as_bytes(),
            self.guardian_relation.as_bytes(),
            self.phone.as_bytes(),
            self.bank_account.as_bytes(),
            grade,
            self.remarks.as_bytes(),
            reason,
        ]
    }

    /// The way back. A field that was destroyed is empty; `None` if one cannot be what it is.
    pub(super) fn of_values(values: Vec<Option<Vec<u8>>>) -> Option<Self> {
        let mut values = values.into_iter().map(Option::unwrap_or_default);
        let mut text = || String::from_utf8(values.next()?).ok();
        let (full_name, citizen_id) = (text()?, text()?);
        let (guardian_name, guardian_relation) = (text()?, text()?);
        let (phone, bank_account) = (text()?, text()?);
        let grade = number(&values.next()?)?;
        let remarks = String::from_utf8(values.next()?).ok()?;
        let reason = number(&values.next()?)?;
        Some(Self {
            full_name,
            citizen_id,
            guardian_name,
            guardian_relation,
            phone,
            bank_account,
            disability_grade: u32::from_be_bytes(grade),
            remarks,
            end_reason: i32::from_be_bytes(reason),
        })
    }
}

/// A number of a field; 0 where it was destroyed.
fn number(value: &[u8]) -> Option<[u8; 4]> {
    if value.is_empty() { Some([0; 4]) } else { value.try_into().ok() }
}

/// The data that binds a sealed part to its row in a table.
#[must_use]
pub fn row_place(table: &str, id: Uuid) -> Vec<u8> {
    let mut place = format!("registry.{table}.sealed:").into_bytes();
    place.extend_from_slice(id.as_bytes());
    place
}

/// The data that binds sealed fields to their row.
fn place(child: ChildId) -> Vec<u8> {
    CHILD.place(child.as_uuid().as_bytes())
}

/// A category, sealed for its record. Its length is the same for all.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn seal_category(vault: &Vault, record: Uuid, category: Category) -> Result<Vec<u8>, VaultError> {
    vault.seal(&category_place(record), &category.number().to_be_bytes())
}

/// The category of a record. `None` if what was sealed is none.
///
/// # Errors
/// [`VaultError`] if it was altered, moved from another record, or sealed with another key.
pub fn open_category(vault: &Vault, record: Uuid, sealed: &[u8]) -> Result<Option<Category>, VaultError> {
    let plain = vault.unseal(&category_place(record), sealed)?;
    let number = plain.as_slice().try_into().ok().map(i32::from_be_bytes);
    Ok(number.and_then(Category::from_number))
}

fn category_place(record: Uuid) -> Vec<u8> {
    [b"registry.category_record.sealed:", record.as_bytes().as_slice()].concat()
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

/// The hash by which a repeated request is known.
#[must_use]
pub fn request_hash(vault: &Vault, fingerprint: &[u8]) -> Hash {
    journal::request_hash(SERVICE, fingerprint, vault)
}
