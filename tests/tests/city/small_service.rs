//! A service of a few lines on the real messaging: it tells of children, and it writes down what it hears of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::registry::v1::{ChildRegistered, ChildUpdated};
use kernel::{ChildId, Clock, SystemClock};
use messaging::inbox::{EventHandler, ReceivedEvent};
use messaging::journal::{Context, EventFeed, Journal, JournalSettings, RequestKey, UseCase, Workspace};
use messaging::log::EventLog;
use messaging::seal::Signer;
use platform::config::Config;
use platform::database::{Database, Rows, Write, any_uuid};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;
use sea_orm_migration::prelude::*;
use tempfile::TempDir;
use tests::city::Backend;
use tests::postgres::PostgresServer;
use uuid::Uuid;

/// What was heard of each child, in order: `1,4,5`.
pub struct Notes {
    heard: BTreeMap<Uuid, String>,
    changed: BTreeSet<Uuid>,
}

#[tonic::async_trait]
impl Workspace for Notes {
    type Needs = BTreeSet<Uuid>;
    type Environment = ();

    async fn load(write: &Write, needs: BTreeSet<Uuid>, (): &()) -> Result<Self, ServiceError> {
        let query = Query::select()
            .columns(["child", "heard"])
            .from("notes")
            .and_where(any_uuid(write.get_database_backend(), "child", needs))
            .to_owned();
        let rows = write.query_all(&query).await?;
        let read = |row: &sea_orm::QueryResult| Ok((row.try_get("", "child")?, row.try_get("", "heard")?));
        let heard = rows.iter().map(read).collect::<Result<_, sea_orm::DbErr>>()?;
        Ok(Self { heard, changed: BTreeSet::new() })
    }

    fn store(self, write: &mut Write, (): &()) -> Result<(), ServiceError> {
        let heard = self.changed.iter().map(|child| self.heard[child].clone()).collect();
        let children = self.changed.into_iter().collect();
        Rows::new("notes").uuid("child", children).text("heard", heard).upsert(write, "child");
        Ok(())
    }
}

/// A child that nobody has told of.
pub fn child() -> Uuid {
    ChildId::generate(&SystemClock).as_uuid()
}

/// Tells of a child: registered first, updated after.
pub struct Tell {
    pub child: Uuid,
    pub first: bool,
}

impl UseCase<Notes> for Tell {
    type Reply = ();

    fn needs(&self, _: &mut BTreeSet<Uuid>) {}

    fn decide(&self, _: &mut Notes, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let (child, county) = (self.child.to_string(), "371621".to_owned());
        if self.first {
            context.record(&ChildRegistered { child, county, ..Default::default() });
        } else {
            context.record(&ChildUpdated { child, county, ..Default::default() });
        }
        Ok(())
    }
}

/// Writes down what it hears; of one child it cannot hear, until it is mended.
pub struct WriteDown {
    pub deaf_to: Uuid,
    pub mended: Arc<AtomicBool>,
}

impl EventHandler<Notes> for WriteDown {
    fn needs(&self, event: &ReceivedEvent, needs: &mut BTreeSet<Uuid>) {
        needs.insert(event.aggregate);
    }

    fn decide(&self, event: &ReceivedEvent, notes: &mut Notes, _: &mut Context<'_>) -> Result<(), ServiceError> {
        if event.aggregate == self.deaf_to && !self.mended.load(Ordering::SeqCst) {
            return Err(ServiceError::failed_precondition("DEAF", "cannot hear of this child"));
        }
        let heard = notes.heard.entry(event.aggregate).or_default();
        if !heard.is_empty() {
            heard.push(',');
        }
        heard.push_str(&event.sequence.to_string());
        notes.changed.insert(event.aggregate);
        Ok(())
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migration::migrations();
        migrations.push(Box::new(NotesTable));
        migrations
    }
}

struct NotesTable;

impl MigrationName for NotesTable {
    fn name(&self) -> &'static str {
        "m20241101_000004_notes"
    }
}

#[tonic::async_trait]
impl MigrationTrait for NotesTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("notes")
            .col(ColumnDef::new("child").uuid().not_null().primary_key())
            .col(ColumnDef::new("heard").text().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}

/// The service, with a database of its own.
pub struct SmallService {
    pub database: Database,
    pub journal: Journal<Notes>,
    pub log: EventLog,
    pub feed: Option<EventFeed>,
    pub config: Config,
    folder: Arc<TempDir>,
}

impl SmallService {
    pub async fn open(backend: Backend, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.database.url = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(PostgresServer::shared().create_database().await),
        };
        Self::start(name, config, Arc::new(folder)).await
    }

    /// A second process of the service, on the same database.
    pub async fn beside(&self) -> Self {
        Self::start(self.database.service(), self.config.clone(), Arc::clone(&self.folder)).await
    }

    async fn start(name: &str, config: Config, folder: Arc<TempDir>) -> Self {
        let database = Database::open(&config.database, name, folder.path()).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (journal, feed) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(()),
            clock,
            signer: Signer::generate().unwrap(),
            config: config.journal.clone(),
        });
        let log = EventLog::new(database.clone());
        Self { database, journal, log, feed: Some(feed), config, folder }
    }

    pub async fn tell(&self, child: Uuid, first: bool) {
        self.journal.submit(Tell { child, first }, RequestKey::none("Tell")).await.unwrap();
    }

    pub async fn heard_of(&self, child: Uuid) -> Option<String> {
        let query = Query::select()
            .columns(["child", "heard"])
            .from("notes")
            .and_where(any_uuid(self.database.reader().get_database_backend(), "child", [child]))
            .to_owned();
        let row = self.database.reader().query_one(&query).await.unwrap()?;
        Some(row.try_get("", "heard").unwrap())
    }
}
