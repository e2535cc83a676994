//! What all facts with two times have in common, from the contract's shape to the domain's.

use contract::google::r#type::Date as WireDate;
use contract::registry::v1;
use kernel::spelling::trimmed;
use kernel::{DisabilityGrade, Period};
use platform::error::ServiceError;
use platform::request::{day, optional_day};
use prost_types::Timestamp;

use super::evidence::evidence;
use super::request::{self};
use crate::app::Application;
use crate::domain::AsOf;
use crate::domain::evidence::{Disability, DisabilityType};
use crate::domain::household::FamilyMeans;

/// A text in a field, trimmed.
pub fn text(text: &str) -> String {
    trimmed(text).to_owned()
}

/// The days for which something holds.
pub fn period(field: &str, validity: Option<&v1::Validity>) -> Result<Period, ServiceError> {
    let validity = validity.ok_or_else(|| invalid(field, "must be set"))?;
    let from = day(&format!("{field}.from"), validity.from.as_ref())?;
    let until = format!("{field}.until");
    Period::new(from, optional_day(&until, validity.until.as_ref())?)
        .map_err(|_| ServiceError::invalid(until, "PERIOD_EMPTY", "must be later than the first day"))
}

/// The two times of a question; what is not set is today, and all that is known.
pub fn as_of(
    valid: Option<&WireDate>,
    recorded: Option<&Timestamp>,
    application: &Application,
) -> Result<AsOf, ServiceError> {
    let asked = request::as_of(valid, recorded, application.clock.now())?;
    Ok(asked.unwrap_or_else(|| AsOf::day(application.clock.today())))
}

/// A disability.
pub fn disability(field: &str, disability: &v1::Disability) -> Result<Disability, ServiceError> {
    let kind = DisabilityType::from_number(disability.r#type)
        .ok_or_else(|| invalid(format!("{field}.type"), "must be a type of GB/T 26341"))?;
    let grade = u8::try_from(disability.grade).ok().and_then(DisabilityGrade::from_code);
    Ok(Disability {
        kind,
        grade: grade.ok_or_else(|| invalid(format!("{field}.grade"), "must be 1 to 4"))?,
        evidence: evidence(&format!("{field}.evidence"), &disability.evidence)?,
    })
}

/// A family's means.
pub fn means(field: &str, means: &v1::FamilyMeans) -> Result<FamilyMeans, ServiceError> {
    Ok(FamilyMeans {
        in_poverty: means.in_poverty,
        minimum_living_grant: means.minimum_living_grant,
        evidence: evidence(&format!("{field}.evidence"), &means.evidence)?,
    })
}

/// A field at fault.
pub fn invalid(field: impl Into<String>, expected: impl Into<String>) -> ServiceError {
    ServiceError::invalid(field, "INVALID_FIELDS", expected)
}
