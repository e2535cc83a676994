//! The table `assignment`: to whom a child is assigned by name, with valid and recorded time.

use sea_orm::entity::prelude::*;

/// A row: one version of one assignment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// The child.
    #[sea_orm(primary_key, auto_increment = false)]
    pub child_id: Uuid,
    /// Counts the versions of the child's timeline from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The worker.
    pub worker_id: Uuid,
    /// The first day for which it holds: `2024-10-31`.
    pub valid_from: String,
    /// The first day for which it no longer holds.
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
