//! Workers are appointed, and their posts end (任命, 卸任).

use kernel::{Date, Instant, Period, WorkerId};

use super::event::WorkerFact;
use super::post::Post;
use super::worker::{Worker, WorkerChange};

/// Why an appointment or its end is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentError {
    /// Another worker holds the post on one of the days.
    #[error("another worker holds the post on one of these days: end or replace that appointment first")]
    PostTaken,
    /// The worker holds another post on one of the days.
    #[error("the worker holds a post on one of these days: end that appointment first")]
    WorkerHasPost,
    /// The worker holds no post on the last day.
    #[error("the worker holds no post on the day before")]
    WorkerHasNoPost,
    /// The post would end before it has lasted a day.
    #[error("the post begins on that day")]
    BeforeStart,
}

impl Worker {
    /// Appoints the worker for some days. `others` are all workers who ever held or will hold the post.
    ///
    /// # Errors
    /// [`AppointmentError`].
    pub fn appoint<'a>(
        &self,
        post: Post,
        days: Period,
        predecessor: Option<WorkerId>,
        others: impl IntoIterator<Item = &'a Self>,
        now: Instant,
    ) -> Result<WorkerChange, AppointmentError> {
        if self.posts.current().into_iter().any(|version| version.period.intersection(days).is_some()) {
            return Err(AppointmentError::WorkerHasPost);
        }
        if others.into_iter().any(|other| other.id != self.id && other.holds_in(post, days)) {
            return Err(AppointmentError::PostTaken);
        }
        let mut worker = self.changed(now);
        worker.posts.record(days, post, now);
        let events = vec![worker.event(post, WorkerFact::Appointed { from: days.from(), predecessor })];
        Ok(WorkerChange { worker, events })
    }

    /// Ends the post that is held on the day before `until`, and answers which post that was and the days that it would
    /// have lasted.
    ///
    /// # Errors
    /// [`AppointmentError`].
    pub fn end_post(
        &self,
        until: Date,
        successor: Option<WorkerId>,
        now: Instant,
    ) -> Result<(WorkerChange, Post, Period), AppointmentError> {
        let held = until.yesterday().ok().and_then(|day| self.held_on(day));
        let Some(held) = held else {
            let begins = self.held_on(until).is_some_and(|version| version.period.from() == until);
            return Err(if begins { AppointmentError::BeforeStart } else { AppointmentError::WorkerHasNoPost });
        };
        let post = held.value;
        // A post that ends on this day anyway has nothing left to end.
        let rest = Period::new(until, held.period.until()).map_err(|_| AppointmentError::WorkerHasNoPost)?;
        let mut worker = self.changed(now);
        worker.posts.clear(rest, now);
        let events = vec![worker.event(post, WorkerFact::Ended { until, successor })];
        Ok((WorkerChange { worker, events }, post, rest))
    }
}
