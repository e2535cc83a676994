//! A worker and the posts that they held, hold and will hold.

use kernel::{Date, Instant, Period, Timeline, Version, WorkerId};

use super::event::{WorkerEvent, WorkerFact};
use super::person::Person;
use super::post::Post;
use super::training::{GuideAcknowledgement, Training};

/// A worker (基层儿童工作者).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// The identifier.
    pub id: WorkerId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// Who it was believed to be, for all days.
    pub persons: Timeline<Person>,
    /// The posts. One timeline, so that nobody holds two at a time.
    pub posts: Timeline<Post>,
    /// The trainings, in the order of their recording.
    pub trainings: Vec<Training>,
    /// The acknowledged guides, in the order of their recording.
    pub acknowledgements: Vec<GuideAcknowledgement>,
    /// When the registry first knew the worker.
    pub opened_at: Instant,
    /// When the worker last changed.
    pub changed_at: Instant,
}

/// A changed worker with the facts to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerChange {
    /// The worker as it stands now.
    pub worker: Worker,
    /// What happened, in order.
    pub events: Vec<WorkerEvent>,
}

impl Worker {
    /// Somebody new, who holds no post yet.
    #[must_use]
    pub fn new(id: WorkerId, person: Person, now: Instant) -> Self {
        Self {
            id,
            version: 0,
            persons: Timeline::beginning(Period::always(), person, now),
            posts: Timeline::default(),
            trainings: Vec::new(),
            acknowledgements: Vec::new(),
            opened_at: now,
            changed_at: now,
        }
    }

    /// Who it is, and how they are reached now.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.persons.open().expect("a worker is somebody from the first day on, without end").value
    }

    /// The post held on a day, as far as we know now.
    #[must_use]
    pub fn post_on(&self, day: Date) -> Option<Post> {
        self.posts.on(day).copied()
    }

    /// The days on which the post of `day` is held.
    #[must_use]
    pub fn held_on(&self, day: Date) -> Option<&Version<Post>> {
        self.posts.current().into_iter().find(|version| version.period.contains(day))
    }

    /// The last post that is known of, held or not.
    #[must_use]
    pub fn latest_post(&self) -> Option<Post> {
        self.posts.current().last().map(|version| version.value)
    }

    /// Whether this worker holds the post on one of these days.
    #[must_use]
    pub fn holds_in(&self, post: Post, days: Period) -> bool {
        self.posts
            .current()
            .into_iter()
            .any(|version| version.value == post && version.period.intersection(days).is_some())
    }

    /// A copy that counts as changed at `now`.
    pub(super) fn changed(&self, now: Instant) -> Self {
        Self { version: self.version + 1, changed_at: now, ..self.clone() }
    }

    /// A fact about this worker in a post.
    pub(super) fn event(&self, post: Post, fact: WorkerFact) -> WorkerEvent {
        WorkerEvent { worker: self.id, post, fact }
    }
}
