use sea_orm::ConnectionTrait as _;
use sea_orm_migration::prelude::*;

/// The entries of the ledger by the file with which they are linked: they follow it when it is merged.
pub struct LinkedEntries;

impl MigrationName for LinkedEntries {
    fn name(&self) -> &'static str {
        "m20250123_000080_linked_entries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LinkedEntries {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // sea-query cannot leave rows out of an index.
        let linked = "CREATE INDEX migrant_child ON migrant (child_id) WHERE child_id IS NOT NULL";
        manager.get_connection().execute_unprepared(linked).await?;
        Ok(())
    }
}
