//! An audit in memory, for the tests of this crate, which knows no database of a service.

use std::sync::{Arc, Mutex};

use kernel::{Instant, ManualClock};
use tokio::sync::watch;

use crate::audit::{AuditLayer, Entry, Recorded, Recorder, Recorders};
use crate::error::ServiceError;

/// What was recorded, in order. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    entries: Arc<Mutex<Vec<Entry>>>,
    written: watch::Sender<Result<bool, ServiceError>>,
}

impl Default for Book {
    fn default() -> Self {
        Self { entries: Arc::default(), written: watch::Sender::new(Ok(true)) }
    }
}

impl Book {
    /// When all calls come.
    pub(crate) const NOW: Instant = Instant::from_micros(1_732_000_000_000_000);

    pub(crate) fn layer(&self) -> AuditLayer {
        let recorders = vec![("registry".to_owned(), Arc::new(self.clone()) as Arc<dyn Recorder>)];
        AuditLayer::new(Recorders::new(recorders), Arc::new(ManualClock::new(Self::NOW)))
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// Entries are handed in, and not written until further notice.
    pub(crate) fn stop_writing(&self) {
        drop(self.written.send_replace(Ok(false)));
    }

    pub(crate) fn write(&self) {
        drop(self.written.send_replace(Ok(true)));
    }

    /// No entry can be written any more.
    pub(crate) fn refuse(&self, error: ServiceError) {
        drop(self.written.send_replace(Err(error)));
    }
}

impl Recorder for Book {
    fn record(&self, entry: Entry) -> Recorded {
        self.entries.lock().unwrap().push(entry);
        let mut written = self.written.subscribe();
        Box::pin(async move {
            let written = written.wait_for(|written| !matches!(written, Ok(false))).await;
            written.expect("the book is kept").clone().map(drop)
        })
    }
}
