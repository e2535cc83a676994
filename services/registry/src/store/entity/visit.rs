//! The table `visit`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    /// The visit's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom.
    pub child_id: Uuid,
    /// Who visited.
    pub worker_id: Uuid,
    /// `2024-10-31`.
    pub visited_on: String,
    /// See [`crate::store::visit::sealed`].
    pub sealed: Vec<u8>,
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
        f.debug_struct("visit::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
