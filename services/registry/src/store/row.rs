//! From rows to files. A row that we cannot have written is an inconsistency with its table and column, never a guess.

use kernel::time::parse_iso;
use kernel::{CategoryRecordId, ChildId, Instant, Period, Timeline, Version};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use uuid::Uuid;

use super::entity::{category_record, child};
use super::fact::Facts;
use super::sealed::{SealedPart, open_category};
use super::standing::{Months, OpenPart, earlier};
use crate::domain::category_record::Review;
use crate::domain::{Category, CategoryRecord, Child, Standing};

/// An impossible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("inconsistent row {id}: {table}.{column}")]
pub struct InconsistentRow {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's identifier.
    pub id: Uuid,
    /// What the vault says, if the column is sealed.
    #[source]
    pub vault: Option<VaultError>,
}

impl From<InconsistentRow> for ServiceError {
    fn from(row: InconsistentRow) -> Self {
        Self::internal(row)
    }
}

/// The rows of one file as they were read, still sealed.
#[derive(Clone, Debug)]
pub struct StoredChild {
    /// The file's row.
    pub child: child::Model,
    /// The rows of its categories.
    pub categories: Vec<category_record::Model>,
}

impl StoredChild {
    /// Opens the sealed part and reads the file as it stands.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn open(self, vault: &Vault) -> Result<Child, InconsistentRow> {
        self.open_with(&Facts::default(), vault)
    }

    /// Reads the file with its past, which `facts` hold.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn open_with(self, facts: &Facts, vault: &Vault) -> Result<Child, InconsistentRow> {
        let id = self.child.id;
        let wrong = |column| inconsistent("child", column, id);
        let present = version(&self.child, vault)?;
        let mut versions = facts.timeline::<Standing>(id, vault)?.versions().to_vec();
        versions.push(present);
        let mut months = facts.timelines::<Months>(id, vault)?;
        let mut categories = Vec::with_capacity(self.categories.len());
        for row in self.categories {
            let earlier = months.remove(&row.id.to_string()).unwrap_or_default();
            categories.push(category(row, &earlier, vault)?);
        }
        categories.sort_by_key(|record| (record.from, record.id));
        Ok(Child {
            id: ChildId::from_uuid(id),
            version: u32::try_from(self.child.version).map_err(|_| wrong("version"))?,
            record: Timeline::restore(versions).map_err(|_| wrong("valid_from"))?,
            categories,
            opened_at: Instant::from_micros(self.child.created_at),
            changed_at: Instant::from_micros(self.child.updated_at),
        })
    }
}

/// The present version of a file's record, which lies in its row.
fn version(row: &child::Model, vault: &Vault) -> Result<Version<Standing>, InconsistentRow> {
    let wrong = |column| inconsistent("child", column, row.id);
    let sealed = |vault| InconsistentRow { vault, ..wrong("sealed") };
    let part = SealedPart::open(vault, ChildId::from_uuid(row.id), &row.sealed)
        .map_err(|error| sealed(Some(error)))?
        .ok_or_else(|| sealed(None))?;
    let open = OpenPart {
        state: row.state,
        merged_into: row.merged_into.map(|id| id.into_bytes().to_vec()),
        ended_on: row.ended_on.clone(),
        division: row.division.clone(),
        birth_date: row.birth_date.clone(),
        sex: row.sex,
        school_stage: row.school_stage,
    };
    let value = open.with(part).map_err(wrong)?;
    if value.profile.household.county().as_str() != row.county {
        return Err(wrong("county"));
    }
    Ok(Version {
        number: u32::try_from(row.number).map_err(|_| wrong("number"))?,
        value,
        period: Period::since(parse_iso(&row.valid_from).map_err(|_| wrong("valid_from"))?),
        recorded: Instant::from_micros(row.recorded_at),
        superseded: None,
    })
}

fn category(
    row: category_record::Model,
    months: &Timeline<Months>,
    vault: &Vault,
) -> Result<CategoryRecord, InconsistentRow> {
    let wrong = |column| inconsistent("category_record", column, row.id);
    let until = row.until_month.as_deref().map(|month| month.parse().map_err(|_| wrong("until_month")));
    Ok(CategoryRecord {
        id: CategoryRecordId::from_uuid(row.id),
        category: category_of(row.id, row.category, row.sealed.as_deref(), vault)?,
        confirmed_on: parse_iso(&row.confirmed_on).map_err(|_| wrong("confirmed_on"))?,
        from: row.from_month.parse().map_err(|_| wrong("from_month"))?,
        until: until.transpose()?,
        review: Review {
            on: parse_iso(&row.reviewed_on).map_err(|_| wrong("reviewed_on"))?,
            told: row.review_told_on.as_deref().map(parse_iso).transpose().map_err(|_| wrong("review_told_on"))?,
        },
        recorded: Instant::from_micros(row.recorded_at),
        earlier: earlier(months).ok_or_else(|| inconsistent("fact", "superseded_at", row.id))?,
    })
}

/// The category of a record: sealed, or open as earlier versions wrote it.
pub(super) fn category_of(
    id: Uuid,
    open: i64,
    sealed: Option<&[u8]>,
    vault: &Vault,
) -> Result<Category, InconsistentRow> {
    let wrong = |column| inconsistent("category_record", column, id);
    let Some(sealed) = sealed else {
        return i32::try_from(open).ok().and_then(Category::from_number).ok_or_else(|| wrong("category"));
    };
    open_category(vault, id, sealed)
        .map_err(|error| InconsistentRow { vault: Some(error), ..wrong("sealed") })?
        .ok_or_else(|| wrong("sealed"))
}

fn inconsistent(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}

#[cfg(test)]
mod tests;
