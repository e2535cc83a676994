//! The table `month_closing`: the months whose overdue visits have all been told.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "month_closing")]
pub struct Model {
    /// `2024-10`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: String,
    /// Microseconds since 1970.
    pub closed_at: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
