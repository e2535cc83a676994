//! The table `child`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "child")]
pub struct Model {
    /// The file's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Grows with every change.
    pub version: i64,
    /// 1 active, 2 ended, 3 merged, as in the contract.
    pub state: i64,
    /// For a merged file, the one that stays.
    pub merged_into: Option<Uuid>,
    /// For an ended file, the day: `2025-08-10`. The reason is sealed.
    pub ended_on: Option<String>,
    /// Six digits.
    pub county: String,
    /// Six, nine or twelve digits.
    pub division: String,
    /// `2012-05-17`.
    pub birth_date: String,
    /// GB/T 2261.1.
    pub sex: i64,
    /// GB/T 4658.
    pub school_stage: Option<i64>,
    /// Keyed hash; a merged file has given its ID up.
    pub citizen_id_hash: Option<Vec<u8>>,
    /// Keyed hash of name and birth date.
    pub name_birth_hash: Vec<u8>,
    /// The number of the present version of the file's record.
    pub number: i64,
    /// The first day for which it holds: `2025-03-20`.
    pub valid_from: String,
    /// When it was recorded, microseconds since 1970.
    pub recorded_at: i64,
    /// See [`crate::store::sealed`].
    pub sealed: Vec<u8>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
}

/// What belongs to a file.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Its categories.
    #[sea_orm(has_many = "super::category_record::Entity")]
    CategoryRecord,
}

impl Related<super::category_record::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CategoryRecord.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("child::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
