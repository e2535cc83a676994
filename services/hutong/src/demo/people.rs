use contract::date::from_date;
use contract::registry::v1::{ChildProfile, Sex};
use kernel::{CitizenId, Date};

use super::DemoError;

/// A prefix that is nobody's: no person has an ID that begins so.
const NOBODYS: &str = "371699";

/// A child that does not exist, born today, number `serial` of the day (1 to 999).
pub(super) fn newborn(serial: usize, today: Date, household_division: &str) -> Result<ChildProfile, DemoError> {
    let birth = format!("{:04}{:02}{:02}", today.year(), today.month(), today.day());
    let id = CitizenId::complete(&format!("{NOBODYS}{birth}{serial:03}"))?;
    Ok(ChildProfile {
        full_name: format!("示例{serial:03}"),
        citizen_id: id.as_str().to_owned(),
        birth_date: Some(from_date(today)),
        sex: Sex::Unspecified.into(),
        household_division: household_division.to_owned(),
        guardian_name: "示例监护人".to_owned(),
        guardian_relation: "祖母".to_owned(),
        ..ChildProfile::default()
    })
}

/// The same child, written down a second time by an office that did not have its ID.
pub(super) fn without_id(profile: &ChildProfile) -> ChildProfile {
    ChildProfile { citizen_id: String::new(), remarks: "重复登记".to_owned(), ..profile.clone() }
}
