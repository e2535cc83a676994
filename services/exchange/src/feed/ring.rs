use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::FeedEvent;

/// The latest events of a service, and where each mailbox stands with them.
#[derive(Debug)]
pub(crate) struct Ring {
    capacity: usize,
    inner: Mutex<Inner>,
    /// The last number in it.
    head: watch::Sender<u64>,
    /// Woken when a mailbox has moved on.
    moved: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    events: VecDeque<Arc<FeedEvent>>,
    /// The number before the first event here.
    after: u64,
    seats: Vec<Position>,
}

/// Where a mailbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// It has not looked yet.
    Unknown,
    /// It took events up to here.
    At(u64),
    /// It cannot be reached: nobody waits for it.
    Away,
}

/// What a mailbox finds in the ring.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The next events.
    Events(Vec<Arc<FeedEvent>>),
    /// Nothing new yet.
    Nothing,
    /// Its next event is not here any more.
    Behind,
}

/// Where a feed should read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Where the ring ends.
    Here,
    /// Further back, behind this number.
    Behind(u64),
    /// Nowhere: no mailbox can take anything.
    Nothing,
}

/// A mailbox's place at the ring.
#[derive(Debug)]
pub(crate) struct Seat {
    ring: Arc<Ring>,
    number: usize,
    head: watch::Receiver<u64>,
}

impl Ring {
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self { capacity, inner: Mutex::default(), head: watch::Sender::new(0), moved: Notify::new() })
    }

    /// A place for one more mailbox.
    pub(crate) fn seat(self: &Arc<Self>) -> Seat {
        let mut inner = self.lock();
        inner.seats.push(Position::Unknown);
        Seat { ring: Arc::clone(self), number: inner.seats.len() - 1, head: self.head.subscribe() }
    }

    /// The last number in it.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Whether every mailbox has said where it stands, or is away.
    pub(crate) fn everybody_known(&self) -> bool {
        self.lock().seats.iter().all(|seat| *seat != Position::Unknown)
    }

    /// Where the mailboxes want the feed to read.
    pub(crate) fn wanted(&self) -> Wanted {
        let inner = self.lock();
        let positions = inner.seats.iter().filter_map(|seat| match seat {
            Position::At(position) => Some(*position),
            Position::Unknown | Position::Away => None,
        });
        let (least, most) = positions.fold((u64::MAX, None), |(least, most): (u64, Option<u64>), position| {
            (least.min(position), most.max(Some(position)))
        });
        match most {
            None if inner.events.is_empty() => Wanted::Nothing,
            // Nobody finds its events here.
            Some(most) if most < inner.after => Wanted::Behind(least),
            // Nothing was read yet: the one furthest behind decides.
            Some(_) if inner.events.is_empty() && least != inner.after => Wanted::Behind(least),
            None | Some(_) => Wanted::Here,
        }
    }

    /// Empties the ring; the next event is the one behind `after`.
    pub(crate) fn restart(&self, after: u64) {
        let mut inner = self.lock();
        inner.events.clear();
        inner.after = after;
        drop(inner);
        self.head.send_replace(after);
    }

    /// Lets go of all events: whoever needs one reads it from the stream, which may have come back without what was erased.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.after += inner.events.len() as u64;
        inner.events.clear();
    }

    /// Waits for a mailbox to move on, if one would lose events by `count` more.
    pub(crate) async fn room(&self, count: usize) {
        loop {
            let moved = self.moved.notified();
            if !self.would_lose(count) {
                return;
            }
            moved.await;
        }
    }

    fn would_lose(&self, count: usize) -> bool {
        let inner = self.lock();
        let dropped = (inner.events.len() + count).saturating_sub(self.capacity) as u64;
        let kept_after = inner.after + dropped;
        inner.seats.iter().any(|seat| matches!(seat, Position::At(at) if (inner.after..kept_after).contains(at)))
    }

    /// Adds events, and drops the oldest where there are too many.
    pub(crate) fn push(&self, events: Vec<Arc<FeedEvent>>) {
        let Some(last) = events.last().map(|event| event.sequence) else { return };
        let mut inner = self.lock();
        inner.events.extend(events);
        let surplus = inner.events.len().saturating_sub(self.capacity);
        inner.events.drain(..surplus);
        inner.after += surplus as u64;
        drop(inner);
        self.head.send_replace(last);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing here panics half way through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The ring.
    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Says how far the mailbox has come.
    pub(crate) fn stand_at(&self, position: u64) {
        self.set(Position::At(position));
    }

    /// Says that the mailbox cannot take events for now: nobody waits for it.
    pub(crate) fn leave(&self) {
        self.set(Position::Away);
    }

    fn set(&self, position: Position) {
        self.ring.lock().seats[self.number] = position;
        self.ring.moved.notify_waiters();
    }

    /// Up to `limit` events behind `position`.
    pub(crate) fn take(&self, position: u64, limit: usize) -> Taken {
        let inner = self.ring.lock();
        let Some(skip) = position.checked_sub(inner.after) else { return Taken::Behind };
        let events: Vec<_> = match usize::try_from(skip) {
            Ok(skip) => inner.events.iter().skip(skip).take(limit).cloned().collect(),
            Err(_) => Vec::new(),
        };
        if events.is_empty() { Taken::Nothing } else { Taken::Events(events) }
    }

    /// Waits until the ring's head is not `known` any more.
    pub(crate) async fn changed(&mut self, known: u64) {
        // The ring outlives its seats, so that the sender is there.
        drop(self.head.wait_for(|head| *head != known).await);
    }
}

impl Drop for Seat {
    /// A mailbox that is given up holds nobody up.
    fn drop(&mut self) {
        self.leave();
    }
}
