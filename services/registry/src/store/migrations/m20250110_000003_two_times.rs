use sea_orm_migration::prelude::*;

/// Since when a file and a category's months stand as they do. What stood before this step counts as known since the file
/// was opened.
pub struct TwoTimes;

impl MigrationName for TwoTimes {
    fn name(&self) -> &'static str {
        "m20250110_000003_two_times"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TwoTimes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("child", ColumnDef::new("number").big_integer().not_null().default(0).to_owned()),
            ("child", ColumnDef::new("valid_from").text().not_null().default("0001-01-01").to_owned()),
            ("child", ColumnDef::new("recorded_at").big_integer().not_null().default(0).to_owned()),
            ("category_record", ColumnDef::new("recorded_at").big_integer().not_null().default(0).to_owned()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared("UPDATE child SET recorded_at = created_at").await?;
        connection
            .execute_unprepared(
                "UPDATE category_record SET recorded_at = \
                 (SELECT created_at FROM child WHERE child.id = category_record.child_id)",
            )
            .await?;
        Ok(())
    }
}
