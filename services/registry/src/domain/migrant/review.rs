//! When an entry must be confirmed again. A dynamic ledger forgets nobody: an entry that no survey has confirmed for a
//! year waits for a person [P].

use kernel::Date;

use super::entry::MigrantEntry;
use super::rules::{MigrantRules, months_after};

impl MigrantEntry {
    /// The day on which a survey must have confirmed the entry: a year after the last one. `None` for one that left the
    /// city, and where the child turns 16 before.
    #[must_use]
    pub fn review_due_on(&self, rules: &MigrantRules) -> Option<Date> {
        self.whereabouts.open().and_then(|version| version.value.stay())?;
        let due = months_after(self.last_survey()?.on, rules.months_until_review);
        (due < rules.too_old_from(self.birth_date())).then_some(due)
    }
}
