use std::time::Duration;

use tokio::sync::{Notify, watch};

/// How long a rebuild may take to begin.
const BEGINS_WITHIN: Duration = Duration::from_secs(15);

/// Rebuilds that were asked for, and those that have begun.
#[derive(Debug, Default)]
pub(crate) struct Rebuilds {
    wanted: watch::Sender<u64>,
    begun: watch::Sender<u64>,
    asked: Notify,
}

/// The mailbox cannot be reached, so that the rebuild has not begun. It will once the mailbox is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mailbox cannot be reached")]
pub(crate) struct RebuildFailed;

impl Rebuilds {
    /// Asks for a rebuild and waits until it has begun.
    pub(crate) async fn ask(&self) -> Result<(), RebuildFailed> {
        let mut number = 0;
        self.wanted.send_modify(|wanted| {
            *wanted += 1;
            number = *wanted;
        });
        self.asked.notify_one();
        let mut begun = self.begun.subscribe();
        let waited = tokio::time::timeout(BEGINS_WITHIN, begun.wait_for(|begun| *begun >= number)).await;
        if matches!(waited, Ok(Ok(_))) { Ok(()) } else { Err(RebuildFailed) }
    }

    /// The number of the last rebuild asked for, if it has not begun.
    pub(super) fn due(&self) -> Option<u64> {
        let wanted = *self.wanted.borrow();
        (wanted > *self.begun.borrow()).then_some(wanted)
    }

    /// Says that all up to `number` have begun.
    pub(crate) fn has_begun(&self, number: u64) {
        self.begun.send_replace(number);
    }

    /// Ends when one is due.
    pub(super) async fn asked(&self) {
        while self.due().is_none() {
            self.asked.notified().await;
        }
    }
}
