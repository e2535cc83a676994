//! The table `visit_month`: what became of a child's month.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_month")]
pub struct Model {
    /// The child.
    #[sea_orm(primary_key, auto_increment = false)]
    pub child_id: Uuid,
    /// `2024-10`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: String,
    /// How many visits there were.
    pub visits: i64,
    /// The day of the latest; nothing if there was none.
    pub last_on: Option<String>,
    /// 1 if somebody must look at the latest. It says no more than the event, and not why.
    pub needs_attention: i64,
    /// When it was told as overdue, microseconds since 1970.
    pub overdue_at: Option<i64>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
