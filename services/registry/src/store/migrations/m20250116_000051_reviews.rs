use sea_orm_migration::prelude::*;

/// When a category was last looked at.
pub struct Reviews;

impl MigrationName for Reviews {
    fn name(&self) -> &'static str {
        "m20250116_000051_reviews"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Reviews {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("reviewed_on").text().not_null().default("").to_owned(),
            ColumnDef::new("review_told_on").text().null().to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("category_record").add_column(column).to_owned()).await?;
        }
        let fill = "UPDATE category_record SET reviewed_on = confirmed_on";
        manager.get_connection().execute_unprepared(fill).await?;
        let index =
            Index::create().name("category_record_reviewed_on").table("category_record").col("reviewed_on").to_owned();
        manager.create_index(index).await
    }
}
