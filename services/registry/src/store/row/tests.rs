use platform::vault::Vault;
use tempfile::TempDir;

use super::*;
use crate::domain::samples::{child, ended, identified, merged, with_category};
use crate::store::category_class::class;
use crate::store::sealed::seal_category;
use crate::store::standing::ENDED;

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
        let present = child.present();
        let open = OpenPart::of(&present.value);
        StoredChild {
            child: child::Model {
                id: child.id.as_uuid(),
                version: child.version.into(),
                state: open.state,
                merged_into: open.merged_into.map(|id| uuid::Uuid::from_slice(&id).unwrap()),
                ended_on: open.ended_on,
                county: child.household().county().to_string(),
                division: open.division,
                birth_date: open.birth_date,
                sex: open.sex,
                school_stage: open.school_stage,
                citizen_id_hash: None,
                name_birth_hash: vec![0; 32],
                number: present.number.into(),
                valid_from: present.period.from().to_string(),
                recorded_at: present.recorded.as_micros(),
                sealed: SealedPart::of(&present.value).seal(&self.vault, child.id).unwrap(),
                created_at: child.opened_at.as_micros(),
                updated_at: child.changed_at.as_micros(),
            },
            categories: child
                .categories
                .iter()
                .map(|record| category_record::Model {
                    id: record.id.as_uuid(),
                    child_id: child.id.as_uuid(),
                    category: 0,
                    class: class(record.category),
                    sealed: Some(seal_category(&self.vault, record.id.as_uuid(), record.category).unwrap()),
                    confirmed_on: record.confirmed_on.to_string(),
                    from_month: record.from.to_string(),
                    until_month: record.until.map(|month| month.to_string()),
                    reviewed_on: record.review.on.to_string(),
                    review_told_on: record.review.told.map(|day| day.to_string()),
                    recorded_at: record.recorded.as_micros(),
                })
                .collect(),
        }
    }

    /// What a reading of the present gives: the file without its past.
    fn read(&self, child: &Child) -> Child {
        self.stored(child).open(&self.vault).unwrap()
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
    for file in [
        child("371621"),
        with_category(&identified("371602", "371699201205170055"), Category::HivAffected, "2024-03-01"),
    ] {
        assert_eq!(sealing.read(&file), file);
    }
    let merged = merged();
    for file in [ended(), merged] {
        let read = sealing.read(&file);
        assert_eq!(read.present(), file.present());
        assert_eq!(read.record.versions().len(), 1);
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
    let unconverted = |category| {
        sealing.blamed(move |row| {
            row.categories[0].category = category;
            row.categories[0].sealed = None;
        })
    };
    assert_eq!(unconverted(12), ("category_record", "category"));
    assert_eq!(sealing.blamed(|row| row.categories[0].id = row.child.id), ("category_record", "sealed"));
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
