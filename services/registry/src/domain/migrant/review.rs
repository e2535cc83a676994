//! When an entry must be confirmed again. A dynamic ledger forgets nobody: an entry that no survey has confirmed for a
//! year waits for a person [P], and is told once a year until one does.

use kernel::Date;

use super::entry::MigrantEntry;
use super::event::{MigrantEvent, MigrantFact};
use super::rules::{MigrantRules, months_after};

/// When it is told that a survey of an entry is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SurveyWatch {
    /// The next day on which somebody must look at the entry; `None` while no day is known.
    pub next: Option<Date>,
    /// The last day on which it was told.
    pub told: Option<Date>,
}

impl MigrantEntry {
    /// The day on which a survey must have confirmed the entry: a year after the last one. `None` for one that left the
    /// city, and where the child turns 16 before.
    #[must_use]
    pub fn review_due_on(&self, rules: &MigrantRules) -> Option<Date> {
        self.whereabouts.open().and_then(|version| version.value.stay())?;
        let due = months_after(self.last_survey()?.on, rules.months_until_review);
        (due < rules.too_old_from(self.birth_date())).then_some(due)
    }

    /// The day on which it is told that a survey is due: the first, then once in as many months, until one came or the child
    /// turned 16.
    #[must_use]
    pub fn survey_told_on(&self, rules: &MigrantRules) -> Option<Date> {
        let due = self.review_due_on(rules)?;
        let again = self.survey_watch.told.filter(|told| *told >= due);
        let next = again.map_or(due, |told| months_after(told, rules.months_until_review));
        (next < rules.too_old_from(self.birth_date())).then_some(next)
    }

    /// The same entry, to be looked at on the day that follows from it.
    #[must_use]
    pub fn watched(mut self, rules: &MigrantRules) -> Self {
        self.survey_watch.next = self.survey_told_on(rules);
        self
    }

    /// Tells that a survey is due; nothing where none is, or it was told within the year. It is no change of the entry: its
    /// version stays.
    #[must_use]
    pub fn remind_of_survey(&self, rules: &MigrantRules, today: Date) -> Option<(Self, MigrantEvent)> {
        let due_on = self.review_due_on(rules)?;
        self.survey_told_on(rules).filter(|day| *day <= today)?;
        let county = self.whereabouts.open()?.value.stay()?.county();
        let late = self.survey_watch.told.is_some_and(|told| told >= due_on);
        let event = MigrantEvent { migrant: self.id, county, fact: MigrantFact::SurveyDue { due_on, late } };
        let mut told = self.clone();
        told.survey_watch.told = Some(today);
        Some((told, event))
    }
}
