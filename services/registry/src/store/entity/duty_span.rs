//! The table `duty_span`: in which months a child is on duty. It does not say for which category.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_span")]
pub struct Model {
    /// The child.
    #[sea_orm(primary_key, auto_increment = false)]
    pub child_id: Uuid,
    /// Counts the spans of a child from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Where the household is: six, nine or twelve digits.
    pub division: String,
    /// The first month: `2024-11`.
    pub from_month: String,
    /// The first month after it. The same as the first where the span was taken back.
    pub until_month: Option<String>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
