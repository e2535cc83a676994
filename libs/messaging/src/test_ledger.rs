//! A small service for the tests of this crate: it registers children by name and counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::registry::v1::{ChildRegistered, GetChildRequest};
use kernel::{ChildId, Instant, ManualClock};
use platform::config::Config;
use platform::database::{Database, Rows, Write, any_text};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::Query;
use sea_orm_migration::prelude::*;
use tempfile::TempDir;

use crate::journal::{Context, EventFeed, Journal, JournalSettings, UseCase, Workspace};
use crate::log::EventLog;
use crate::seal::Signer;

pub(crate) struct Ledger {
    names: BTreeSet<String>,
    added: BTreeMap<String, String>,
}

#[async_trait::async_trait]
impl Workspace for Ledger {
    type Needs = BTreeSet<String>;
    type Environment = ();

    async fn load(write: &Write, needs: BTreeSet<String>, _: &()) -> Result<Self, ServiceError> {
        let query = Query::select()
            .column("name")
            .from("ledger")
            .and_where(any_text(write.get_database_backend(), "name", needs))
            .to_owned();
        let rows = write.query_all(&query).await?;
        let names = rows.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?;
        Ok(Self { names, added: BTreeMap::new() })
    }

    fn store(self, write: &mut Write, _: &()) -> Result<(), ServiceError> {
        let (names, children) = self.added.into_iter().unzip();
        Rows::new("ledger").text("name", names).text("child", children).insert(write);
        Ok(())
    }
}

/// Registers a child under a name that nobody has.
#[derive(Clone)]
pub(crate) struct Register(pub(crate) String);

impl UseCase<Ledger> for Register {
    type Reply = GetChildRequest;

    fn needs(&self, needs: &mut BTreeSet<String>) {
        needs.insert(self.0.clone());
    }

    fn decide(&self, ledger: &mut Ledger, context: &mut Context<'_>) -> Result<GetChildRequest, ServiceError> {
        if self.0 == "poison" {
            context.record(&registered("0198b2f0-0000-7000-8000-000000000001"));
            return Err(ServiceError::failed_precondition("POISON", "a refusal after an event"));
        }
        if ledger.names.contains(&self.0) {
            return Err(ServiceError::already_exists("TAKEN", "the name is taken"));
        }
        let child = ChildId::generate(context.clock()).to_string();
        ledger.names.insert(self.0.clone());
        ledger.added.insert(self.0.clone(), child.clone());
        context.record(&registered(&child));
        Ok(GetChildRequest { child, ..Default::default() })
    }
}

pub(crate) fn registered(child: &str) -> ChildRegistered {
    ChildRegistered { child: child.to_owned(), county: "371621".to_owned(), ..ChildRegistered::default() }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = crate::migration::migrations();
        migrations.push(Box::new(LedgerTable));
        migrations
    }
}

struct LedgerTable;

impl MigrationName for LedgerTable {
    fn name(&self) -> &'static str {
        "m20241101_000004_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LedgerTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("ledger")
            .col(ColumnDef::new("name").text().not_null().primary_key())
            .col(ColumnDef::new("child").text().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}

/// A journal on SQLite in a directory of its own.
pub(crate) struct TestLedger {
    pub(crate) database: Database,
    pub(crate) journal: Journal<Ledger>,
    pub(crate) feed: EventFeed,
    pub(crate) signer: Signer,
    pub(crate) log: EventLog,
    pub(crate) clock: ManualClock,
    directory: TempDir,
}

impl TestLedger {
    pub(crate) async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config::default();
        let database = Database::open(&config.database, "ledger", directory.path()).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let signer = Signer::generate().unwrap();
        let clock = ManualClock::new(Instant::from_micros(1_732_000_000_000_000));
        let (journal, feed) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(()),
            clock: Arc::new(clock.clone()),
            signer: signer.clone(),
            config: config.journal,
        });
        let log = EventLog::new(database.clone());
        Self { database, journal, feed, signer, log, clock, directory }
    }

    /// Where its databases lie.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.directory.path()
    }

    pub(crate) async fn count(&self) -> usize {
        let query = Query::select().column("name").from("ledger").to_owned();
        self.database.reader().query_all(&query).await.unwrap().len()
    }
}
