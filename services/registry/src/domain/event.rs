//! The facts that a decision leaves behind. None names a category: the tier says all that others need.

use kernel::{CategoryRecordId, ChildId, Date, Division, Month, Tier};

/// A fact about one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The child.
    pub child: ChildId,
    /// The county of household registration when it happened; for a move, the new one.
    pub county: Division,
    /// What happened.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The file was opened.
    Registered {
        /// The month of birth.
        birth_month: Month,
        /// The day of registration, Shanghai time.
        registered_on: Date,
    },
    /// The office's profile changed.
    Updated {
        /// The names of the fields that changed.
        changed: Vec<&'static str>,
    },
    /// The household registration moved.
    Transferred {
        /// The county that it left.
        from_county: Division,
        /// The day of the move.
        transferred_on: Date,
    },
    /// Another file of the same child was closed and joined to this one.
    Merged {
        /// The file that closed.
        merged_child: ChildId,
    },
    /// The child turns 18 soon.
    AgingOut {
        /// The birthday.
        turns_18_on: Date,
        /// When it was consented that the human-resources office is told; `None` without a consent.
        consented_on: Option<Date>,
    },
    /// A merge into this file was undone: the other file is open again.
    Unmerged {
        /// The file that is open again.
        restored_child: ChildId,
    },
    /// The file was erased.
    Erased {
        /// The day, Shanghai time.
        erased_on: Date,
    },
    /// The child died.
    Deceased {
        /// The day of death.
        deceased_on: Date,
    },
    /// The file ended for another reason, which is not told: adoption is secret.
    Ended {
        /// The day of the event.
        ended_on: Date,
    },
    /// The county confirmed a category.
    CategoryConfirmed {
        /// The record.
        record: CategoryRecordId,
        /// Its tier.
        tier: Option<Tier>,
        /// The first month in which it counts.
        from: Month,
    },
    /// The county replaced a category by another.
    CategoryReclassified {
        /// The new record.
        record: CategoryRecordId,
        /// Its tier.
        tier: Option<Tier>,
        /// The record that it replaces.
        previous_record: CategoryRecordId,
        /// The tier until then.
        previous_tier: Option<Tier>,
        /// The first month of the new record, and the first without the previous one.
        from: Month,
    },
    /// Somebody looked whether a category still holds, and it does.
    CategoryReviewed {
        /// The record.
        record: CategoryRecordId,
        /// The day.
        on: Date,
    },
    /// A category is to be looked at.
    ReviewDue {
        /// The record.
        record: CategoryRecordId,
        /// Since when.
        due_on: Date,
        /// Whether it was told before, and nobody has looked.
        late: bool,
    },
    /// A category ended.
    CategoryEnded {
        /// The record.
        record: CategoryRecordId,
        /// The tier that ends.
        tier: Option<Tier>,
        /// The first month in which it no longer counts.
        until: Month,
    },
}
