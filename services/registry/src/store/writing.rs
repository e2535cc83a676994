//! From files to rows, many with one statement.

use kernel::{ChildId, Version};
use platform::database::Rows;
use platform::vault::{Vault, VaultError};

use super::category_class::{UNCLASSED, class};
use super::fact::FactWriter;
use super::sealed::{SealedPart, citizen_id_hash, fingerprint_hash, name_birth_hash, seal_category};
use super::standing::{OpenPart, months};
use crate::domain::roster::Fingerprint;
use crate::domain::{CategoryRecord, Child, ChildState, Standing};

/// The rows of the table `child`.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn child_rows(children: &[&Child], vault: &Vault) -> Result<Rows, VaultError> {
    let sealed = |child: &&Child| SealedPart::of(child.standing_now()).seal(vault, child.id);
    let sealed = children.iter().map(sealed).collect::<Result<Vec<_>, _>>()?;
    let open = all(children, |child| OpenPart::of(child.standing_now()));
    Ok(Rows::new("child")
        .uuid("id", all(children, |child| child.id.as_uuid()))
        .int("version", all(children, |child| i64::from(child.version)))
        .int("state", all(&open, |part| part.state))
        .optional_uuid(
            "merged_into",
            all(children, |child| match child.state() {
                ChildState::Merged { into } => Some(into.as_uuid()),
                ChildState::Active | ChildState::Ended { .. } => None,
            }),
        )
        .optional_text("ended_on", all(&open, |part| part.ended_on.clone()))
        .text("county", all(children, |child| child.household().county().to_string()))
        .text("division", all(&open, |part| part.division.clone()))
        .text("birth_date", all(&open, |part| part.birth_date.clone()))
        .int("sex", all(&open, |part| part.sex))
        .optional_int("school_stage", all(&open, |part| part.school_stage))
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
                let profile = child.profile();
                name_birth_hash(vault, &profile.full_name, profile.birth_date).to_vec()
            }),
        )
        .int("number", all(children, |child| i64::from(child.present().number)))
        .text("valid_from", all(children, |child| child.present().period.from().to_string()))
        .int("recorded_at", all(children, |child| child.present().recorded.as_micros()))
        .blob("sealed", sealed)
        .int("created_at", all(children, |child| child.opened_at.as_micros()))
        .int("updated_at", all(children, |child| child.changed_at.as_micros())))
}

/// Adds the past of a file that is not yet in the database: versions that are not the present one any more, and what was
/// believed of its categories.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn past(before: Option<&Child>, now: &Child, writer: &mut FactWriter<'_>) -> Result<(), VaultError> {
    let subject = now.id.as_uuid();
    let present = now.present().number;
    let lies_in_facts = |version: &Version<Standing>| {
        before.is_some_and(|before| {
            before.record.versions().get(version.number as usize) == Some(version)
                && before.present().number != version.number
        })
    };
    for version in now.record.versions().iter().filter(|version| version.number != present) {
        if !lies_in_facts(version) {
            writer.add_version(subject, "", version)?;
        }
    }
    for record in &now.categories {
        let old = before.and_then(|before| before.categories.iter().find(|old| old.id == record.id));
        let old = old.map(|old| months(&old.earlier));
        writer.add(subject, &record.id.to_string(), old.as_ref(), &months(&record.earlier))?;
    }
    Ok(())
}

/// The rows of the table `category_record`.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn category_rows(records: &[(ChildId, &CategoryRecord)], vault: &Vault) -> Result<Rows, VaultError> {
    let sealed = |(_, record): &(ChildId, &CategoryRecord)| seal_category(vault, record.id.as_uuid(), record.category);
    let sealed = records.iter().map(sealed).collect::<Result<_, _>>()?;
    Ok(Rows::new("category_record")
        .uuid("id", all(records, |(_, record)| record.id.as_uuid()))
        .uuid("child_id", all(records, |(child, _)| child.as_uuid()))
        .int("category", vec![UNCLASSED; records.len()])
        .int("class", all(records, |(_, record)| class(record.category)))
        .blob("sealed", sealed)
        .text("confirmed_on", all(records, |(_, record)| record.confirmed_on.to_string()))
        .text("from_month", all(records, |(_, record)| record.from.to_string()))
        .optional_text("until_month", all(records, |(_, record)| record.until.map(|month| month.to_string())))
        .text("reviewed_on", all(records, |(_, record)| record.review.on.to_string()))
        .optional_text("review_told_on", all(records, |(_, record)| record.review.told.map(|day| day.to_string())))
        .int("recorded_at", all(records, |(_, record)| record.recorded.as_micros())))
}

/// The rows of the table `roster_row`.
#[must_use]
pub fn roster_rows(known: &[(Fingerprint, ChildId)], vault: &Vault) -> Rows {
    Rows::new("roster_row")
        .blob("fingerprint", all(known, |(fingerprint, _)| fingerprint_hash(vault, fingerprint).to_vec()))
        .uuid("child_id", all(known, |(_, child)| child.as_uuid()))
}

/// One column's values.
fn all<T, V>(rows: &[T], value: impl Fn(&T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}
