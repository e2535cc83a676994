//! The columns of tables whose rows are versions of a timeline and lie open, so that SQL may ask who and when.

use kernel::time::parse_iso;
use kernel::{Instant, Period, Timeline, Version};
use platform::database::Rows;
use uuid::Uuid;

use super::row::InconsistentRow;

/// The columns of one version as they are stored.
#[derive(Clone, Copy, Debug)]
pub struct StoredVersion<'a> {
    /// `number`.
    pub number: i64,
    /// `valid_from`.
    pub valid_from: &'a str,
    /// `valid_until`.
    pub valid_until: Option<&'a str>,
    /// `recorded_at`.
    pub recorded_at: i64,
    /// `superseded_at`.
    pub superseded_at: Option<i64>,
}

impl StoredVersion<'_> {
    /// The version with its value.
    ///
    /// # Errors
    /// [`InconsistentRow`] of `table`.
    pub fn open<T>(self, value: T, table: &'static str, id: Uuid) -> Result<Version<T>, InconsistentRow> {
        let wrong = |column| InconsistentRow { table, column, id, vault: None };
        let from = parse_iso(self.valid_from).map_err(|_| wrong("valid_from"))?;
        let until = self.valid_until.map(parse_iso).transpose().map_err(|_| wrong("valid_until"))?;
        Ok(Version {
            number: u32::try_from(self.number).map_err(|_| wrong("number"))?,
            value,
            period: Period::new(from, until).map_err(|_| wrong("valid_until"))?,
            recorded: Instant::from_micros(self.recorded_at),
            superseded: self.superseded_at.map(Instant::from_micros),
        })
    }
}

/// The versions that are new or changed since `before`.
pub fn changed<'a, T: PartialEq + Clone>(
    before: Option<&Timeline<T>>,
    now: &'a Timeline<T>,
) -> impl Iterator<Item = &'a Version<T>> {
    let stored: Vec<Version<T>> = before.map(|timeline| timeline.versions().to_vec()).unwrap_or_default();
    now.versions()
        .iter()
        .enumerate()
        .filter(move |(index, version)| stored.get(*index) != Some(*version))
        .map(|it| it.1)
}

/// The columns of these versions.
#[must_use]
pub fn columns<T>(rows: Rows, versions: &[&Version<T>]) -> Rows {
    rows.int("number", versions.iter().map(|version| i64::from(version.number)).collect())
        .text("valid_from", versions.iter().map(|version| version.period.from().to_string()).collect())
        .optional_text(
            "valid_until",
            versions.iter().map(|version| version.period.until().map(|day| day.to_string())).collect(),
        )
        .int("recorded_at", versions.iter().map(|version| version.recorded.as_micros()).collect())
        .optional_int(
            "superseded_at",
            versions.iter().map(|version| version.superseded.map(Instant::as_micros)).collect(),
        )
}
