use sea_orm_migration::prelude::*;

/// How far the city is with the adulthood of a child.
pub struct Adulthood;

impl MigrationName for Adulthood {
    fn name(&self) -> &'static str {
        "m20250117_000052_adulthood"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Adulthood {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("adulthood")
            .col(ColumnDef::new("child_id").uuid().not_null().primary_key())
            .col(ColumnDef::new("announced_on").text().not_null())
            .col(ColumnDef::new("next_look").text().null())
            .foreign_key(ForeignKey::create().from("adulthood", "child_id").to("child", "id"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create().name("child_birth_date").table("child").col("state").col("birth_date").to_owned();
        manager.create_index(index).await
    }
}
