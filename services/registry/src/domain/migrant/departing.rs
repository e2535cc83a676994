//! A child leaves the city.

use kernel::{Date, Division, Instant, Period};

use super::entry::MigrantEntry;
use super::event::{MigrantEvent, MigrantFact};
use super::reporting::MigrantChange;
use super::whereabouts::Whereabouts;

/// Why a departure is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepartureError {
    /// In the future, or not after an arrival.
    #[error("the day of departure is in the future or not after the arrival")]
    ImpossibleDay,
}

impl MigrantEntry {
    /// The child is away from `left_on` on, until it came back if it did. Recorded for a child that had left before, it
    /// corrects the day: later days become days of the stay again.
    ///
    /// # Errors
    /// [`DepartureError`].
    pub fn depart(
        &self,
        left_on: Date,
        to: Option<Division>,
        now: Instant,
        today: Date,
    ) -> Result<MigrantChange, DepartureError> {
        let impossible = DepartureError::ImpossibleDay;
        let eve = left_on.yesterday().map_err(|_| impossible)?;
        if left_on > today {
            return Err(impossible);
        }
        let now = now.max(self.changed_at);
        let runs = self.view().runs();
        let index = runs.iter().rposition(|run| run.from < left_on).ok_or(impossible)?;
        let back = runs.get(index + 1).map(|run| run.from);
        let absence = Period::new(left_on, back).map_err(|_| impossible)?;
        let mut entry = self.clone();
        if let Some(Ok(again)) = runs[index].until.map(|left_before| Period::new(left_before, Some(left_on))) {
            let last_day = again.from().yesterday().map_err(|_| impossible)?;
            let stay = self.whereabouts.on(last_day).and_then(Whereabouts::stay).ok_or(impossible)?;
            entry.whereabouts.record(again, Whereabouts::Here(stay.clone()), now);
        }
        let stay = entry.whereabouts.on(eve).and_then(Whereabouts::stay).ok_or(impossible)?.clone();
        entry.whereabouts.record(absence, Whereabouts::Away(to), now);
        if entry == *self {
            return Ok(MigrantChange { entry, events: Vec::new() });
        }
        let event = MigrantEvent { migrant: self.id, county: stay.county(), fact: MigrantFact::Left { on: left_on } };
        Ok(MigrantChange { entry: entry.touched(now), events: vec![event] })
    }
}
