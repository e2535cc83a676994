//! A child's file (儿童档案) and where it stands.

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, ChildId, CitizenId, Date, Instant, Month};

use super::category::Category;
use super::category_record::CategoryRecord;
use super::event::{Event, Fact};
use super::profile::{Household, Profile};

/// One child's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The file's identifier.
    pub id: ChildId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// Where the file stands.
    pub state: ChildState,
    /// What the office wrote down.
    pub profile: Profile,
    /// Its categories by `from`, ended ones included.
    pub categories: Vec<CategoryRecord>,
    /// When the file was opened.
    pub opened_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildState {
    /// 在册: the child is helped, and the file may change.
    Active,
    /// 终止: closed for good.
    Ended {
        /// Why.
        reason: EndReason,
        /// The day of the event.
        on: Date,
    },
    /// 已合并: another file of the same child stays.
    Merged {
        /// The file that stays.
        into: ChildId,
    },
}

/// Why a file ends. Adoption is secret (level 4): `Debug` hides which it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// 死亡.
    Death = 1,
    /// 收养.
    Adoption = 2,
    /// 年满18周岁.
    Adulthood = 3,
}

/// A changed file with the facts to tell. Without events nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file as it stands now.
    pub child: Child,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// The file is ended or merged and changes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is ended or merged")]
pub struct NotActive;

/// A category that a new file brings with it, confirmed by the county earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The new record's identifier.
    pub record: CategoryRecordId,
    /// The category.
    pub category: Category,
    /// The day of the confirmation.
    pub on: Date,
}

impl Child {
    /// Opens a file. `confirmed` are the categories that an office's roster says were confirmed; its word is taken.
    #[must_use]
    pub fn register(id: ChildId, profile: Profile, confirmed: &[Confirmed], now: Instant) -> Change {
        let mut child = Self {
            id,
            version: 1,
            state: ChildState::Active,
            profile,
            categories: Vec::with_capacity(confirmed.len()),
            opened_at: now,
            changed_at: now,
        };
        let mut events = vec![child.event(Fact::Registered {
            birth_month: Month::of(child.profile.birth_date),
            registered_on: shanghai_date(now),
        })];
        for Confirmed { record, category, on } in confirmed {
            let record = CategoryRecord::confirmed(*record, *category, *on);
            events.push(child.event(Fact::CategoryConfirmed {
                record: record.id,
                tier: record.tier(),
                from: record.from,
            }));
            child.categories.push(record);
        }
        Change { child, events }
    }

    /// Replaces the profile. Equal profiles change nothing. The household moves by a transfer only: the present one
    /// is kept whatever `profile` says.
    ///
    /// # Errors
    /// [`NotActive`].
    pub fn update(&self, profile: &Profile, now: Instant) -> Result<Change, NotActive> {
        self.active()?;
        let profile = profile.moved_to(self.household());
        let changed = self.profile.differences(&profile);
        if changed.is_empty() {
            return Ok(Change { child: self.clone(), events: Vec::new() });
        }
        let child = Self { profile, ..self.changed(now) };
        let events = vec![child.event(Fact::Updated { changed })];
        Ok(Change { child, events })
    }

    /// Where the household is registered.
    #[must_use]
    pub fn household(&self) -> Household {
        self.profile.household
    }

    /// The citizen ID that no other file may have. A merged file has given its ID up to the one that stays.
    #[must_use]
    pub fn unique_citizen_id(&self) -> Option<CitizenId> {
        match self.state {
            ChildState::Merged { .. } => None,
            ChildState::Active | ChildState::Ended { .. } => self.profile.citizen_id,
        }
    }

    /// The records that stand.
    pub fn standing(&self) -> impl Iterator<Item = &CategoryRecord> {
        self.categories.iter().filter(|record| record.stands())
    }

    /// # Errors
    /// [`NotActive`] unless the file may change.
    pub fn active(&self) -> Result<(), NotActive> {
        match self.state {
            ChildState::Active => Ok(()),
            ChildState::Ended { .. } | ChildState::Merged { .. } => Err(NotActive),
        }
    }

    /// A copy that counts as changed at `now`, the ground for what really changes.
    pub(super) fn changed(&self, now: Instant) -> Self {
        Self { version: self.version + 1, changed_at: now, ..self.clone() }
    }

    /// A fact about this child in its present county.
    pub(super) fn event(&self, fact: Fact) -> Event {
        Event { child: self.id, county: self.household().county(), fact }
    }

    /// Adds a record in the order of `from`.
    pub(super) fn add(&mut self, record: CategoryRecord) {
        let place = self.categories.partition_point(|other| (other.from, other.id) <= (record.from, record.id));
        self.categories.insert(place, record);
    }
}

impl EndReason {
    /// Every reason, by number.
    pub const ALL: [Self; 3] = [Self::Death, Self::Adoption, Self::Adulthood];

    /// The number in the contract and in the database, 1 to 3.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The reason of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.number() == number)
    }
}

/// Says only that it is one.
impl std::fmt::Debug for EndReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EndReason(****)")
    }
}

#[cfg(test)]
mod tests;
