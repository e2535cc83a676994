//! From a request's fields to the types of the domain. The contract's rules were checked before; what is left are the
//! rules that only the types know.

use std::str::FromStr;
use std::sync::Arc;

use contract::Department;
use contract::date::{self, to_date, to_month};
use contract::google::r#type::Date as WireDate;
use kernel::time::shanghai_date;
use kernel::{ChildId, Date, Division, DivisionDirectory, Instant, Month};
use messaging::journal::RequestKey;
use platform::access::Caller;
use platform::error::{FieldViolation, ServiceError};
use prost::Message;

use crate::app::Application;
use crate::app::answer::SealedReply;
use crate::app::import_roster::Mode;
use crate::app::published::Reader;
use crate::app::refusal::unknown_division;
use crate::app::target::Target;
use crate::domain::roster::spelling::trimmed;
use crate::domain::{AsOf, Category, Household};
use crate::store::Workspace;
use crate::store::sealed::request_hash;

/// An identifier in a field.
pub fn id<T: FromStr>(field: &str, text: &str) -> Result<T, ServiceError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}

/// The file that a request changes.
pub fn target(child: &str, etag: &str) -> Result<Target, ServiceError> {
    let child: ChildId = id("child", child)?;
    Ok(Target { child, etag: etag.to_owned() })
}

/// A day in a field.
pub fn day(field: &str, date: Option<&WireDate>) -> Result<Date, ServiceError> {
    let missing = || ServiceError::invalid(field, "INVALID_FIELDS", "must be set");
    to_date(date.ok_or_else(missing)?)
        .map_err(|error| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}

/// A day in a field that may be left out.
pub fn optional_day(field: &str, date: Option<&WireDate>) -> Result<Option<Date>, ServiceError> {
    date.map(|date| day(field, Some(date))).transpose()
}

/// A day in a field, or today.
pub fn day_or(field: &str, date: Option<&WireDate>, today: Date) -> Result<Date, ServiceError> {
    Ok(optional_day(field, date)?.unwrap_or(today))
}

/// A month in a field.
pub fn month(field: &str, date: Option<&WireDate>) -> Result<Month, ServiceError> {
    let missing = || ServiceError::invalid(field, "INVALID_FIELDS", "must be set");
    to_month(date.ok_or_else(missing)?)
        .map_err(|error| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
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

/// An instant in a field; what lies beyond microseconds is dropped.
pub fn instant(field: &str, time: &prost_types::Timestamp) -> Result<Instant, ServiceError> {
    if !(0..1_000_000_000).contains(&time.nanos) {
        return Err(ServiceError::invalid(field, "INVALID_FIELDS", "must have 0 to 999,999,999 nanoseconds"));
    }
    Ok(date::instant(time))
}

/// An instant, at most now, which is meant without one: what comes later is not known yet.
pub fn instant_or(time: Option<&prost_types::Timestamp>, now: Instant) -> Instant {
    time.map_or(now, |time| date::instant(time).min(now))
}

/// A person's reason in a field, which may not be blank.
pub fn reason(field: &str, text: &str) -> Result<String, ServiceError> {
    match trimmed(text) {
        "" => Err(ServiceError::invalid(field, "INVALID_FIELDS", "must say why, in a few words")),
        text => Ok(text.to_owned()),
    }
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

/// A division to list, known or not; nothing if the field is empty.
pub fn area(field: &str, code: &str) -> Result<Option<Division>, ServiceError> {
    match code {
        "" => Ok(None),
        code => id(field, code).map(Some),
    }
}

/// Rows on a page where the caller names no number.
const PAGE: u64 = 50;
/// Rows on a page at most.
const LARGEST_PAGE: u64 = 500;

/// How many rows a caller wants on a page.
pub fn page_size(asked: i32) -> u64 {
    match u64::try_from(asked).unwrap_or_default() {
        0 => PAGE,
        size => size.min(LARGEST_PAGE),
    }
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

/// A call that changes something: who asks, and how its repetition is known.
pub struct Mutation {
    application: Arc<Application>,
    key: RequestKey,
}

impl Mutation {
    /// A call of a method.
    ///
    /// # Errors
    /// UNAUTHENTICATED if nobody knows who asks; `INVALID_ARGUMENT` if `request_id` is no UUID.
    pub fn of<M: Message>(
        application: &Arc<Application>,
        method: &'static str,
        request: &tonic::Request<M>,
        request_id: impl FnOnce(&M) -> &str,
    ) -> Result<Self, ServiceError> {
        let caller = Caller::of(request)?;
        let message = request.get_ref();
        let key = RequestKey::of(caller.code(), method, request_id(message), message)?;
        Ok(Self {
            application: Arc::clone(application),
            key: key.keyed(|fingerprint| request_hash(&application.vault, fingerprint)),
        })
    }

    /// Submits the use case and opens its reply.
    ///
    /// # Errors
    /// What the use case refuses.
    pub async fn submit<U, R>(self, use_case: U) -> Result<tonic::Response<R>, tonic::Status>
    where
        U: messaging::journal::UseCase<Workspace, Reply = SealedReply>,
        R: Message + Default,
    {
        let reply = self.application.journal.submit(use_case, self.key).await?;
        Ok(tonic::Response::new(reply.open(&self.application.vault)?))
    }
}
