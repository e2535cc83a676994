use sea_orm_migration::prelude::*;

/// When somebody must look at an entry of the ledger, and comparisons that nobody finished.
pub struct WaitingLedger;

impl MigrationName for WaitingLedger {
    fn name(&self) -> &'static str {
        "m20250121_000070_waiting_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for WaitingLedger {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("migrant", ColumnDef::new("survey_look_on").text().null().to_owned()),
            ("migrant", ColumnDef::new("survey_told_on").text().null().to_owned()),
            ("reconciliation", ColumnDef::new("abandoned_at").big_integer().null().to_owned()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // The day follows from what lies sealed: the sweeper looks at every entry once.
        let fill = "UPDATE migrant SET survey_look_on = '0001-01-01'";
        manager.get_connection().execute_unprepared(fill).await?;
        let indices = [
            Index::create().name("migrant_survey_look_on").table("migrant").col("survey_look_on").to_owned(),
            Index::create()
                .name("reconciliation_open")
                .table("reconciliation")
                .col("finished_at")
                .col("abandoned_at")
                .col("started_at")
                .to_owned(),
        ];
        for index in indices {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
