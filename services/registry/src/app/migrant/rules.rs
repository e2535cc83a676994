//! The rules that come with Hutong.

use crate::domain::migrant::rules::UrbanDistrictsError;
use crate::domain::migrant::{MigrantRules, UrbanDistricts};

/// The urban districts of the city, which a city edits.
const URBAN_DISTRICTS: &str = include_str!("../../../../../deploy/urban-districts.csv");

/// The law with the city's urban districts.
///
/// # Errors
/// [`UrbanDistrictsError`] if the table is damaged, which a test excludes.
pub fn built_in() -> Result<MigrantRules, UrbanDistrictsError> {
    Ok(MigrantRules::with(UrbanDistricts::from_csv(URBAN_DISTRICTS)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_with_hutong_is_sound() {
        let rules = built_in().unwrap();
        let county = |code: &str| code.parse().unwrap();
        assert!(rules.urban_districts.contains(county("371602")) && rules.urban_districts.contains(county("371603")));
        assert!(!rules.urban_districts.contains(county("371681")), "a city at county level is no urban district");
    }
}
