//! From rows to files. A row that we cannot have written is an inconsistency with its table and column, never a guess.

use kernel::time::parse_iso;
use kernel::{CategoryRecordId, ChildId, CitizenId, Date, DisabilityGrade, Division, Instant, SchoolStage, Sex};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use uuid::Uuid;

use super::entity::{category_record, child};
use super::sealed::SealedPart;
use crate::domain::child::EndReason;
use crate::domain::{Category, CategoryRecord, Child, ChildState, Household, Profile, ProfileParts};

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

/// The rows of one file, unsealed.
#[derive(Clone, Debug)]
struct OpenedChild {
    child: child::Model,
    part: SealedPart,
    categories: Vec<category_record::Model>,
}

impl StoredChild {
    /// Opens the sealed part and reads the file.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn open(self, vault: &Vault) -> Result<Child, InconsistentRow> {
        let id = self.child.id;
        let wrong = |vault| InconsistentRow { vault, ..inconsistent("child", "sealed", id) };
        let part = SealedPart::open(vault, ChildId::from_uuid(id), &self.child.sealed)
            .map_err(|error| wrong(Some(error)))?
            .ok_or_else(|| wrong(None))?;
        OpenedChild { child: self.child, part, categories: self.categories }.try_into()
    }
}

impl TryFrom<OpenedChild> for Child {
    type Error = InconsistentRow;

    fn try_from(opened: OpenedChild) -> Result<Self, InconsistentRow> {
        let OpenedChild { child: row, part, categories } = opened;
        let wrong = |column| inconsistent("child", column, row.id);
        let state = state(&row, &part)?;
        let profile = profile(&row, part)?;
        let mut categories = categories.into_iter().map(CategoryRecord::try_from).collect::<Result<Vec<_>, _>>()?;
        categories.sort_by_key(|record| (record.from, record.id));
        Ok(Self {
            id: ChildId::from_uuid(row.id),
            version: u32::try_from(row.version).map_err(|_| wrong("version"))?,
            state,
            profile,
            categories,
            opened_at: Instant::from_micros(row.created_at),
            changed_at: Instant::from_micros(row.updated_at),
        })
    }
}

impl TryFrom<category_record::Model> for CategoryRecord {
    type Error = InconsistentRow;

    fn try_from(row: category_record::Model) -> Result<Self, InconsistentRow> {
        let wrong = |column| inconsistent("category_record", column, row.id);
        let until = row.until_month.as_deref().map(|month| month.parse().map_err(|_| wrong("until_month")));
        Ok(Self {
            id: CategoryRecordId::from_uuid(row.id),
            category: i32::try_from(row.category)
                .ok()
                .and_then(Category::from_number)
                .ok_or_else(|| wrong("category"))?,
            confirmed_on: parse_iso(&row.confirmed_on).map_err(|_| wrong("confirmed_on"))?,
            from: row.from_month.parse().map_err(|_| wrong("from_month"))?,
            until: until.transpose()?,
        })
    }
}

fn state(row: &child::Model, part: &SealedPart) -> Result<ChildState, InconsistentRow> {
    let wrong = |column| inconsistent("child", column, row.id);
    match (row.state, &row.ended_on, row.merged_into) {
        (super::writing::ACTIVE, None, None) => Ok(ChildState::Active),
        (super::writing::ENDED, Some(day), None) => Ok(ChildState::Ended {
            reason: EndReason::from_number(part.end_reason).ok_or_else(|| wrong("sealed"))?,
            on: parse_iso(day).map_err(|_| wrong("ended_on"))?,
        }),
        (super::writing::MERGED, None, Some(into)) => Ok(ChildState::Merged { into: ChildId::from_uuid(into) }),
        _ => Err(wrong("state")),
    }
}

fn profile(row: &child::Model, part: SealedPart) -> Result<Profile, InconsistentRow> {
    let wrong = |column| inconsistent("child", column, row.id);
    let citizen_id = match part.citizen_id.as_str() {
        "" => None,
        text => Some(CitizenId::parse(text).map_err(|_| wrong("sealed"))?),
    };
    let disability_grade = match part.disability_grade {
        0 => None,
        code => Some(u8::try_from(code).ok().and_then(DisabilityGrade::from_code).ok_or_else(|| wrong("sealed"))?),
    };
    let school_stage = row
        .school_stage
        .map(|code| u8::try_from(code).ok().and_then(SchoolStage::from_code).ok_or_else(|| wrong("school_stage")));
    let household =
        row.division.parse::<Division>().ok().and_then(Household::in_division).ok_or_else(|| wrong("division"))?;
    if household.county().as_str() != row.county {
        return Err(wrong("county"));
    }
    let parts = ProfileParts {
        full_name: part.full_name,
        citizen_id,
        birth_date: parse_iso(&row.birth_date).map_err(|_| wrong("birth_date"))?,
        sex: u8::try_from(row.sex).ok().and_then(Sex::from_code).ok_or_else(|| wrong("sex"))?,
        household,
        guardian_name: part.guardian_name,
        guardian_relation: part.guardian_relation,
        phone: part.phone,
        bank_account: part.bank_account,
        school_stage: school_stage.transpose()?,
        disability_grade,
        remarks: part.remarks,
    };
    // It was judged when it was written; only what cannot be is refused here.
    Profile::new(parts, Date::MAX).map_err(|_| wrong("birth_date"))
}

fn inconsistent(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}

#[cfg(test)]
mod tests;
