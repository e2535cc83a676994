//! The facts that the ledger leaves behind.

use kernel::{Date, Division, Month};

use super::entry::MigrantId;

/// A fact about one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrantEvent {
    /// The entry.
    pub migrant: MigrantId,
    /// The county of residence; for a departure, the one that was left.
    pub county: Division,
    /// What happened.
    pub fact: MigrantFact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrantFact {
    /// A child was entered, or came back.
    Recorded {
        /// The month of arrival.
        arrived: Month,
        /// The month in which it begins to count; `None` if it never will.
        counts_from: Option<Month>,
        /// The age in full years on the day of recording.
        age: i32,
    },
    /// The child left.
    Left {
        /// The first day of absence.
        on: Date,
    },
    /// No survey has confirmed the entry for a year.
    SurveyDue {
        /// Since when.
        due_on: Date,
        /// Whether it was told before, and no survey came.
        late: bool,
    },
}
