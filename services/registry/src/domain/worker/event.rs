//! The facts that a decision on a worker leaves behind.

use kernel::{Date, WorkerId};

use super::post::Post;

/// A fact about one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerEvent {
    /// The worker.
    pub worker: WorkerId,
    /// The post that it is about, or the latest one.
    pub post: Post,
    /// What happened.
    pub fact: WorkerFact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerFact {
    /// The worker was appointed to the post.
    Appointed {
        /// The first day.
        from: Date,
        /// Whose post it was, where one was replaced.
        predecessor: Option<WorkerId>,
    },
    /// The post ended.
    Ended {
        /// The first day on which it is no longer held.
        until: Date,
        /// Who comes, where one was named.
        successor: Option<WorkerId>,
    },
    /// The worker was trained.
    Trained {
        /// The day.
        on: Date,
        /// Whole hours.
        hours: u32,
    },
}
