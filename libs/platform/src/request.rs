//! From a request's fields to the types of the kernel. The contract's rules were checked before; what is left are the
//! rules that only the types know.

use std::str::FromStr;

use contract::date::{self, to_date, to_month};
use contract::google::r#type::Date as WireDate;
use kernel::spelling::trimmed;
use kernel::{Date, Division, Instant, Month};

use crate::error::{FieldViolation, ServiceError};

/// An identifier in a field.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is none.
pub fn id<T: FromStr>(field: &str, text: &str) -> Result<T, ServiceError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}

/// A day in a field.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is missing or no day of the calendar.
pub fn day(field: &str, date: Option<&WireDate>) -> Result<Date, ServiceError> {
    let missing = || ServiceError::invalid(field, "INVALID_FIELDS", "must be set");
    to_date(date.ok_or_else(missing)?)
        .map_err(|error| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}

/// A day in a field that may be left out.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is no day of the calendar.
pub fn optional_day(field: &str, date: Option<&WireDate>) -> Result<Option<Date>, ServiceError> {
    date.map(|date| day(field, Some(date))).transpose()
}

/// A day in a field, or today.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is no day of the calendar.
pub fn day_or(field: &str, date: Option<&WireDate>, today: Date) -> Result<Date, ServiceError> {
    Ok(optional_day(field, date)?.unwrap_or(today))
}

/// A month in a field.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is missing or no month.
pub fn month(field: &str, date: Option<&WireDate>) -> Result<Month, ServiceError> {
    let missing = || ServiceError::invalid(field, "INVALID_FIELDS", "must be set");
    to_month(date.ok_or_else(missing)?)
        .map_err(|error| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}

/// An instant in a field; what lies beyond microseconds is dropped.
///
/// # Errors
/// `INVALID_ARGUMENT` if its nanoseconds are not those of one second.
pub fn instant(field: &str, time: &prost_types::Timestamp) -> Result<Instant, ServiceError> {
    if !(0..1_000_000_000).contains(&time.nanos) {
        return Err(ServiceError::invalid(field, "INVALID_FIELDS", "must have 0 to 999,999,999 nanoseconds"));
    }
    Ok(date::instant(time))
}

/// An instant, at most now, which is meant without one: what comes later is not known yet.
#[must_use]
pub fn instant_or(time: Option<&prost_types::Timestamp>, now: Instant) -> Instant {
    time.map_or(now, |time| date::instant(time).min(now))
}

/// A person's reason in a field, which may not be blank.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is.
pub fn reason(field: &str, text: &str) -> Result<String, ServiceError> {
    match trimmed(text) {
        "" => Err(ServiceError::invalid(field, "INVALID_FIELDS", "must say why, in a few words")),
        text => Ok(text.to_owned()),
    }
}

/// A division to list, known or not; nothing if the field is empty.
///
/// # Errors
/// `INVALID_ARGUMENT` if it is no code.
pub fn area(field: &str, code: &str) -> Result<Option<Division>, ServiceError> {
    match code {
        "" => Ok(None),
        code => id(field, code).map(Some),
    }
}

/// Several fields at fault, told together.
#[derive(Debug, Default)]
pub struct Violations(Vec<(FieldViolation, &'static str)>);

impl Violations {
    /// Adds a field at fault.
    pub fn add(&mut self, field: impl Into<String>, reason: &'static str, description: impl Into<String>) {
        let violation = FieldViolation { field: field.into(), description: description.into() };
        self.0.push((violation, reason));
    }

    /// # Errors
    /// `INVALID_ARGUMENT` if a field was added; with the field's own reason if it is the only one.
    pub fn none(self) -> Result<(), ServiceError> {
        match &self.0[..] {
            [] => Ok(()),
            [(violation, reason)] => {
                Err(ServiceError::invalid(violation.field.clone(), reason, violation.description.clone()))
            }
            _ => {
                let violations = self.0.into_iter().map(|(violation, _)| violation);
                Err(ServiceError::invalid_fields(violations.collect()))
            }
        }
    }
}
