//! A department's own name for a child.
//!
//! The registry's id is encrypted as one block under a key of the department, so that two departments cannot join what they
//! hold of a child, and a reference that leaks is of use to nobody else. Only who has the city's key can turn it back.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use contract::Department;
use uuid::Uuid;

use crate::secret_file::{self, KEY_LENGTH, SecretFileError, derived};

const HEADING: &str = "\
# The key from which each department's references to children follow. Whoever has it can tell which references of two
# departments are one child's. It never changes: all references would change with it. Keep a copy apart from the data's.
";

/// Every department's references.
pub struct Pseudonyms {
    departments: HashMap<Department, Pseudonym>,
}

/// One department's references.
#[derive(Clone)]
pub struct Pseudonym(Arc<Aes256>);

impl Pseudonyms {
    /// Opens the key file, or makes one with a fresh key if it is absent (readable by its owner only, on disk before this
    /// returns).
    ///
    /// # Errors
    /// If the file cannot be read or made, holds no key, or is open to others.
    pub fn open(file: &Path) -> Result<Self, SecretFileError> {
        Ok(Self::of_key(&secret_file::read_or_create(file, HEADING)?))
    }

    /// A key that is kept nowhere.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn generate() -> Result<Self, SecretFileError> {
        Ok(Self::of_key(&secret_file::fresh()?))
    }

    /// The department that owns the system knows children by the registry's own ids, as the services do.
    fn of_key(secret: &[u8; KEY_LENGTH]) -> Self {
        let others = contract::department::all().iter().filter(|entry| !entry.owner);
        let departments = others.map(|entry| {
            let key = derived(secret, &format!("hutong pseudonym v1\n{}", entry.code));
            (entry.department, Pseudonym(Arc::new(Aes256::new(&key.into()))))
        });
        Self { departments: departments.collect() }
    }

    /// A department's references; nothing if it knows children by the registry's own ids.
    #[must_use]
    pub fn of(&self, department: Department) -> Option<&Pseudonym> {
        self.departments.get(&department)
    }
}

impl Pseudonym {
    /// The department's reference to a child of this id.
    #[must_use]
    pub fn conceal(&self, child: Uuid) -> Uuid {
        let mut block = child.into_bytes().into();
        self.0.encrypt_block(&mut block);
        Uuid::from_bytes(block.into())
    }

    /// The id that a department's reference stands for; nobody's, if it is not the department's.
    #[must_use]
    pub fn reveal(&self, reference: Uuid) -> Uuid {
        let mut block = reference.into_bytes().into();
        self.0.decrypt_block(&mut block);
        Uuid::from_bytes(block.into())
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym")
    }
}

#[cfg(test)]
mod tests;
