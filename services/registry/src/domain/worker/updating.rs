//! What is known of a worker's person changes.

use kernel::time::shanghai_date;
use kernel::{Date, Instant, Period};

use super::person::Person;
use super::worker::Worker;

/// New values for some of what is known of a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonPatch {
    /// The name; never empty.
    pub full_name: Option<String>,
    /// The phone, or empty.
    pub phone: Option<String>,
}

/// Says only that it is one.
impl std::fmt::Debug for PersonPatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonPatch(****)")
    }
}

/// The new values would hold from a day in the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the new values hold from a day in the future")]
pub struct FutureDay;

impl Worker {
    /// Changes who the worker is or how they are reached, from a day on. Without a day a name was written down wrongly and
    /// is corrected for all days, and a phone changes from today on. Equal values change nothing.
    ///
    /// # Errors
    /// [`FutureDay`].
    pub fn update(&self, patch: &PersonPatch, valid_from: Option<Date>, now: Instant) -> Result<Self, FutureDay> {
        let today = shanghai_date(now);
        if valid_from.is_some_and(|day| day > today) {
            return Err(FutureDay);
        }
        // The instants of a timeline rise, also where the clock was set back.
        let now = now.max(self.changed_at);
        let mut persons = self.persons.clone();
        let (named, reached) = match valid_from {
            Some(day) => (Period::since(day), Period::since(day)),
            None => (Period::always(), Period::since(today)),
        };
        if let Some(full_name) = &patch.full_name {
            persons.amend(named, now, |person| Person { full_name: full_name.clone(), ..person.clone() });
        }
        if let Some(phone) = &patch.phone {
            persons.amend(reached, now, |person| Person { phone: phone.clone(), ..person.clone() });
        }
        if persons == self.persons {
            return Ok(self.clone());
        }
        Ok(Self { persons, ..self.changed(now) })
    }
}
