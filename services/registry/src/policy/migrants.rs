//! Who counts as a migrant child: the law, with what a city sets.

use crate::domain::migrant::rules::UrbanDistrictsError;
use crate::domain::migrant::{MigrantRules, UrbanDistricts};

/// The urban districts of the city, which a city edits.
const URBAN_DISTRICTS: &str = include_str!("../../../../deploy/urban-districts.csv");

/// The law with the city's urban districts, and a survey in so many months.
///
/// # Errors
/// [`UrbanDistrictsError`] if the table that comes with Hutong is damaged, which a test excludes.
pub(super) fn rules(survey_every_months: u16) -> Result<MigrantRules, UrbanDistrictsError> {
    let law = MigrantRules::with(UrbanDistricts::from_csv(URBAN_DISTRICTS)?);
    Ok(MigrantRules { months_until_review: survey_every_months.into(), ..law })
}
