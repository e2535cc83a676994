use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::prelude::*;

/// What long lists are read by: a month's fates lie together, and the households of a township in the order of their
/// children.
pub struct LongLists;

impl MigrationName for LongLists {
    fn name(&self) -> &'static str {
        "m20250122_000012_long_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LongLists {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let by_month: &[&str] = if connection.get_database_backend() == DbBackend::Postgres {
            &[
                "ALTER TABLE visit_month DROP CONSTRAINT visit_month_pkey",
                "ALTER TABLE visit_month ADD CONSTRAINT visit_month_pkey PRIMARY KEY (month, child_id)",
            ]
        } else {
            // One tree and no table beside it: a fate is found, or written, with one descent.
            &[
                "CREATE TABLE visit_month_by_month (child_id blob NOT NULL, month text NOT NULL, visits bigint NOT NULL, \
                 last_on text NULL, needs_attention bigint NOT NULL, overdue_at bigint NULL, \
                 PRIMARY KEY (month, child_id)) WITHOUT ROWID",
                "INSERT INTO visit_month_by_month (child_id, month, visits, last_on, needs_attention, overdue_at) \
                 SELECT child_id, month, visits, last_on, needs_attention, overdue_at FROM visit_month \
                 ORDER BY month, child_id",
                "DROP TABLE visit_month",
                "ALTER TABLE visit_month_by_month RENAME TO visit_month",
            ]
        };
        for statement in by_month {
            connection.execute_unprepared(statement).await?;
        }
        // sea-query cannot name an expression.
        let township = "CREATE INDEX duty_span_township ON duty_span (SUBSTR(division, 1, 9), child_id)";
        connection.execute_unprepared(township).await?;
        Ok(())
    }
}
