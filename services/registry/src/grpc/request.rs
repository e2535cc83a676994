//! From a request's fields to the types of the registry.

use contract::Department;
use contract::google::r#type::Date as WireDate;
use kernel::time::shanghai_date;
use kernel::{ChildId, Division, DivisionDirectory, Instant};
use platform::access::Caller;
use platform::error::ServiceError;
use platform::request::{id, instant_or, optional_day};

use crate::app::import_roster::Mode;
use crate::app::published::Reader;
use crate::app::refusal::unknown_division;
use crate::app::target::Target;
use crate::domain::{AsOf, Category, Household};

/// The file that a request changes.
pub fn target(child: &str, etag: &str) -> Result<Target, ServiceError> {
    let child: ChildId = id("child", child)?;
    Ok(Target { child, etag: etag.to_owned() })
}

/// The two times of a reading, nothing if neither is asked for: then the present is read.
pub fn as_of(
    valid: Option<&WireDate>,
    recorded: Option<&prost_types::Timestamp>,
    now: Instant,
) -> Result<Option<AsOf>, ServiceError> {
    let valid = optional_day("as_of_valid", valid)?;
    if valid.is_none() && recorded.is_none() {
        return Ok(None);
    }
    Ok(Some(AsOf { day: valid.unwrap_or_else(|| shanghai_date(now)), known: instant_or(recorded, now) }))
}

/// A category in a field.
pub fn category(field: &str, number: i32) -> Result<Category, ServiceError> {
    Category::from_number(number)
        .ok_or_else(|| ServiceError::invalid(field, "INVALID_FIELDS", "must be a category of the contract"))
}

/// A household's division in a field, one of the city's.
pub fn household(field: &str, code: &str, divisions: &DivisionDirectory) -> Result<Household, ServiceError> {
    code.parse::<Division>()
        .ok()
        .filter(|division| divisions.contains(*division))
        .and_then(Household::in_division)
        .ok_or_else(|| unknown_division(field))
}

/// Who reads a report.
pub fn reader<M>(request: &tonic::Request<M>) -> Result<Reader, ServiceError> {
    Ok(match Caller::of(request)?.department() {
        Some(Department::CivilAffairs) => Reader::Owner,
        _ => Reader::Other,
    })
}

/// What an import does with sound rows.
pub fn mode(validate_only: bool) -> Mode {
    if validate_only { Mode::ValidateOnly } else { Mode::Register }
}
