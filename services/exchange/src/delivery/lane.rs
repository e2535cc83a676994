use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::watch;

use super::skip::skip;
use crate::feed::{Feed, FeedError, FeedEvent, FeedStatus, Reader, Seat, Taken};

/// Events taken from the ring at once.
const TAKE: usize = 128;

/// One service's events on their way to one mailbox: from the ring, or while the mailbox is behind it, from a reader of
/// its own.
pub(super) struct Lane {
    feed: Feed,
    seat: Seat,
    subjects: Vec<String>,
    /// The last event that was looked at.
    position: u64,
    queue: VecDeque<Arc<FeedEvent>>,
    behind: Option<Reader>,
    status: watch::Receiver<FeedStatus>,
}

impl Lane {
    pub(super) fn new(feed: Feed, subjects: Vec<String>) -> Self {
        let (seat, status) = (feed.ring().seat(), feed.status());
        Self { feed, seat, subjects, position: 0, queue: VecDeque::new(), behind: None, status }
    }

    pub(super) fn service(&self) -> &str {
        self.feed.service()
    }

    /// The last event that was looked at.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// How the feed stands.
    pub(super) fn status(&self) -> FeedStatus {
        *self.status.borrow()
    }

    /// Events that the feed has read and this lane has not looked at.
    pub(super) fn behind(&self) -> u64 {
        self.seat.ring().head().saturating_sub(self.position)
    }

    /// Takes no event from memory that was read before: a rebuild shows what the stream has now.
    pub(super) fn forget(&self) {
        self.seat.ring().forget();
    }

    /// Begins behind the mailbox's cursor.
    pub(super) async fn begin(&mut self, cursor: u64) -> Result<(), FeedError> {
        self.queue.clear();
        self.behind = None;
        self.position = skip(self.feed.jetstream(), self.feed.service(), &self.subjects, cursor).await?;
        self.seat.stand_at(self.position);
        Ok(())
    }

    /// Says that nobody needs to wait for this mailbox.
    pub(super) fn leave(&mut self) {
        self.queue.clear();
        self.behind = None;
        self.seat.leave();
    }

    /// The next event, if one is here.
    pub(super) fn next(&mut self) -> Option<Arc<FeedEvent>> {
        if self.queue.is_empty() && self.behind.is_none() {
            self.seat.stand_at(self.position);
            if let Taken::Events(events) = self.seat.take(self.position, TAKE) {
                self.queue.extend(events);
            }
        }
        let event = self.queue.pop_front()?;
        self.position = event.sequence;
        Some(event)
    }

    /// Sees to it that the next events can come. To be awaited to its end, before [`Lane::wait`].
    pub(super) async fn prepare(&mut self) -> Result<(), FeedError> {
        if !self.queue.is_empty() {
            return Ok(());
        }
        match (self.seat.take(self.position, 1), &self.behind) {
            (Taken::Behind, None) => self.behind = Some(self.feed.reader(self.position).await?),
            (Taken::Behind, Some(_)) => {}
            (Taken::Events(_) | Taken::Nothing, _) => self.behind = None,
        }
        Ok(())
    }

    /// Waits until [`Lane::next`] may have one, or the feed stands otherwise. May be dropped and called again.
    pub(super) async fn wait(&mut self) -> Result<(), FeedError> {
        if !self.queue.is_empty() {
            return Ok(());
        }
        if let Some(reader) = &mut self.behind {
            self.queue.extend(reader.next().await?);
            return Ok(());
        }
        // Where the ring begins further back, its head is before us: then, too, its next change is awaited.
        let head = self.seat.ring().head();
        if head <= self.position {
            tokio::select! {
                () = self.seat.changed(head) => {}
                // The feed outlives its lanes, so that the sender is there.
                changed = self.status.changed() => drop(changed),
            }
        }
        Ok(())
    }
}
