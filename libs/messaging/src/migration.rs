//! The tables that every service's database begins with. A step that has run anywhere is never changed again.

mod unusual;

use sea_orm_migration::prelude::*;

use unusual::Unusual;

/// The migrations of messaging; a service's migrator puts them before its own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(Messaging),
        Box::new(Revision),
        Box::new(RequestAge),
        Box::new(SecondSeal),
        Box::new(Checkpoints),
        Box::new(Audit),
        Box::new(Emergencies),
        Box::new(TimeStamps),
        Box::new(Unusual),
    ]
}

/// For a service that keeps nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        migrations()
    }
}

struct Messaging;

impl MigrationName for Messaging {
    fn name(&self) -> &'static str {
        "m20241101_000001_messaging"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Messaging {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("event_log")
                    .col(ColumnDef::new("sequence").big_integer().not_null().primary_key())
                    .col(ColumnDef::new("id").uuid().not_null().unique_key())
                    .col(ColumnDef::new("type").text().not_null())
                    .col(ColumnDef::new("aggregate").uuid().not_null())
                    .col(ColumnDef::new("county").text().not_null())
                    .col(ColumnDef::new("occurred_at").big_integer().not_null())
                    .col(ColumnDef::new("traceparent").text().null())
                    .col(ColumnDef::new("body").blob().not_null())
                    .col(ColumnDef::new("previous").blob().not_null())
                    .col(ColumnDef::new("hash").blob().not_null())
                    .col(ColumnDef::new("signature").blob().not_null())
                    .col(ColumnDef::new("key_id").text().not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event_log_head")
                    .col(ColumnDef::new("id").big_integer().not_null().primary_key())
                    .col(ColumnDef::new("sequence").big_integer().not_null())
                    .col(ColumnDef::new("hash").blob().not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .get_connection()
            .execute(Query::insert().into_table("event_log_head").columns(["id", "sequence", "hash"]).values_panic([
                1.into(),
                0.into(),
                crate::seal::ZERO_HASH.to_vec().into(),
            ]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("request")
                    .col(ColumnDef::new("request_id").uuid().not_null())
                    .col(ColumnDef::new("caller").text().not_null())
                    .col(ColumnDef::new("method").text().not_null())
                    .col(ColumnDef::new("fingerprint").blob().not_null())
                    .col(ColumnDef::new("reply").blob().not_null())
                    .col(ColumnDef::new("created_at").big_integer().not_null())
                    .primary_key(Index::create().col("request_id").col("caller"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("inbox")
                    .col(ColumnDef::new("source").text().not_null().primary_key())
                    .col(ColumnDef::new("sequence").big_integer().not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("dead_letter")
                    .col(ColumnDef::new("source").text().not_null())
                    .col(ColumnDef::new("sequence").big_integer().not_null())
                    .col(ColumnDef::new("aggregate").uuid().not_null())
                    .col(ColumnDef::new("type").text().not_null())
                    .col(ColumnDef::new("id").uuid().not_null())
                    .col(ColumnDef::new("county").text().not_null())
                    .col(ColumnDef::new("occurred_at").big_integer().not_null())
                    .col(ColumnDef::new("traceparent").text().null())
                    .col(ColumnDef::new("body").blob().not_null())
                    .col(ColumnDef::new("reason").text().not_null())
                    .col(ColumnDef::new("parked_at").big_integer().not_null())
                    .primary_key(Index::create().col("source").col("sequence"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("dead_letter_aggregate")
                    .table("dead_letter")
                    .col("source")
                    .col("aggregate")
                    .to_owned(),
            )
            .await
    }
}

/// Counts the writes, so that one which builds on what another has changed since is refused.
struct Revision;

impl MigrationName for Revision {
    fn name(&self) -> &'static str {
        "m20241101_000002_revision"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Revision {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("revision").big_integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table("event_log_head").add_column(column).to_owned()).await
    }
}

/// Finds the answers that are kept no longer.
struct RequestAge;

impl MigrationName for RequestAge {
    fn name(&self) -> &'static str {
        "m20241101_000003_request_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for RequestAge {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create().name("request_created_at").table("request").col("created_at").to_owned();
        manager.create_index(index).await
    }
}

/// Events whose seal covers a commitment to their content. Those that are there keep the first seal.
struct SecondSeal;

impl MigrationName for SecondSeal {
    fn name(&self) -> &'static str {
        "m20241101_000004_second_seal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SecondSeal {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("seal").big_integer().not_null().default(1).take(),
            ColumnDef::new("salt").blob().null().take(),
            ColumnDef::new("commitment").blob().null().take(),
        ] {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table("event_log").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// The log's checkpoints, and the roots of whole blocks of its tree.
struct Checkpoints;

impl MigrationName for Checkpoints {
    fn name(&self) -> &'static str {
        "m20241101_000005_checkpoints"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Checkpoints {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("log_checkpoint")
                    .col(ColumnDef::new("size").big_integer().not_null().primary_key())
                    .col(ColumnDef::new("root").blob().not_null())
                    .col(ColumnDef::new("made_at").big_integer().not_null())
                    .col(ColumnDef::new("note").text().not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("log_block")
                    .col(ColumnDef::new("block").big_integer().not_null().primary_key())
                    .col(ColumnDef::new("root").blob().not_null())
                    .to_owned(),
            )
            .await
    }
}

/// Who asked for what of whom.
struct Audit;

impl MigrationName for Audit {
    fn name(&self) -> &'static str {
        "m20241101_000006_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Audit {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("audit_sequence").big_integer().not_null().default(0).take(),
            ColumnDef::new("audit_hash").blob().not_null().default(crate::seal::ZERO_HASH.to_vec()).take(),
        ] {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table("event_log_head").add_column(column).to_owned()).await?;
        }
        let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
        manager
            .create_table(
                Table::create()
                    .table("audit")
                    .col(ColumnDef::new("sequence").big_integer().not_null().primary_key())
                    .col(ColumnDef::new("id").uuid().not_null())
                    .col(ColumnDef::new("at").big_integer().not_null())
                    .col(text("caller"))
                    .col(text("actor"))
                    .col(text("method"))
                    .col(text("purpose"))
                    .col(ColumnDef::new("decision").big_integer().not_null())
                    .col(text("reason"))
                    .col(text("fields"))
                    .col(text("trace"))
                    .col(ColumnDef::new("calls").big_integer().not_null())
                    .col(ColumnDef::new("hash").blob().not_null())
                    .col(ColumnDef::new("signature").blob().null())
                    .col(text("key_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_child")
                    .col(ColumnDef::new("sequence").big_integer().not_null())
                    .col(ColumnDef::new("child").uuid().not_null())
                    .primary_key(Index::create().col("sequence").col("child"))
                    .to_owned(),
            )
            .await?;
        for index in [
            Index::create().name("audit_child_child").table("audit_child").col("child").col("sequence").to_owned(),
            Index::create().name("audit_caller").table("audit").col("caller").col("sequence").to_owned(),
            Index::create().name("audit_at").table("audit").col("at").to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Calls that were made in an emergency.
struct Emergencies;

impl MigrationName for Emergencies {
    fn name(&self) -> &'static str {
        "m20241101_000007_emergencies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Emergencies {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("emergency")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("opened_at").big_integer().not_null())
            .col(ColumnDef::new("caller").text().not_null())
            .col(ColumnDef::new("method").text().not_null())
            .col(ColumnDef::new("sealed").blob().not_null())
            .col(ColumnDef::new("review_due").big_integer().not_null())
            .col(ColumnDef::new("reviewed_at").big_integer().null())
            .col(ColumnDef::new("verdict").big_integer().not_null().default(0))
            .col(ColumnDef::new("told_at").big_integer().null())
            .to_owned();
        manager.create_table(table).await
    }
}

/// The word of a third party on checkpoints.
struct TimeStamps;

impl MigrationName for TimeStamps {
    fn name(&self) -> &'static str {
        "m20241101_000008_time_stamps"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TimeStamps {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("log_time_stamp")
            .col(ColumnDef::new("size").big_integer().not_null().primary_key())
            .col(ColumnDef::new("stamped_at").big_integer().not_null())
            .col(ColumnDef::new("token").blob().not_null())
            .col(ColumnDef::new("signature").blob().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}
