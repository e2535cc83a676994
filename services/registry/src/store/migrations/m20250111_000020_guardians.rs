use sea_orm_migration::prelude::*;

/// Persons, and who has to do with whom. What they are to one another lies among the facts.
pub struct Guardians;

impl MigrationName for Guardians {
    fn name(&self) -> &'static str {
        "m20250111_000020_guardians"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Guardians {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [person(), guardian_role(), household_member()] {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn person() -> TableCreateStatement {
    Table::create()
        .table("person")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("citizen_id_hash").blob().null())
        .col(ColumnDef::new("name_birth_hash").blob().null())
        .to_owned()
}

fn guardian_role() -> TableCreateStatement {
    Table::create()
        .table("guardian_role")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("person_id").uuid().not_null())
        .foreign_key(ForeignKey::create().from("guardian_role", "child_id").to("child", "id"))
        .foreign_key(ForeignKey::create().from("guardian_role", "person_id").to("person", "id"))
        .to_owned()
}

fn household_member() -> TableCreateStatement {
    Table::create()
        .table("household_member")
        .col(ColumnDef::new("household_id").uuid().not_null())
        .col(ColumnDef::new("member_id").uuid().not_null())
        .primary_key(Index::create().col("household_id").col("member_id"))
        .to_owned()
}

fn indices() -> [IndexCreateStatement; 4] {
    let index = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    [
        index("person_citizen_id_hash", "person").col("citizen_id_hash").unique().to_owned(),
        index("person_name_birth_hash", "person").col("name_birth_hash").to_owned(),
        index("guardian_role_person", "guardian_role").col("person_id").to_owned(),
        index("household_member_member", "household_member").col("member_id").to_owned(),
    ]
}
