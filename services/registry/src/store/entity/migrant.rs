//! The table `migrant`: the entries of the ledger of migrant children. What describes a child lies sealed among the facts.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "migrant")]
pub struct Model {
    /// The entry's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Grows with every change.
    pub version: i64,
    /// Keyed hash.
    pub citizen_id_hash: Option<Vec<u8>>,
    /// Keyed hash of name and birth date.
    pub name_birth_hash: Vec<u8>,
    /// The child's file.
    pub child_id: Option<Uuid>,
    /// The day on which somebody must look whether a survey is due: `2025-10-01`. Indexed.
    pub survey_look_on: Option<String>,
    /// The last day on which it was told that one is due.
    pub survey_told_on: Option<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("migrant::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
