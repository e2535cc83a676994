//! The table `migrant_survey`: the surveys that reported a child.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "migrant_survey")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub migrant_id: Uuid,
    /// The day: `2024-10-31`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub surveyed_on: String,
    /// The contract's number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: i64,
    /// Microseconds since 1970.
    pub recorded_at: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("migrant_survey::Model").field("migrant_id", &self.migrant_id).finish_non_exhaustive()
    }
}
