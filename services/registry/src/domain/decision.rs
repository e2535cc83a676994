//! The county decides on a category: confirms, reclassifies, ends (认定, 调整, 终止).

use kernel::time::{age_on, shanghai_date};
use kernel::{CategoryRecordId, Date, Instant};

use super::category::Category;
use super::category_record::CategoryRecord;
use super::child::{Change, Child, NotActive};
use super::event::Fact;

/// Why a decision on a category is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// The file changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// The child has no such record.
    #[error("no such category record")]
    NoSuchRecord,
    /// The record was ended before.
    #[error("the category has ended")]
    AlreadyEnded,
    /// The category stands already, or a month would count twice.
    #[error("the category stands already")]
    AlreadyConfirmed,
    /// The child is too old for the category on the day of the confirmation.
    #[error("the child is too old for the category")]
    AgeLimit,
    /// The day is before the confirmation of the record that it ends.
    #[error("the day is before the category's confirmation")]
    BeforeStart,
    /// The day is before the birth or in the future.
    #[error("the day is before the birth or in the future")]
    ImpossibleDay,
}

impl Child {
    /// Confirms a category on a day, under the identifier `id`.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn confirm(
        &self,
        id: CategoryRecordId,
        category: Category,
        confirmed_on: Date,
        now: Instant,
    ) -> Result<Change, DecisionError> {
        self.active()?;
        let record = self.confirmable(id, category, confirmed_on, now)?;
        let (tier, from) = (record.tier(), record.from);
        let mut child = self.changed(now);
        child.add(record);
        let events = vec![child.event(Fact::CategoryConfirmed { record: id, tier, from })];
        Ok(Change { child, events })
    }

    /// Replaces the standing record `previous` by a confirmation of another category: the old one counts to the end of
    /// the month of the confirmation, the new one from the month after.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn reclassify(
        &self,
        previous: CategoryRecordId,
        id: CategoryRecordId,
        category: Category,
        confirmed_on: Date,
        now: Instant,
    ) -> Result<Change, DecisionError> {
        self.active()?;
        let index = self.standing_index(previous)?;
        let old = &self.categories[index];
        if confirmed_on < old.confirmed_on {
            return Err(DecisionError::BeforeStart);
        }
        let record = self.confirmable(id, category, confirmed_on, now)?;
        let mut child = self.changed(now);
        child.categories[index] = old.ended(confirmed_on, now);
        let (tier, from) = (record.tier(), record.from);
        child.add(record);
        let events = vec![child.event(Fact::CategoryReclassified {
            record: id,
            tier,
            previous_record: previous,
            previous_tier: old.tier(),
            from,
        })];
        Ok(Change { child, events })
    }

    /// Ends a standing record by an event of a day.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn end_category(
        &self,
        record: CategoryRecordId,
        ended_on: Date,
        now: Instant,
    ) -> Result<Change, DecisionError> {
        self.active()?;
        let index = self.standing_index(record)?;
        if ended_on < self.categories[index].confirmed_on {
            return Err(DecisionError::BeforeStart);
        }
        self.possible(ended_on, now)?;
        let mut child = self.changed(now);
        let ended = child.categories[index].ended(ended_on, now);
        let (tier, until) = (ended.tier(), ended.until.expect("the record was just ended"));
        child.categories[index] = ended;
        let events = vec![child.event(Fact::CategoryEnded { record, tier, until })];
        Ok(Change { child, events })
    }

    /// The new record, if the child may have it beside its others.
    fn confirmable(
        &self,
        id: CategoryRecordId,
        category: Category,
        confirmed_on: Date,
        now: Instant,
    ) -> Result<CategoryRecord, DecisionError> {
        self.possible(confirmed_on, now)?;
        if age_on(self.profile().birth_date, confirmed_on) >= category.age_limit() {
            return Err(DecisionError::AgeLimit);
        }
        let record = CategoryRecord::confirmed(id, category, confirmed_on, now);
        let twice =
            self.categories.iter().filter(|other| other.category == category).any(|other| other.overlaps(record.from));
        if twice {
            return Err(DecisionError::AlreadyConfirmed);
        }
        Ok(record)
    }

    fn possible(&self, day: Date, now: Instant) -> Result<(), DecisionError> {
        if day < self.profile().birth_date || day > shanghai_date(now) {
            return Err(DecisionError::ImpossibleDay);
        }
        Ok(())
    }

    fn standing_index(&self, record: CategoryRecordId) -> Result<usize, DecisionError> {
        let index = self.categories.iter().position(|other| other.id == record).ok_or(DecisionError::NoSuchRecord)?;
        if self.categories[index].stands() { Ok(index) } else { Err(DecisionError::AlreadyEnded) }
    }
}

#[cfg(test)]
mod tests;
