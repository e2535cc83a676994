use std::collections::HashSet;

use kernel::{Clock, Date, EventId, Instant};
use prost::{Message, Name};
use uuid::Uuid;

use platform::error::ServiceError;

use super::keep::Kept;
use crate::inbox::DeadLetter;
use crate::seal::NewEvent;

/// What a decision may use besides the state: the time, and a place for its events.
#[derive(Debug)]
pub struct Context<'a> {
    now: Instant,
    clock: &'a dyn Clock,
    traceparent: Option<String>,
    events: &'a mut Vec<NewEvent>,
    inbox: Option<&'a mut InboxState>,
    kept: &'a mut Kept,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        now: Instant,
        clock: &'a dyn Clock,
        traceparent: Option<String>,
        events: &'a mut Vec<NewEvent>,
        inbox: Option<&'a mut InboxState>,
        kept: &'a mut Kept,
    ) -> Self {
        Self { now, clock, traceparent, events, inbox, kept }
    }

    /// When the decision is taken; the same for a whole group.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The day on which it is taken, Shanghai time.
    pub fn today(&self) -> Date {
        kernel::time::shanghai_date(self.now)
    }

    /// For making ids.
    pub fn clock(&self) -> &dyn Clock {
        self.clock
    }

    /// The inbox, while a delivery is applied.
    pub(crate) fn inbox(&mut self) -> &mut InboxState {
        self.inbox.as_deref_mut().expect("a delivery is submitted with its inbox needs")
    }

    /// Keeps what is written to messaging's own tables for the commit.
    pub(super) fn keep(&mut self, kept: &Kept) {
        self.kept.extend(kept);
    }

    /// Runs one step whose events follow another trace, and drops them if it fails.
    pub(crate) fn step<T>(
        &mut self,
        traceparent: Option<String>,
        step: impl FnOnce(&mut Context<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let before = self.events.len();
        let (now, clock, kept) = (self.now, self.clock, &mut *self.kept);
        let result = step(&mut Context { now, clock, traceparent, events: self.events, inbox: None, kept });
        if result.is_err() {
            self.events.truncate(before);
        }
        result
    }

    /// Records an event. What it is about and where is read from the marks of its fields.
    ///
    /// # Panics
    /// If the message is no event, or its aggregate or area is not set: a fault of the use case.
    pub fn record<M: Message + Name>(&mut self, message: &M) {
        let event = contract::event::of::<M>();
        let body = message.encode_to_vec();
        let subject = event.subject_of(&body).expect("a use case sets its event's aggregate and area");
        self.events.push(NewEvent {
            id: EventId::generate(self.clock).as_uuid(),
            event,
            aggregate: subject.aggregate,
            county: subject.county,
            occurred_at: self.now,
            traceparent: self.traceparent.clone(),
            body: body.into(),
        });
    }
}

/// What a delivery must know of the inbox before it applies events.
#[derive(Debug, Clone)]
pub(crate) struct InboxNeeds {
    /// The stream that the events come from.
    pub(crate) source: String,
    /// What they are about.
    pub(crate) aggregates: Vec<Uuid>,
}

/// How far a service has come with the events of one source, as its database has it.
#[derive(Debug, Default)]
pub(crate) struct InboxState {
    pub(crate) source: String,
    /// The last number applied or parked.
    pub(crate) cursor: u64,
    /// Aggregates that a parked event blocks.
    pub(crate) blocked: HashSet<Uuid>,
    /// Events parked by this group.
    pub(crate) parked: Vec<DeadLetter>,
    /// Parked events that were applied after all, by number.
    pub(crate) revived: Vec<u64>,
}
