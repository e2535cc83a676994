//! From files to rows, many with one statement.

use kernel::ChildId;
use platform::database::Rows;
use platform::vault::{Vault, VaultError};

use super::sealed::{SealedPart, citizen_id_hash, fingerprint_hash, name_birth_hash};
use crate::domain::roster::Fingerprint;
use crate::domain::{CategoryRecord, Child, ChildState};

/// `child.state` of an active file; the numbers are the contract's.
pub const ACTIVE: i64 = 1;
/// `child.state` of an ended file.
pub const ENDED: i64 = 2;
/// `child.state` of a merged file.
pub const MERGED: i64 = 3;

/// The rows of the table `child`.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn child_rows(children: &[&Child], vault: &Vault) -> Result<Rows, VaultError> {
    let sealed =
        children.iter().map(|child| SealedPart::of(child).seal(vault, child.id)).collect::<Result<Vec<_>, _>>()?;
    Ok(Rows::new("child")
        .uuid("id", all(children, |child| child.id.as_uuid()))
        .int("version", all(children, |child| i64::from(child.version)))
        .int("state", all(children, |child| state_number(child.state)))
        .optional_uuid(
            "merged_into",
            all(children, |child| match child.state {
                ChildState::Merged { into } => Some(into.as_uuid()),
                ChildState::Active | ChildState::Ended { .. } => None,
            }),
        )
        .optional_text(
            "ended_on",
            all(children, |child| match child.state {
                ChildState::Ended { on, .. } => Some(on.to_string()),
                ChildState::Active | ChildState::Merged { .. } => None,
            }),
        )
        .text("county", all(children, |child| child.household().county().to_string()))
        .text("division", all(children, |child| child.household().division().to_string()))
        .text("birth_date", all(children, |child| child.profile.birth_date.to_string()))
        .int("sex", all(children, |child| i64::from(child.profile.sex.code())))
        .optional_int(
            "school_stage",
            all(children, |child| {
                let stage = child.profile.school_stage?;
                Some(i64::from(stage.code()))
            }),
        )
        .optional_blob(
            "citizen_id_hash",
            all(children, |child| {
                let id = child.unique_citizen_id()?;
                Some(citizen_id_hash(vault, &id).to_vec())
            }),
        )
        .blob(
            "name_birth_hash",
            all(children, |child| {
                let profile = &child.profile;
                name_birth_hash(vault, &profile.full_name, profile.birth_date).to_vec()
            }),
        )
        .blob("sealed", sealed)
        .int("created_at", all(children, |child| child.opened_at.as_micros()))
        .int("updated_at", all(children, |child| child.changed_at.as_micros())))
}

/// The rows of the table `category_record`.
#[must_use]
pub fn category_rows(records: &[(ChildId, &CategoryRecord)]) -> Rows {
    Rows::new("category_record")
        .uuid("id", all(records, |(_, record)| record.id.as_uuid()))
        .uuid("child_id", all(records, |(child, _)| child.as_uuid()))
        .int("category", all(records, |(_, record)| i64::from(record.category.number())))
        .text("confirmed_on", all(records, |(_, record)| record.confirmed_on.to_string()))
        .text("from_month", all(records, |(_, record)| record.from.to_string()))
        .optional_text("until_month", all(records, |(_, record)| record.until.map(|month| month.to_string())))
}

/// The rows of the table `roster_row`.
#[must_use]
pub fn roster_rows(known: &[(Fingerprint, ChildId)], vault: &Vault) -> Rows {
    Rows::new("roster_row")
        .blob("fingerprint", all(known, |(fingerprint, _)| fingerprint_hash(vault, fingerprint).to_vec()))
        .uuid("child_id", all(known, |(_, child)| child.as_uuid()))
}

fn state_number(state: ChildState) -> i64 {
    match state {
        ChildState::Active => ACTIVE,
        ChildState::Ended { .. } => ENDED,
        ChildState::Merged { .. } => MERGED,
    }
}

/// One column's values.
fn all<T, V>(rows: &[T], value: impl Fn(&T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}
