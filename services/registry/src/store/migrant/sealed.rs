//! The keyed hashes by which a migrant child is found.

use kernel::CitizenId;
use platform::vault::Vault;

use crate::domain::migrant::particulars::NameKey;
use crate::store::sealed::Hash;

/// The hash of a citizen ID. It is another than that of a child's file: the two tables are not joined by it.
#[must_use]
pub fn citizen_id_hash(vault: &Vault, id: &CitizenId) -> Hash {
    vault.search_hash("registry.migrant.citizen_id", id.as_str())
}

/// The hash of a name with a day of birth.
#[must_use]
pub fn name_hash(vault: &Vault, key: &NameKey) -> Hash {
    vault.search_hash("registry.migrant.name_birth", &key.text())
}

/// The hash of a school's name, whatever spaces stand in it; `None` for an empty one.
#[must_use]
pub fn school_hash(vault: &Vault, school: &str) -> Option<Hash> {
    let plain: String = school.chars().filter(|letter| !letter.is_whitespace()).collect();
    (!plain.is_empty()).then(|| vault.search_hash("registry.migrant.school", &plain))
}
