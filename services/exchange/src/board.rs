//! How every mailbox stands, as its writer told last.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use messaging::seal::{Hash, ZERO_HASH};

use crate::broker::Account;
use crate::delivery::{Rebuilds, View};
use crate::domain::State;
use crate::metrics;

/// All mailboxes, by code.
#[derive(Debug, Default)]
pub(crate) struct Board(RwLock<BTreeMap<String, Arc<Slot>>>);

/// One mailbox.
#[derive(Debug)]
pub(crate) struct Slot {
    account: Account,
    view: View,
    /// The public key that signs its messages, in hex.
    signing_key: String,
    standing: Mutex<Standing>,
    rebuilds: Rebuilds,
    /// Whether a message was acknowledged since this was asked last.
    progressed: AtomicBool,
}

/// How a mailbox stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its state.
    pub(crate) state: State,
    /// The last acknowledged message's number; 0 for an empty mailbox.
    pub(crate) sequence: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// The last event of each service that was looked at.
    pub(crate) cursors: BTreeMap<String, u64>,
}

impl Board {
    /// Hangs a mailbox up, in the place of what hung there.
    pub(crate) fn add(&self, slot: Arc<Slot>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(slot.view.code().to_owned(), slot);
    }

    pub(crate) fn remove(&self, code: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(code);
    }

    pub(crate) fn get(&self, code: &str) -> Option<Arc<Slot>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(code).cloned()
    }

    /// The mailbox that certificates of this code open.
    pub(crate) fn opened_by(&self, code: &str) -> Option<Arc<Slot>> {
        let opens = |slot: &Arc<Slot>| slot.view.entry().codes().any(|own| own == code);
        self.get(code).or_else(|| self.all().into_iter().find(opens))
    }

    pub(crate) fn all(&self) -> Vec<Arc<Slot>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Slot {
    pub(crate) fn new(account: Account, view: View, signing_key: String) -> Self {
        let standing = Standing { state: State::CatchingUp, sequence: 0, hash: ZERO_HASH, cursors: BTreeMap::new() };
        Self {
            account,
            view,
            signing_key,
            standing: Mutex::new(standing),
            rebuilds: Rebuilds::default(),
            progressed: AtomicBool::new(false),
        }
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    pub(crate) fn signing_key(&self) -> &str {
        &self.signing_key
    }

    pub(crate) fn rebuilds(&self) -> &Rebuilds {
        &self.rebuilds
    }

    pub(crate) fn standing(&self) -> Standing {
        self.lock().clone()
    }

    pub(crate) fn state(&self) -> State {
        self.lock().state
    }

    pub(crate) fn set_state(&self, state: State) {
        self.lock().state = state;
    }

    /// What was read from the mailbox itself.
    pub(crate) fn set_end(&self, sequence: u64, hash: Hash) {
        let mut standing = self.lock();
        (standing.sequence, standing.hash) = (sequence, hash);
    }

    /// The mailbox took messages up to here.
    pub(crate) fn acknowledged(&self, sequence: u64, hash: Hash) {
        let mut standing = self.lock();
        let count = sequence.saturating_sub(standing.sequence);
        (standing.sequence, standing.hash) = (sequence, hash);
        drop(standing);
        metrics::delivered(self.view.code(), count);
        self.progressed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_cursors<'a>(&self, cursors: impl Iterator<Item = (&'a str, u64)>) {
        let mut standing = self.lock();
        for (service, sequence) in cursors {
            match standing.cursors.get_mut(service) {
                Some(cursor) => *cursor = sequence,
                None => drop(standing.cursors.insert(service.to_owned(), sequence)),
            }
        }
    }

    /// The rebuild of this number has begun: the mailbox is empty.
    pub(crate) fn has_begun_anew(&self, number: u64) {
        let mut standing = self.lock();
        standing.state = State::CatchingUp;
        (standing.sequence, standing.hash) = (0, ZERO_HASH);
        standing.cursors.clear();
        drop(standing);
        self.rebuilds.has_begun(number);
    }

    /// Whether the mailbox moved since this was asked last.
    pub(crate) fn take_progressed(&self) -> bool {
        self.progressed.swap(false, Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        // Nothing here panics half way through a change.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
