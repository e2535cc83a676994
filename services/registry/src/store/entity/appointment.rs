//! The table `appointment`: who holds which post, with valid and recorded time. It names offices, not children, and lies
//! open.

use sea_orm::entity::prelude::*;

/// A row: one version of one appointment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub worker_id: Uuid,
    /// Counts the versions of the worker's timeline from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// 1 director, 2 supervisor, as in the contract.
    pub role: i64,
    /// Twelve digits for a director, nine for a supervisor.
    pub division: String,
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
