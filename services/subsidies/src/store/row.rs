//! What rows hold, and how it is read.

use kernel::{Date, Division, Id, Month};
use platform::error::ServiceError;
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

/// A row that we cannot have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row of {table} holds no valid {column}")]
pub struct InconsistentRow {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

impl From<InconsistentRow> for ServiceError {
    fn from(row: InconsistentRow) -> Self {
        Self::internal(row)
    }
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The table.
    pub table: &'static str,
    /// What was read.
    pub row: &'a QueryResult,
}

impl Row<'_> {
    /// A fault of a column.
    pub fn wrong(self, column: &'static str) -> InconsistentRow {
        InconsistentRow { table: self.table, column }
    }

    /// A value as it lies.
    pub fn get<T: TryGetable>(self, column: &'static str) -> Result<T, ServiceError> {
        Ok(self.row.try_get("", column)?)
    }

    /// An identifier.
    pub fn id<K>(self, column: &'static str) -> Result<Id<K>, ServiceError> {
        Ok(Id::from_uuid(self.get::<Uuid>(column)?))
    }

    /// A value that is written as text.
    pub fn parsed<T: std::str::FromStr>(self, column: &'static str) -> Result<T, ServiceError> {
        Ok(self.get::<String>(column)?.parse().map_err(|_| self.wrong(column))?)
    }

    /// As [`Row::parsed`], where it may be absent.
    pub fn optional<T: std::str::FromStr>(self, column: &'static str) -> Result<Option<T>, ServiceError> {
        let text = self.get::<Option<String>>(column)?;
        Ok(text.map(|text| text.parse().map_err(|_| self.wrong(column))).transpose()?)
    }

    /// A value that is a number of ours.
    pub fn number<T>(self, column: &'static str, of: impl FnOnce(i32) -> Option<T>) -> Result<T, ServiceError> {
        let number: i64 = self.get(column)?;
        Ok(i32::try_from(number).ok().and_then(of).ok_or_else(|| self.wrong(column))?)
    }

    /// A count.
    pub fn count(self, column: &'static str) -> Result<u64, ServiceError> {
        Ok(u64::try_from(self.get::<i64>(column)?).map_err(|_| self.wrong(column))?)
    }
}

/// A month as a number: months since year 0.
pub(super) fn month_number(month: Month) -> i32 {
    i32::from(month.year()) * 12 + i32::from(month.month()) - 1
}

/// The month of a number.
pub(super) fn month_of(number: i32) -> Option<Month> {
    Month::new(number.div_euclid(12), number.rem_euclid(12) + 1).ok()
}

/// A county as a number: its six digits.
pub(super) fn county_number(county: Division) -> u32 {
    county.as_str().parse().expect("a county has six digits")
}

/// The county of a number.
pub(super) fn county_of(number: u32) -> Option<Division> {
    format!("{number:06}").parse().ok()
}

/// A day as a number: `20250310`.
pub(super) fn day_number(day: Date) -> i32 {
    i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day())
}

/// The day of a number.
pub(super) fn day_of(number: i32) -> Option<Date> {
    kernel::time::date(number / 10_000, number / 100 % 100, number % 100).ok()
}

/// A column of rows.
pub(super) fn all<T, V>(rows: &[T], value: impl Fn(&T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

/// A count for a column.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
