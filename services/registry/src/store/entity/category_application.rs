//! The table `category_application`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category_application")]
pub struct Model {
    /// The application's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Grows with every change.
    pub version: i64,
    /// For whom.
    pub child_id: Uuid,
    /// The county that decides, six digits.
    pub county: String,
    /// 1 submitted, 2 checked, 3 confirmed, 4 refused, 5 withdrawn, as in the contract.
    pub state: i64,
    /// The last day for the step that waits: `2025-03-17`.
    pub due_on: Option<String>,
    /// How often it was told that the step is late.
    pub reminders: i64,
    /// The category, who applies, evidence, check and decision.
    pub sealed: Vec<u8>,
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
        f.debug_struct("category_application::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
