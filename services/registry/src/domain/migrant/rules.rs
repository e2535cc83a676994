//! What the law says of migrant children, with the city's own data.

use std::collections::BTreeSet;

use kernel::time::birthday;
use kernel::{Date, Division, DivisionLevel, Month};

use super::terms::NotMigrant;

/// The rule by which a child is a migrant child [L].
#[derive(Clone, Debug)]
pub struct MigrantRules {
    /// Months outside the county of registration after which a child counts: 6 [L].
    pub months_away: i32,
    /// The age in full years from which a child counts no more: 16 [L].
    pub age_limit: i32,
    /// Months after its last survey in which an entry must be confirmed again: 12 [P].
    pub months_until_review: i32,
    /// Which divisions are urban districts.
    pub urban_districts: UrbanDistricts,
}

impl MigrantRules {
    /// The law, with a city's urban districts and a survey a year.
    #[must_use]
    pub fn with(urban_districts: UrbanDistricts) -> Self {
        Self { months_away: 6, age_limit: 16, months_until_review: 12, urban_districts }
    }

    /// Why somebody who is registered in one county and lives in another place is not outside, `None` if they are.
    #[must_use]
    pub fn not_outside(&self, registration: Division, residence: Division) -> Option<NotMigrant> {
        let home = residence.county().unwrap_or(residence);
        if registration == home {
            return Some(NotMigrant::SameCounty);
        }
        let urban = &self.urban_districts;
        let within_city = registration.parent() == home.parent();
        (within_city && urban.contains(registration) && urban.contains(home)).then_some(NotMigrant::UrbanDistricts)
    }

    /// The first day on which somebody who went away on `since` has been away long enough.
    #[must_use]
    pub fn long_enough(&self, since: Date) -> Date {
        months_after(since, self.months_away)
    }

    /// The day from which a child counts no more for its age.
    #[must_use]
    pub fn too_old_from(&self, birth_date: Date) -> Date {
        birthday(birth_date, self.age_limit).unwrap_or(Date::MAX)
    }
}

/// The day of the same number `months` later. Where that month has none, the first day of the next: the last day of the
/// month is still the day before, as with birthdays on 29 February.
#[must_use]
pub fn months_after(day: Date, months: i32) -> Date {
    let month = Month::of(day).plus(months);
    Date::new(month.year(), month.month(), day.day()).unwrap_or_else(|_| month.next().first_day())
}

/// The urban districts (市辖区) of a city. Moves between them make no migrant child [L]; which divisions they are is data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrbanDistricts(BTreeSet<Division>);

/// Why a table of urban districts cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrbanDistrictsError {
    /// The first line is another than `code,name`.
    #[error("the first line of the urban districts is not code,name")]
    Header,
    /// A line does not begin with the six digits of a county.
    #[error("line {0} of the urban districts has no county's code")]
    Code(usize),
}

impl UrbanDistricts {
    /// Reads the table: a line `code,name`, then one for each district.
    ///
    /// # Errors
    /// [`UrbanDistrictsError`] with the line at fault.
    pub fn from_csv(text: &str) -> Result<Self, UrbanDistrictsError> {
        let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        if lines.next().is_none_or(|(header, _)| header.trim() != "code,name") {
            return Err(UrbanDistrictsError::Header);
        }
        let districts = lines.map(|(line, number)| {
            let code = line.split(',').next().unwrap_or_default().trim();
            let division: Option<Division> = code.parse().ok();
            let county = division.filter(|division| division.level() == DivisionLevel::County);
            county.ok_or(UrbanDistrictsError::Code(number))
        });
        Ok(Self(districts.collect::<Result<_, _>>()?))
    }

    /// Whether a division is one of them.
    #[must_use]
    pub fn contains(&self, county: Division) -> bool {
        self.0.contains(&county)
    }
}
