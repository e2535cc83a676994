//! The table `reconciliation`: comparisons of the ledger with other lists.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation")]
pub struct Model {
    /// The comparison's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Grows with every call that brings rows.
    pub version: i64,
    /// Whose list: the contract's number.
    pub source: i64,
    /// Four or six digits.
    pub division: String,
    /// The day: `2024-10-31`.
    pub day: String,
    /// Microseconds since 1970.
    pub started_at: i64,
    /// Microseconds since 1970.
    pub finished_at: Option<i64>,
    /// Microseconds since 1970, if nobody finished it in time.
    pub abandoned_at: Option<i64>,
    /// Rows of the list.
    pub rows: i64,
    /// In both, and they agree.
    pub matched: i64,
    /// In both, and they disagree.
    pub differing: i64,
    /// Entries that the list lacks.
    pub only_in_ledger: i64,
    /// Rows that the ledger lacks.
    pub only_in_list: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("reconciliation::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
