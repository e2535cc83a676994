//! The table `fact`: facts with valid and recorded time.

use sea_orm::entity::prelude::*;

/// A row: one version of one fact.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fact")]
pub struct Model {
    /// What it is a fact of: a child, a person, a worker.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: Uuid,
    /// See [`crate::store::fact::FactKind`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i64,
    /// Tells apart the timelines of one kind; an identifier, which says nothing by itself, or empty.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Counts the versions of a timeline from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The first day for which it holds: `2024-10-31`.
    pub valid_from: String,
    /// The first day for which it no longer holds.
    pub valid_until: Option<String>,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    /// Microseconds since 1970; nothing while it is what we know.
    pub superseded_at: Option<i64>,
    /// The value.
    pub sealed: Vec<u8>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("fact::Model").field("subject", &self.subject).finish_non_exhaustive()
    }
}
