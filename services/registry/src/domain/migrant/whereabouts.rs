//! Where a migrant child is.

use std::fmt;

use kernel::{Date, Division, DivisionDirectory, DivisionLevel};

/// A stay in one place of the city.
///
/// **Sensitive (level 3).** `Debug` hides the place and the school.
#[derive(Clone, PartialEq, Eq)]
pub struct Stay {
    /// The county of household registration, anywhere in the country.
    pub registration: Division,
    /// Where the child lives: a county, township or village of the city.
    pub residence: Division,
    /// Since when the guardians have been outside the county of registration, if that was before the arrival.
    pub away_since: Option<Date>,
    /// The school or kindergarten; may be empty.
    pub school: String,
}

impl Stay {
    /// Whether somebody may be registered in this county: any of the country; of the city's, one that there is.
    #[must_use]
    pub fn registers(county: Division, divisions: &DivisionDirectory) -> bool {
        let ours = county.parent().is_some_and(|city| divisions.contains(city));
        county.level() == DivisionLevel::County && (!ours || divisions.contains(county))
    }

    /// The county of residence.
    #[must_use]
    pub fn county(&self) -> Division {
        self.residence.county().unwrap_or(self.residence)
    }
}

impl fmt::Debug for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stay(****)")
    }
}

/// Where a child of the ledger is: the value of one timeline, which begins with the first arrival and has no gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In the city.
    Here(Stay),
    /// Away from it, in this division of the country if that is known.
    Away(Option<Division>),
}

impl Whereabouts {
    /// The stay, if it is one.
    #[must_use]
    pub fn stay(&self) -> Option<&Stay> {
        match self {
            Self::Here(stay) => Some(stay),
            Self::Away(_) => None,
        }
    }
}
