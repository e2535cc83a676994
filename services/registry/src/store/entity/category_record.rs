//! The table `category_record`.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category_record")]
pub struct Model {
    /// The record's identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub child_id: Uuid,
    /// 0. Earlier versions wrote the category here; see [`crate::store::sealed_columns`].
    pub category: i64,
    /// See [`crate::store::category_class`].
    pub class: i64,
    /// The category; nothing where an earlier version wrote the row and nobody has converted it yet.
    pub sealed: Option<Vec<u8>>,
    /// `2024-10-31`.
    pub confirmed_on: String,
    /// The first month in which it counts: `2024-11`.
    pub from_month: String,
    /// The first month in which it no longer counts.
    pub until_month: Option<String>,
    /// The day of the confirmation or of the last review.
    pub reviewed_on: String,
    /// The day on which it was last told that a review is due.
    pub review_told_on: Option<String>,
    /// Since when these months are known, microseconds since 1970.
    pub recorded_at: i64,
}

/// What a record belongs to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The child's file.
    #[sea_orm(belongs_to = "super::child::Entity", from = "Column::ChildId", to = "super::child::Column::Id")]
    Child,
}

impl Related<super::child::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Child.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// Says only which row.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("category_record::Model").field("id", &self.id).finish_non_exhaustive()
    }
}
