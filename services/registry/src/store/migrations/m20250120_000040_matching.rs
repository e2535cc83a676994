use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::prelude::*;

/// Keys by which files of one child are found. The files that are there by now get theirs after the start: `match_backfill`
/// says how far that has come.
pub struct Matching;

impl MigrationName for Matching {
    fn name(&self) -> &'static str {
        "m20250120_000040_matching"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Matching {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = connection.get_database_backend() == DbBackend::Postgres;
        // One tree and no table beside it: a key costs one insertion. sea-query cannot say so.
        let (id, end) = if postgres { ("uuid", "") } else { ("blob", " WITHOUT ROWID") };
        let keys = format!(
            "CREATE TABLE match_key (hash bigint NOT NULL, child_id {id} NOT NULL, kind bigint NOT NULL, \
             PRIMARY KEY (hash, child_id)){end}"
        );
        let backfill = format!(
            "CREATE TABLE match_backfill (id bigint NOT NULL PRIMARY KEY, after_id {id} NULL, last_id {id} NOT NULL)"
        );
        connection.execute_unprepared(&keys).await?;
        connection.execute_unprepared(&backfill).await?;
        connection
            .execute_unprepared(
                "INSERT INTO match_backfill (id, after_id, last_id) \
                 SELECT 1, NULL, id FROM child ORDER BY id DESC LIMIT 1",
            )
            .await?;
        Ok(())
    }
}
