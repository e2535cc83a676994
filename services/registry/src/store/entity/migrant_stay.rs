//! The table `migrant_stay`: by which stays are found; the fact itself, with the rest of it, lies sealed.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "migrant_stay")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub migrant_id: Uuid,
    /// The version of its whereabouts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Six, nine or twelve digits.
    pub division: String,
    /// The first day: `2024-10-31`.
    pub valid_from: String,
    /// The first day after.
    pub valid_until: Option<String>,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    /// Microseconds since 1970; nothing while it is what we know.
    pub superseded_at: Option<i64>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("migrant_stay::Model").field("migrant_id", &self.migrant_id).finish_non_exhaustive()
    }
}
