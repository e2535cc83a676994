//! The table `reconciliation_row`: the rows of a list, with keyed hashes for what identifies a child.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_row")]
pub struct Model {
    /// The comparison.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reconciliation_id: Uuid,
    /// The row's own number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Keyed hash.
    pub citizen_id_hash: Option<Vec<u8>>,
    /// Keyed hash of name and birth date.
    pub name_birth_hash: Option<Vec<u8>>,
    /// `2024-10-31`.
    pub arrived_on: Option<String>,
    /// Six, nine or twelve digits.
    pub division: Option<String>,
    /// Keyed hash.
    pub school_hash: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("reconciliation_row::Model")
            .field("reconciliation_id", &self.reconciliation_id)
            .finish_non_exhaustive()
    }
}
