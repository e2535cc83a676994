use platform::vault::Vault;
use tempfile::TempDir;

use super::*;
use crate::domain::samples::{child, ended, identified, with_category};
use crate::store::writing::{ACTIVE, ENDED, MERGED};

struct Sealing {
    vault: Vault,
    _directory: TempDir,
}

impl Sealing {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let vault = Vault::open(&directory.path().join("registry.vault")).unwrap();
        Self { vault, _directory: directory }
    }

    /// A file as it lies in the tables.
    fn stored(&self, child: &Child) -> StoredChild {
        let (state, ended_on, merged_into) = match child.state {
            ChildState::Active => (ACTIVE, None, None),
            ChildState::Ended { on, .. } => (ENDED, Some(on.to_string()), None),
            ChildState::Merged { into } => (MERGED, None, Some(into.as_uuid())),
        };
        StoredChild {
            child: child::Model {
                id: child.id.as_uuid(),
                version: child.version.into(),
                state,
                merged_into,
                ended_on,
                county: child.household().county().to_string(),
                division: child.household().division().to_string(),
                birth_date: child.profile.birth_date.to_string(),
                sex: child.profile.sex.code().into(),
                school_stage: child.profile.school_stage.map(|stage| stage.code().into()),
                citizen_id_hash: None,
                name_birth_hash: vec![0; 32],
                sealed: SealedPart::of(child).seal(&self.vault, child.id).unwrap(),
                created_at: child.opened_at.as_micros(),
                updated_at: child.changed_at.as_micros(),
            },
            categories: child
                .categories
                .iter()
                .map(|record| category_record::Model {
                    id: record.id.as_uuid(),
                    child_id: child.id.as_uuid(),
                    category: record.category.number().into(),
                    confirmed_on: record.confirmed_on.to_string(),
                    from_month: record.from.to_string(),
                    until_month: record.until.map(|month| month.to_string()),
                })
                .collect(),
        }
    }

    /// The table and column that are blamed when a row is spoilt.
    fn blamed(&self, spoil: impl FnOnce(&mut StoredChild)) -> (&'static str, &'static str) {
        let sample = with_category(&identified("371621", "371699201205170039"), Category::Migrant, "2024-03-01");
        let mut stored = self.stored(&sample);
        spoil(&mut stored);
        let row = stored.open(&self.vault).unwrap_err();
        (row.table, row.column)
    }
}

#[test]
fn files_come_back_as_they_were() {
    let sealing = Sealing::new();
    let merged = Child { state: ChildState::Merged { into: child("371681").id }, ..child("371621") };
    for file in [
        child("371621"),
        with_category(&identified("371602", "371699201205170055"), Category::HivAffected, "2024-03-01"),
        ended(),
        merged,
    ] {
        assert_eq!(sealing.stored(&file).open(&sealing.vault), Ok(file));
    }
}

#[test]
fn an_impossible_row_is_reported_by_table_and_column() {
    let sealing = Sealing::new();
    assert_eq!(sealing.blamed(|row| row.child.state = 4), ("child", "state"));
    assert_eq!(sealing.blamed(|row| row.child.state = ENDED), ("child", "state"));
    assert_eq!(sealing.blamed(|row| row.child.version = -1), ("child", "version"));
    assert_eq!(sealing.blamed(|row| row.child.county = "371681".to_owned()), ("child", "county"));
    assert_eq!(sealing.blamed(|row| row.child.division = "3716".to_owned()), ("child", "division"));
    assert_eq!(sealing.blamed(|row| row.child.birth_date = "2012-05-18".to_owned()), ("child", "birth_date"));
    assert_eq!(sealing.blamed(|row| row.child.sex = 3), ("child", "sex"));
    assert_eq!(sealing.blamed(|row| row.child.school_stage = Some(99)), ("child", "school_stage"));
    assert_eq!(sealing.blamed(|row| row.categories[0].category = 12), ("category_record", "category"));
    assert_eq!(
        sealing.blamed(|row| row.categories[0].from_month = "2024-13".to_owned()),
        ("category_record", "from_month")
    );
}

#[test]
fn a_sealed_part_opens_in_its_own_row_only() {
    let sealing = Sealing::new();
    let other = sealing.stored(&child("371621")).child.sealed;
    assert_eq!(sealing.blamed(|row| row.child.sealed = other), ("child", "sealed"));
    assert_eq!(sealing.blamed(|row| row.child.sealed[20] ^= 1), ("child", "sealed"));
}
