use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Entry, Recorder};

/// So long calls that are refused alike are counted into one entry.
const WHILE: Duration = Duration::from_secs(1);

/// Who, which method, why.
type Kind = (String, &'static str, String);

/// Counts the calls that are refused because they are too many. The first is recorded as any other; those that follow it
/// within a second become one entry, so that a partner's endless loop fills no disk and holds up nobody's writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats(Arc<Mutex<HashMap<Kind, Option<Entry>>>>);

impl Repeats {
    /// The entry, if it is the first of its kind and to be recorded now.
    pub(super) fn first(&self, mut entry: Entry, recorder: &Arc<dyn Recorder>) -> Option<Entry> {
        let kind = (entry.call.caller.clone(), entry.call.method, entry.reason.clone());
        match self.open().entry(kind.clone()) {
            Place::Occupied(mut counted) => {
                entry.calls += counted.get().as_ref().map_or(0, |entry| entry.calls);
                counted.insert(Some(entry));
                return None;
            }
            Place::Vacant(place) => drop(place.insert(None)),
        }
        let (repeats, recorder) = (self.clone(), Arc::clone(recorder));
        tokio::spawn(async move {
            tokio::time::sleep(WHILE).await;
            let counted = repeats.open().remove(&kind);
            if let Some(entry) = counted.flatten() {
                // Nobody waits for it.
                drop(recorder.record(entry));
            }
        });
        Some(entry)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Kind, Option<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
