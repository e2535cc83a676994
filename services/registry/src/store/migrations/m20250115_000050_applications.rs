use sea_orm_migration::prelude::*;

/// Applications for categories.
pub struct Applications;

impl MigrationName for Applications {
    fn name(&self) -> &'static str {
        "m20250115_000050_applications"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Applications {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("category_application")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("version").big_integer().not_null())
            .col(ColumnDef::new("child_id").uuid().not_null())
            .col(ColumnDef::new("county").text().not_null())
            .col(ColumnDef::new("state").big_integer().not_null())
            .col(ColumnDef::new("due_on").text().null())
            .col(ColumnDef::new("reminders").big_integer().not_null())
            .col(ColumnDef::new("sealed").blob().not_null())
            .col(ColumnDef::new("created_at").big_integer().not_null())
            .col(ColumnDef::new("updated_at").big_integer().not_null())
            .foreign_key(ForeignKey::create().from("category_application", "child_id").to("child", "id"))
            .to_owned();
        manager.create_table(table).await?;
        let index = |name: &str| Index::create().name(name).table("category_application").to_owned();
        for index in [
            index("category_application_child").col("child_id").col("id").to_owned(),
            index("category_application_county").col("county").col("state").col("id").to_owned(),
            index("category_application_due").col("due_on").to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
