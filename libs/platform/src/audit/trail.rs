use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Extensions;
use uuid::Uuid;

use super::Call;
use crate::access::{CutFields, OutsideArea, SeenChildren};

tokio::task_local! {
    /// That of the call for which the task works at this moment.
    static CURRENT: Trail;
}

/// Rides with a call, in its request's extensions and with whatever is done for it, and knows what of it is recorded. Clones are
/// the same.
#[derive(Debug, Clone)]
pub struct Trail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    call: Arc<Call>,
    seen: SeenChildren,
    cut: CutFields,
    outside: OutsideArea,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Children of the call whom no entry names yet.
    open: BTreeSet<Uuid>,
    /// Those whom an entry of the journal names.
    told: BTreeSet<Uuid>,
    has_entry: bool,
}

impl Trail {
    /// Of a call that begins.
    #[must_use]
    pub fn new(call: Call) -> Self {
        let (seen, cut, outside) = (SeenChildren::default(), CutFields::default(), OutsideArea::default());
        Self(Arc::new(Inner { call: Arc::new(call), seen, cut, outside, state: Mutex::default() }))
    }

    /// Puts it, and what it collects with, into a request.
    pub(super) fn follow(&self, request: &mut Extensions) {
        request.insert(self.0.seen.clone());
        request.insert(self.0.cut.clone());
        request.insert(self.0.outside.clone());
        request.insert(self.clone());
    }

    /// The trail of a request that came through a door.
    #[must_use]
    pub fn of<T>(request: &tonic::Request<T>) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The trail of the call that is being answered here; nothing in a task of the service's own, also if a call began it.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Works for the call.
    pub fn working<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), work)
    }

    /// As [`Trail::working`], for what does not wait.
    pub(super) fn at_work<T>(&self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.clone(), work)
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Arc<Call> {
        &self.0.call
    }

    /// The children whom the call's messages name so far, and no entry does.
    #[must_use]
    pub fn children(&self) -> BTreeSet<Uuid> {
        let mut state = self.state();
        state.open.extend(self.0.seen.take());
        state.open.clone()
    }

    /// The call is about a child whom its messages do not name.
    pub fn concerns(&self, child: Uuid) {
        self.state().open.insert(child);
    }

    /// Whether it asks for what does not lie in its caller's area.
    #[must_use]
    pub fn is_outside_area(&self) -> bool {
        self.0.outside.is_noted()
    }

    /// An entry that names these children is committed.
    pub fn committed(&self, children: &BTreeSet<Uuid>) {
        let mut state = self.state();
        state.has_entry = true;
        state.open.retain(|child| !children.contains(child));
        state.told.extend(children);
    }

    /// As [`Trail::children`]; they are the taker's to record.
    pub(super) fn take(&self) -> BTreeSet<Uuid> {
        let mut state = self.state();
        let mut open = std::mem::take(&mut state.open);
        open.extend(self.0.seen.take());
        open.retain(|child| !state.told.contains(child));
        open
    }

    /// The fields cut since the last time.
    pub(super) fn take_cut(&self) -> BTreeSet<String> {
        self.0.cut.take()
    }

    /// Whether anything of the call is recorded.
    pub(super) fn has_entry(&self) -> bool {
        self.state().has_entry
    }

    /// An entry of the door's is written.
    pub(super) fn recorded(&self) {
        self.state().has_entry = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
