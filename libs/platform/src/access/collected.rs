use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// What is noticed of a call's messages as they pass. A layer that wants to know it puts one into the request's extensions.
/// Clones are the same.
#[derive(Debug, Clone)]
pub struct Collected<T>(Arc<Mutex<BTreeSet<T>>>);

/// The children of a call, by the registry's own ids.
pub type SeenChildren = Collected<Uuid>;

/// The paths of the fields that are taken out of a call's answers.
pub type CutFields = Collected<String>;

impl<T> Default for Collected<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Ord> Collected<T> {
    /// What was noticed since the last time.
    #[must_use]
    pub fn take(&self) -> BTreeSet<T> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn extend(&self, noticed: impl IntoIterator<Item = T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(noticed);
    }
}
