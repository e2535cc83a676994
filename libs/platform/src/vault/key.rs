use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use ring::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use ring::hkdf::Prk;

use super::key_file::{Stored, StoredKey};
use crate::secret_file::{self, expand};

/// Derived keys that are kept at most: there are as many as columns.
const KEPT: usize = 1_000;

/// The keys of the file.
pub(super) struct Keys {
    /// The active one first.
    pub(super) all: Vec<VaultKey>,
}

/// A key of the file, with the fields' keys that follow from it.
pub(super) struct VaultKey {
    pub(super) id: u32,
    /// For what the first version sealed.
    pub(super) whole: LessSafeKey,
    root: Prk,
    by_column: RwLock<HashMap<Box<[u8]>, FieldKeys>>,
}

/// The keys of a column's fields, in their order.
type FieldKeys = Arc<[LessSafeKey]>;

impl Keys {
    pub(super) fn derive(stored: &Stored) -> Self {
        Self { all: stored.keys.iter().map(VaultKey::derive).collect() }
    }

    pub(super) fn active(&self) -> &VaultKey {
        self.all.first().expect("a key file without a key is refused")
    }

    pub(super) fn find(&self, id: u32) -> Option<&VaultKey> {
        self.all.iter().find(|key| key.id == id)
    }
}

impl VaultKey {
    fn derive(stored: &StoredKey) -> Self {
        let root = secret_file::root(&stored.secret);
        let whole = sealing_key(&root, &[b"hutong vault seal v1"]);
        Self { id: stored.id, whole, root, by_column: RwLock::default() }
    }

    /// The keys of a column's fields; the one of the column itself where it has none.
    pub(super) fn of(&self, column: &[u8], names: &[&str]) -> FieldKeys {
        let known = self.by_column.read().unwrap_or_else(PoisonError::into_inner).get(column).cloned();
        if let Some(known) = known.filter(|known| known.len() == names.len().max(1)) {
            return known;
        }
        let key = |name: &str| sealing_key(&self.root, &[b"hutong vault field v2\n", column, b"\n", name.as_bytes()]);
        let keys: FieldKeys = match names {
            [] => [key("")].into(),
            names => names.iter().map(|name| key(name)).collect(),
        };
        let mut by_column = self.by_column.write().unwrap_or_else(PoisonError::into_inner);
        if by_column.len() < KEPT {
            by_column.insert(column.into(), Arc::clone(&keys));
        }
        keys
    }
}

fn sealing_key(root: &Prk, purpose: &[&[u8]]) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &expand(root, purpose)).expect("the derived key has AES-256's length");
    LessSafeKey::new(key)
}
