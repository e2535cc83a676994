//! The tables by which persons and families are found. They hold identifiers and keyed hashes.

/// The table `person`.
pub mod person {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        /// The person's identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Keyed hash.
        pub citizen_id_hash: Option<Vec<u8>>,
        /// Keyed hash of name and birth date.
        pub name_birth_hash: Option<Vec<u8>>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Says only which row.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("person::Model").field("id", &self.id).finish_non_exhaustive()
        }
    }
}

/// The table `guardian_role`: who has some role to whom.
pub mod guardian_role {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guardian_role")]
    pub struct Model {
        /// The role's identifier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The child.
        pub child_id: Uuid,
        /// The person.
        pub person_id: Uuid,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The table `household_member`: who ever belonged to which household.
pub mod household_member {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "household_member")]
    pub struct Model {
        /// The household.
        #[sea_orm(primary_key, auto_increment = false)]
        pub household_id: Uuid,
        /// A child or a person.
        #[sea_orm(primary_key, auto_increment = false)]
        pub member_id: Uuid,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
