use sea_orm_migration::prelude::*;

/// Categories lie sealed, with a class in the open. The vault is not at hand here: rows that an earlier version wrote are
/// converted by the running registry.
pub struct SealedCategories;

impl MigrationName for SealedCategories {
    fn name(&self) -> &'static str {
        "m20250112_000060_sealed_categories"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SealedCategories {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("class").big_integer().not_null().default(0).to_owned(),
            ColumnDef::new("sealed").blob().null().to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("category_record").add_column(column).to_owned()).await?;
        }
        let index = Index::create()
            .name("category_record_class")
            .table("category_record")
            .col("class")
            .col("child_id")
            .to_owned();
        manager.create_index(index).await?;
        // It would go on telling the categories of rows that have been converted, in pages that are free again.
        manager.drop_index(Index::drop().name("category_record_category").table("category_record").to_owned()).await
    }
}
