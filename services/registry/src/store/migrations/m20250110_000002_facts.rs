use sea_orm_migration::prelude::*;

/// Facts with valid and recorded time.
pub struct Facts;

impl MigrationName for Facts {
    fn name(&self) -> &'static str {
        "m20250110_000002_facts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Facts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("fact")
            .col(ColumnDef::new("subject").uuid().not_null())
            .col(ColumnDef::new("kind").big_integer().not_null())
            .col(ColumnDef::new("key").text().not_null())
            .col(ColumnDef::new("number").big_integer().not_null())
            .col(ColumnDef::new("valid_from").text().not_null())
            .col(ColumnDef::new("valid_until").text().null())
            .col(ColumnDef::new("recorded_at").big_integer().not_null())
            .col(ColumnDef::new("superseded_at").big_integer().null())
            .col(ColumnDef::new("sealed").blob().not_null())
            .primary_key(Index::create().col("subject").col("kind").col("key").col("number"))
            .to_owned();
        manager.create_table(table).await
    }
}
