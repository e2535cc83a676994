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
        let current = self.whereabouts.current();
        let on_eve = current.iter().find(|version| version.period.contains(eve)).ok_or(impossible)?;
        let mut entry = self.clone();
        let (stay, back) = match &on_eve.value {
            Whereabouts::Here(stay) => {
                let later = current.iter().filter(|version| version.period.from() >= left_on);
                (stay.clone(), later.filter(|version| starts_run(&current, version)).map(|it| it.period.from()).min())
            }
            Whereabouts::Away(_) => {
                let left_before = on_eve.period.from();
                let before = left_before.yesterday().map_err(|_| impossible)?;
                let stay = self.whereabouts.on(before).and_then(Whereabouts::stay).ok_or(impossible)?.clone();
                let again = Period::new(left_before, Some(left_on)).map_err(|_| impossible)?;
                entry.whereabouts.record(again, Whereabouts::Here(stay.clone()), now);
                (stay, on_eve.period.until())
            }
        };
        let absence = Period::new(left_on, back).map_err(|_| impossible)?;
        entry.whereabouts.record(absence, Whereabouts::Away(to), now);
        if entry == *self {
            return Ok(MigrantChange { entry, events: Vec::new() });
        }
        let event = MigrantEvent { migrant: self.id, county: stay.county(), fact: MigrantFact::Left { on: left_on } };
        Ok(MigrantChange { entry: entry.touched(now), events: vec![event] })
    }
}

/// Whether a stay begins after an absence.
fn starts_run(all: &[&kernel::Version<Whereabouts>], version: &kernel::Version<Whereabouts>) -> bool {
    let here = version.value.stay().is_some();
    let joined =
        all.iter().any(|other| other.value.stay().is_some() && other.period.until() == Some(version.period.from()));
    here && !joined
}
