use sea_orm_migration::prelude::*;

/// What of the audit is out of the ordinary, and how far it is judged. What was recorded before is not.
pub(super) struct Unusual;

impl MigrationName for Unusual {
    fn name(&self) -> &'static str {
        "m20241101_000009_unusual"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Unusual {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let int = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
        let mut mark = Table::create();
        mark.table("unusual_mark").col(int("id").primary_key());
        for column in ["done", "read", "closed", "findings", "revision"] {
            mark.col(int(column));
        }
        manager.create_table(mark).await?;
        let begin = "INSERT INTO unusual_mark (id, done, read, closed, findings, revision) \
                     SELECT 1, audit_sequence, audit_sequence, 0, 0, 0 FROM event_log_head WHERE id = 1";
        manager.get_connection().execute_unprepared(begin).await?;
        let mut findings = Table::create();
        findings
            .table("unusual")
            .col(int("number").primary_key())
            .col(ColumnDef::new("id").uuid().not_null())
            .col(int("pattern"))
            .col(ColumnDef::new("caller").text().not_null())
            .col(ColumnDef::new("actor").text().not_null());
        for column in ["window_from", "window_until", "first_at", "last_at", "calls", "children", "told_at", "is_over"]
        {
            findings.col(int(column));
        }
        manager.create_table(findings).await?;
        let once = Index::create()
            .name("unusual_once")
            .table("unusual")
            .col("window_from")
            .col("pattern")
            .col("caller")
            .col("actor")
            .unique()
            .to_owned();
        manager.create_index(once).await
    }
}
