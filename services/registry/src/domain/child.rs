//! A child's file (儿童档案) and where it stands.

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, ChildId, CitizenId, Date, Instant, Month, Period, Timeline, Version};

use super::category::Category;
use super::category_record::CategoryRecord;
use super::event::{Event, Fact};
use super::profile::{Household, Profile, ProfileError, ProfilePatch};

/// One child's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The file's identifier.
    pub id: ChildId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// What was ever recorded of it. Its open version is how it stands now. For reading that one suffices; a decision
    /// needs all of them.
    pub record: Timeline<Standing>,
    /// Its categories by `from`, ended ones included.
    pub categories: Vec<CategoryRecord>,
    /// When the file was opened.
    pub opened_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

/// How a file stands for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the file stands.
    pub state: ChildState,
    /// What the office wrote down.
    pub profile: Profile,
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

/// Why a profile does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The file changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// The changed profile cannot be.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The new values would hold from a day in the future.
    #[error("the new values hold from a day in the future")]
    ImpossibleDay,
}

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
            record: Timeline::beginning(Period::always(), Standing { state: ChildState::Active, profile }, now),
            categories: Vec::with_capacity(confirmed.len()),
            opened_at: now,
            changed_at: now,
        };
        let mut events = vec![child.event(Fact::Registered {
            birth_month: Month::of(child.profile().birth_date),
            registered_on: shanghai_date(now),
        })];
        for Confirmed { record, category, on } in confirmed {
            let record = CategoryRecord::confirmed(*record, *category, *on, now);
            events.push(child.event(Fact::CategoryConfirmed {
                record: record.id,
                tier: record.tier(),
                from: record.from,
            }));
            child.categories.push(record);
        }
        Change { child, events }
    }

    /// The present version of its record.
    #[must_use]
    pub fn present(&self) -> &Version<Standing> {
        self.record.open().expect("a file's record has no end")
    }

    /// How the file stands now.
    #[must_use]
    pub fn standing_now(&self) -> &Standing {
        &self.present().value
    }

    /// What the office knows of the child now.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.standing_now().profile
    }

    /// Where the file stands now.
    #[must_use]
    pub fn state(&self) -> ChildState {
        self.standing_now().state
    }

    /// Changes what the office knows, from a day on or for all days. Equal values change nothing. The household moves by
    /// a transfer only: it is kept whatever the patch says.
    ///
    /// # Errors
    /// [`UpdateError`].
    pub fn update(&self, patch: &ProfilePatch, valid_from: Option<Date>, now: Instant) -> Result<Change, UpdateError> {
        self.active()?;
        let today = shanghai_date(now);
        if valid_from.is_some_and(|day| day > today) {
            return Err(UpdateError::ImpossibleDay);
        }
        let mut record = self.record.clone();
        // Every version that will hold must be a possible profile.
        for version in self.record.current() {
            patch.apply(&version.value.profile, today)?;
        }
        let apply = |patch: ProfilePatch| {
            move |standing: &Standing| Standing {
                profile: patch.apply(&standing.profile, today).expect("the patch was tried before"),
                state: standing.state,
            }
        };
        match valid_from {
            Some(day) => record.amend(Period::since(day), now, apply(patch.clone())),
            None => {
                // A name, an ID, a birth or a sex that changes was written down wrongly: it was never otherwise.
                record.amend(Period::always(), now, apply(patch.identity()));
                record.amend(Period::since(today), now, apply(patch.circumstances()));
            }
        }
        if record == self.record {
            return Ok(Change { child: self.clone(), events: Vec::new() });
        }
        let child = Self { record, ..self.changed(now) };
        let mut changed = Vec::new();
        for version in child.record.current() {
            let before = &self.record.on(version.period.from()).expect("a record covers all days").profile;
            for field in before.differences(&version.value.profile) {
                if !changed.contains(&field) {
                    changed.push(field);
                }
            }
        }
        let events = vec![child.event(Fact::Updated { changed })];
        Ok(Change { child, events })
    }

    /// Where the household is registered.
    #[must_use]
    pub fn household(&self) -> Household {
        self.profile().household
    }

    /// The citizen ID that no other file may have. A merged file has given its ID up to the one that stays.
    #[must_use]
    pub fn unique_citizen_id(&self) -> Option<CitizenId> {
        match self.state() {
            ChildState::Merged { .. } => None,
            ChildState::Active | ChildState::Ended { .. } => self.profile().citizen_id,
        }
    }

    /// The file into which it was merged.
    #[must_use]
    pub fn merged_into(&self) -> Option<ChildId> {
        match self.state() {
            ChildState::Merged { into } => Some(into),
            ChildState::Active | ChildState::Ended { .. } => None,
        }
    }

    /// The records that stand.
    pub fn standing(&self) -> impl Iterator<Item = &CategoryRecord> {
        self.categories.iter().filter(|record| record.stands())
    }

    /// # Errors
    /// [`NotActive`] unless the file may change.
    pub fn active(&self) -> Result<(), NotActive> {
        match self.state() {
            ChildState::Active => Ok(()),
            ChildState::Ended { .. } | ChildState::Merged { .. } => Err(NotActive),
        }
    }

    /// The same file, standing otherwise from a day on.
    pub(super) fn standing_from(&self, day: Date, now: Instant, change: impl Fn(&Standing) -> Standing) -> Self {
        let mut child = self.changed(now);
        child.record.amend(Period::since(day), now, change);
        child
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
