//! The table `duty`: what is known of a child's duty besides its months. No category can be read from it.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty")]
pub struct Model {
    /// The child.
    #[sea_orm(primary_key, auto_increment = false)]
    pub child_id: Uuid,
    /// By which rule it was derived last, 0 for none: another rule derives it anew.
    pub rule: i64,
    /// See [`crate::store::visit::sealed::SealedDuty`]; nothing until it is derived for the first time.
    pub sealed: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
