//! The two times of a question.

use kernel::{Date, Instant, Timeline, Version};

/// What held on a day, as far as it was known at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The day.
    pub day: Date,
    /// The instant of knowledge.
    pub known: Instant,
}

impl AsOf {
    /// What held on a day, by all that is known.
    #[must_use]
    pub fn day(day: Date) -> Self {
        Self { day, known: Instant::MAX }
    }

    /// The version of a timeline that answers.
    #[must_use]
    pub fn of<T: Clone + PartialEq>(self, timeline: &Timeline<T>) -> Option<&Version<T>> {
        timeline.versions().iter().find(|version| version.known_at(self.known) && version.period.contains(self.day))
    }
}
