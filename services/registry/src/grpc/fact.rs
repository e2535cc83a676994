//! What all facts with two times have in common, from the contract's shape to the domain's.

use contract::date::to_date;
use contract::google::r#type::Date as WireDate;
use contract::registry::v1;
use kernel::{Date, DisabilityGrade, Instant, Period};
use platform::error::ServiceError;
use prost_types::Timestamp;

use super::request::day;
use crate::app::Application;
use crate::domain::AsOf;
use crate::domain::evidence::{Disability, DisabilityType, Evidence};
use crate::domain::household::FamilyMeans;
use crate::domain::roster::spelling::trimmed;

/// A text in a field, trimmed.
pub fn text(text: &str) -> String {
    trimmed(text).to_owned()
}

/// A day in a field, nothing if it is not set.
pub fn optional_day(field: &str, date: Option<&WireDate>) -> Result<Option<Date>, ServiceError> {
    date.map(|date| to_date(date).map_err(|error| invalid(field, error.to_string()))).transpose()
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
    let day = optional_day("as_of_valid", valid)?.unwrap_or_else(|| application.clock.today());
    let instant = |time: &Timestamp| {
        let micros = i64::from(time.nanos) / 1_000;
        let micros = time.seconds.checked_mul(1_000_000).and_then(|seconds| seconds.checked_add(micros));
        micros.map(Instant::from_micros).ok_or_else(|| invalid("as_of_recorded", "must be an instant"))
    };
    Ok(AsOf { day, known: recorded.map(instant).transpose()?.unwrap_or(Instant::MAX) })
}

/// Documents.
pub fn evidence(field: &str, evidence: &[v1::Evidence]) -> Result<Vec<Evidence>, ServiceError> {
    let parse = |(index, one): (usize, &v1::Evidence)| {
        Ok(Evidence {
            kind: text(&one.kind),
            number: text(&one.number),
            issuer: text(&one.issuer),
            issued_on: optional_day(&format!("{field}[{index}].issued_on"), one.issued_on.as_ref())?,
        })
    };
    evidence.iter().enumerate().map(parse).collect()
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
