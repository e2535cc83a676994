//! Two files that a person found to be of two children (非同一人).

use kernel::{ChildId, Instant, Period, Timeline};

/// Two files, whichever is named first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    first: ChildId,
    second: ChildId,
}

/// What a person said of a pair. `Debug` hides the reason.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whether they are two children.
    pub different: bool,
    /// Why.
    pub reason: String,
}

/// All that was said of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairMarks {
    /// The pair.
    pub pair: Pair,
    /// What was said, for all days, as far as it was known.
    pub marks: Timeline<Mark>,
}

/// Why a mark is not set or not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// They are marked already.
    #[error("the two files are marked as different already")]
    AlreadyMarked,
    /// They are not marked.
    #[error("the two files are not marked as different")]
    NotMarked,
}

impl Pair {
    /// Two files, `None` if they are one.
    #[must_use]
    pub fn of(one: ChildId, other: ChildId) -> Option<Self> {
        (one != other).then(|| Self { first: one.min(other), second: one.max(other) })
    }

    /// The one with the smaller identifier.
    #[must_use]
    pub fn first(self) -> ChildId {
        self.first
    }

    /// The other one.
    #[must_use]
    pub fn second(self) -> ChildId {
        self.second
    }
}

impl PairMarks {
    /// Nothing was said yet.
    #[must_use]
    pub fn none(pair: Pair) -> Self {
        Self { pair, marks: Timeline::default() }
    }

    /// Whether they are two children, as far as is known now.
    #[must_use]
    pub fn is_different(&self) -> bool {
        self.marks.open().is_some_and(|mark| mark.value.different)
    }

    /// The same with the word that they are two children.
    ///
    /// # Errors
    /// [`MarkError::AlreadyMarked`].
    pub fn mark(&self, reason: String, now: Instant) -> Result<Self, MarkError> {
        if self.is_different() { Err(MarkError::AlreadyMarked) } else { Ok(self.said(true, reason, now)) }
    }

    /// The same with that word taken back.
    ///
    /// # Errors
    /// [`MarkError::NotMarked`].
    pub fn unmark(&self, reason: String, now: Instant) -> Result<Self, MarkError> {
        if self.is_different() { Ok(self.said(false, reason, now)) } else { Err(MarkError::NotMarked) }
    }

    fn said(&self, different: bool, reason: String, now: Instant) -> Self {
        let mut marks = self.marks.clone();
        marks.record(Period::always(), Mark { different, reason }, now);
        Self { pair: self.pair, marks }
    }
}

/// Says only what was said, not why.
impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mark").field("different", &self.different).finish_non_exhaustive()
    }
}
