//! The table `reconciliation_result`: what became of a list's rows, and of entries that it lacks.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_result")]
pub struct Model {
    /// The comparison.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reconciliation_id: Uuid,
    /// Counts the results from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The row; nothing for an entry that the list lacks.
    pub row_number: Option<i64>,
    /// The entry; nothing for a row that the ledger lacks.
    pub migrant_id: Option<Uuid>,
    /// Where: the contract's number.
    pub found: i64,
    /// A bit for each number of the contract, the lowest for 1.
    pub differences: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("reconciliation_result::Model")
            .field("reconciliation_id", &self.reconciliation_id)
            .finish_non_exhaustive()
    }
}
