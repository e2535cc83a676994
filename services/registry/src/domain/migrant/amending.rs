//! Somebody knows better than the surveys.

use kernel::{ChildId, CitizenId, Date, Division, Instant, Period, Sex};

use super::entry::MigrantEntry;
use super::particulars::{Guardian, Identity, IdentityError, IdentityParts};
use super::reporting::{MigrantChange, ReportError};
use super::terms::SpecialReason;
use super::whereabouts::{Stay, Whereabouts};

/// New values for some fields of an entry.
#[derive(Clone, Debug, Default)]
pub struct Amendment {
    /// The child's name.
    pub full_name: Option<String>,
    /// The citizen ID, or that there is none.
    pub citizen_id: Option<Option<CitizenId>>,
    /// The day of birth.
    pub birth_date: Option<Date>,
    /// The sex.
    pub sex: Option<Sex>,
    /// The guardian's name.
    pub guardian_name: Option<String>,
    /// The guardian's phone.
    pub guardian_phone: Option<String>,
    /// The county of household registration.
    pub registration: Option<Division>,
    /// The residence.
    pub residence: Option<Division>,
    /// The day of the last arrival in the city.
    pub arrived_on: Option<Date>,
    /// Since when the guardians have been outside.
    pub away_since: Option<Option<Date>>,
    /// The school.
    pub school: Option<String>,
    /// Why it is a special migrant child, or that it is none.
    pub special: Option<Option<SpecialReason>>,
    /// Its file, or that there is none.
    pub child: Option<Option<ChildId>>,
    /// Since when; without a day it was so all along.
    pub valid_from: Option<Date>,
}

/// Why an amendment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmendmentError {
    /// The identity's parts do not agree.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Days do not agree.
    #[error(transparent)]
    Days(#[from] ReportError),
    /// `valid_from` lies in the future or before the child's birth.
    #[error("the day since when it holds is impossible")]
    ImpossibleDay,
}

impl MigrantEntry {
    /// Changes what is known. What was believed before stays, marked as superseded.
    ///
    /// # Errors
    /// [`AmendmentError`].
    pub fn amend(&self, amendment: &Amendment, now: Instant, today: Date) -> Result<MigrantChange, AmendmentError> {
        let now = now.max(self.changed_at);
        let mut entry = self.clone();
        let identity = Identity::new(amendment.identity(self.known_identity().parts()), today)?;
        let born = identity.parts().birth_date;
        entry.identity.record(Period::always(), identity, now);
        if amendment.valid_from.is_some_and(|day| day > today || day < born) {
            return Err(AmendmentError::ImpossibleDay);
        }
        if let Some(day) = amendment.arrived_on {
            entry.correct_arrival(day, born, now, today)?;
        }
        let since = amendment.valid_from.map_or_else(Period::always, Period::since);
        entry.whereabouts.amend(since, now, |whereabouts| match whereabouts {
            Whereabouts::Here(stay) => Whereabouts::Here(amendment.stay(stay)),
            Whereabouts::Away(to) => Whereabouts::Away(*to),
        });
        entry.check_days(born)?;
        entry.amend_guardian(amendment, since, now);
        if let Some(special) = amendment.special {
            let since = Period::since(amendment.valid_from.unwrap_or(today));
            match special {
                Some(reason) => entry.special.record(since, reason, now),
                None => entry.special.clear(since, now),
            }
        }
        if let Some(child) = amendment.child {
            entry.child = child;
        }
        let changed = entry != *self;
        Ok(MigrantChange { entry: if changed { entry.touched(now) } else { entry }, events: Vec::new() })
    }

    /// Moves the beginning of the last stay without a break.
    fn correct_arrival(&mut self, day: Date, born: Date, now: Instant, today: Date) -> Result<(), ReportError> {
        let view = self.view();
        let runs = view.runs();
        let run = *runs.last().expect("an entry begins with an arrival");
        let first = view.stay(run.from).expect("the run begins with a stay").clone();
        let too_late = run.until.is_some_and(|until| day >= until);
        if day > today || day < born || too_late {
            return Err(ReportError::ImpossibleArrival);
        }
        let before = runs.len().checked_sub(2).and_then(|index| runs[index].until);
        if before.is_some_and(|left| day < left) {
            return Err(ReportError::ArrivalBeforeDeparture);
        }
        if let Ok(earlier) = Period::new(day, Some(run.from)) {
            self.whereabouts.record(earlier, Whereabouts::Here(first), now);
        } else if let Ok(later) = Period::new(run.from, Some(day)) {
            // The days before are days of absence again, or were never days of the ledger.
            match before.and_then(|_| run.from.yesterday().ok()).and_then(|eve| self.whereabouts.on(eve).cloned()) {
                Some(away) => self.whereabouts.record(later, away, now),
                None => self.whereabouts.clear(later, now),
            }
        }
        Ok(())
    }

    fn check_days(&self, born: Date) -> Result<(), ReportError> {
        for version in self.whereabouts.current() {
            let Some(stay) = version.value.stay() else { continue };
            if version.period.from() < born {
                return Err(ReportError::ImpossibleArrival);
            }
            if stay.away_since.is_some_and(|away| away > version.period.from()) {
                return Err(ReportError::AwayAfterArrival);
            }
        }
        Ok(())
    }

    fn amend_guardian(&mut self, amendment: &Amendment, since: Period, now: Instant) {
        if amendment.guardian_name.is_none() && amendment.guardian_phone.is_none() {
            return;
        }
        let changed = |known: &Guardian| Guardian {
            name: amendment.guardian_name.clone().unwrap_or_else(|| known.name.clone()),
            phone: amendment.guardian_phone.clone().unwrap_or_else(|| known.phone.clone()),
        };
        self.guardian.amend(since, now, changed);
        let day = since.from();
        if self.guardian.current().iter().all(|version| version.period.until().is_some_and(|until| until <= day)) {
            self.guardian.record(since, changed(&Guardian::default()), now);
        }
    }
}

impl Amendment {
    fn identity(&self, known: &IdentityParts) -> IdentityParts {
        let citizen_id = self.citizen_id.unwrap_or(known.citizen_id);
        let born = self.birth_date.or_else(|| self.citizen_id.flatten().map(|id| id.birth_date()));
        IdentityParts {
            full_name: self.full_name.clone().unwrap_or_else(|| known.full_name.clone()),
            citizen_id,
            birth_date: born.unwrap_or(known.birth_date),
            sex: self.sex.unwrap_or(known.sex),
        }
    }

    fn stay(&self, known: &Stay) -> Stay {
        Stay {
            registration: self.registration.unwrap_or(known.registration),
            residence: self.residence.unwrap_or(known.residence),
            away_since: self.away_since.unwrap_or(known.away_since),
            school: self.school.clone().unwrap_or_else(|| known.school.clone()),
        }
    }
}
