//! The registry alone, in this process, by a clock that a test moves.

use std::sync::Arc;

use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::worker_service_server::WorkerService as _;
use kernel::time::{parse_iso, start_of_day_shanghai};
use kernel::{DivisionDirectory, ManualClock};
use messaging::journal::{Journal, JournalSettings};
use messaging::log::EventLog;
use messaging::seal::Signer;
use platform::access::Connection;
use platform::config::Config;
use platform::database::Database;
use platform::identity::Identity;
use platform::sweeper::{Sweep, Sweeper};
use platform::vault::Vault;
use prost::{Message, Name};
use registry::app::Application;
use registry::grpc::{
    ApplicationEndpoint, CategoryEndpoint, ChildEndpoint, CircumstanceEndpoint, GuardianshipEndpoint, MigrantEndpoint,
    PersonEndpoint, ReconciliationEndpoint, VisitEndpoint, WorkerEndpoint,
};
use registry::store::{Environment, Migrator};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tempfile::TempDir;
use tests::city::Backend;
use tests::postgres::PostgresServer;
use tests::tools::workspace;
use tonic::{Request, Response, Status};

/// The registry's services over a database of their own.
pub struct Office {
    pub application: Arc<Application>,
    pub children: ChildEndpoint,
    pub categories: CategoryEndpoint,
    pub applications: ApplicationEndpoint,
    pub circumstances: CircumstanceEndpoint,
    pub guardianships: GuardianshipEndpoint,
    pub persons: PersonEndpoint,
    pub workers: WorkerEndpoint,
    pub visits: VisitEndpoint,
    pub migrants: MigrantEndpoint,
    pub reconciliations: ReconciliationEndpoint,
    pub sweeps: Vec<Box<dyn Sweep<Application>>>,
    pub clock: ManualClock,
    pub database: Database,
    ground: Arc<Ground>,
}

/// What several processes of one registry share.
struct Ground {
    config: Config,
    vault: Arc<Vault>,
    signer: Signer,
    folder: TempDir,
}

impl Office {
    /// An office that opens at 00:00 of a day.
    pub async fn open(backend: Backend, day: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        if backend == Backend::Postgres {
            config.database.url = Some(PostgresServer::shared().create_database().await);
        }
        let vault = Arc::new(Vault::open(&folder.path().join("registry.vault")).unwrap());
        let ground = Ground { config, vault, signer: Signer::generate().unwrap(), folder };
        let clock = ManualClock::on(parse_iso(day).unwrap());
        let visit_duty = ground.config.registry.visit_duty.clone();
        let office = Self::on(Arc::new(ground), clock, &visit_duty).await;
        office.database.migrate::<Migrator>().await.unwrap();
        office
    }

    /// Another process on the same database.
    pub async fn another(&self) -> Self {
        Self::on(Arc::clone(&self.ground), self.clock.clone(), &self.ground.config.registry.visit_duty).await
    }

    /// Another process on the same database, whose duty of visits is of other categories.
    pub async fn another_with(&self, visit_duty: &str) -> Self {
        Self::on(Arc::clone(&self.ground), self.clock.clone(), visit_duty).await
    }

    async fn on(ground: Arc<Ground>, clock: ManualClock, visit_duty: &str) -> Self {
        let database = Database::open(&ground.config.database, registry::SERVICE, ground.folder.path()).await.unwrap();
        let rule = Arc::new(registry::settings::visit_duty(visit_duty).unwrap());
        let policy = Arc::new(registry::policy::Policy::built_in().unwrap());
        let (journal, _) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(Environment {
                vault: Arc::clone(&ground.vault),
                visit_duty: Arc::clone(&rule),
                migrant_rules: Arc::clone(&policy.migrant_rules),
            }),
            clock: Arc::new(clock.clone()),
            signer: ground.signer.clone(),
            config: ground.config.journal.clone(),
        });
        let divisions = std::fs::read_to_string(workspace().join("deploy/divisions/3716.csv")).unwrap();
        let divisions = Arc::new(DivisionDirectory::from_csv(&divisions).unwrap());
        let application = Arc::new(Application::new(
            journal,
            database.clone(),
            Arc::clone(&ground.vault),
            Arc::new(clock.clone()),
            divisions,
            policy,
        ));
        Self {
            children: ChildEndpoint::new(Arc::clone(&application)),
            categories: CategoryEndpoint::new(Arc::clone(&application)),
            applications: ApplicationEndpoint::new(Arc::clone(&application)),
            circumstances: CircumstanceEndpoint::new(Arc::clone(&application)),
            guardianships: GuardianshipEndpoint::new(Arc::clone(&application)),
            persons: PersonEndpoint::new(Arc::clone(&application)),
            workers: WorkerEndpoint::new(Arc::clone(&application)),
            visits: VisitEndpoint::new(Arc::clone(&application)),
            migrants: MigrantEndpoint::new(Arc::clone(&application)),
            reconciliations: ReconciliationEndpoint::new(Arc::clone(&application)),
            sweeps: registry::sweeps(&rule),
            application,
            clock,
            database,
            ground,
        }
    }

    /// Moves the clock to an instant, or to 00:00 Shanghai time of a day.
    pub fn at(&self, time: &str) {
        let instant = time.parse().unwrap_or_else(|_| start_of_day_shanghai(parse_iso(time).unwrap()));
        self.clock.set(instant);
    }

    /// Carries out everything that is due.
    pub async fn sweep(&self) {
        Sweeper::run_once(self.application.as_ref(), &self.clock, &self.sweeps).await.unwrap();
    }

    /// A new child in a division.
    pub async fn child(&self, division: &str) -> String {
        self.born(division, "2014-03-02").await
    }

    /// A new child in a division, born on a day.
    pub async fn born(&self, division: &str, birth_date: &str) -> String {
        let profile = v1::ChildProfile {
            full_name: "王小明".to_owned(),
            birth_date: Some(day(birth_date)),
            sex: 1,
            household_division: division.to_owned(),
            ..Default::default()
        };
        let request = v1::RegisterChildRequest { profile: Some(profile), ..Default::default() };
        answer(self.children.register_child(asked(request)).await).child.unwrap().id
    }

    /// A child who carries a category since a day.
    pub async fn child_with(&self, division: &str, category: v1::Category, confirmed_on: &str) -> String {
        let child = self.child(division).await;
        self.confirm(&child, category, confirmed_on).await;
        child
    }

    /// Confirms a category; answers the record's id.
    pub async fn confirm(&self, child: &str, category: v1::Category, confirmed_on: &str) -> String {
        let request = v1::ConfirmCategoryRequest {
            child: child.to_owned(),
            category: category.into(),
            confirmed_on: Some(day(confirmed_on)),
            ..Default::default()
        };
        answer(self.categories.confirm_category(asked(request)).await).record.unwrap().id
    }

    /// Somebody new in a post: a director in a village, a supervisor in a township.
    pub async fn appoint(&self, division: &str, from: &str) -> v1::Worker {
        answer(self.workers.appoint_worker(asked(appointment(division, from))).await).worker.unwrap()
    }

    /// Whether a text lies in the database as it is.
    pub async fn lies_open(&self, text: &str) -> bool {
        if self.ground.config.database.url.is_none() {
            let files = std::fs::read_dir(self.ground.folder.path().join("databases")).unwrap();
            let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
            return bytes.windows(text.len()).any(|window| window == text.as_bytes());
        }
        let reader = self.database.reader();
        let tables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'registry'";
        let tables = reader.query_all_raw(Statement::from_string(DbBackend::Postgres, tables)).await.unwrap();
        for table in tables {
            let table: String = table.try_get("", "name").unwrap();
            let rows = format!("SELECT t::text AS line FROM \"{table}\" t");
            for row in reader.query_all_raw(Statement::from_string(DbBackend::Postgres, rows)).await.unwrap() {
                let row: String = row.try_get("", "line").unwrap();
                if row.contains(text) || row.contains(&hex::encode(text)) {
                    return true;
                }
            }
        }
        false
    }

    /// Changes the tables behind the registry's back, as an older version may have left them.
    pub async fn change_tables(&self, sql: &str) {
        let connection = match self.ground.config.database.url {
            Some(_) => self.database.reader().clone(),
            None => {
                let file = self.ground.folder.path().join("databases/registry.db");
                sea_orm::Database::connect(format!("sqlite://{}?mode=rw", file.display())).await.unwrap()
            }
        };
        connection.execute_unprepared(sql).await.unwrap();
    }

    /// The events of a type, in order.
    pub async fn told<M: Message + Name + Default>(&self) -> Vec<M> {
        let kind = contract::event::of::<M>();
        let log = EventLog::new(self.database.clone());
        let events = log.read(0, 1_000_000).await.unwrap();
        let of_kind = events.iter().filter(|sealed| sealed.event.event.name == kind.name);
        of_kind.map(|sealed| M::decode(sealed.event.body.clone()).unwrap()).collect()
    }
}

/// The appointment of somebody new.
pub fn appointment(division: &str, from: &str) -> v1::AppointWorkerRequest {
    let role = if division.len() == 12 { v1::WorkerRole::Director } else { v1::WorkerRole::Supervisor };
    v1::AppointWorkerRequest {
        subject: Some(v1::appoint_worker_request::Subject::Person(person("李主任"))),
        role: role.into(),
        division: division.to_owned(),
        from: Some(day(from)),
        ..Default::default()
    }
}

pub fn person(full_name: &str) -> v1::WorkerPerson {
    v1::WorkerPerson { full_name: full_name.to_owned(), phone: "19900001111".to_owned() }
}

/// A request of civil affairs.
pub fn asked<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    let identity = Identity::parse("spiffe://binzhou.hutong/department/CA", "binzhou.hutong").unwrap();
    request.extensions_mut().insert(Connection::of(identity));
    request
}

#[track_caller]
pub fn answer<M>(answer: Result<Response<M>, Status>) -> M {
    answer.unwrap().into_inner()
}

pub fn day(text: &str) -> Date {
    contract::date::from_date(parse_iso(text).unwrap())
}

/// A visit by a worker, of which nothing is to be said.
pub fn visit(child: &str, worker: &str, on: &str) -> v1::VisitFacts {
    v1::VisitFacts {
        child: child.to_owned(),
        worker: worker.to_owned(),
        visited_on: Some(day(on)),
        kind: v1::VisitKind::Home.into(),
        guardianship: v1::GuardianshipSituation::Good.into(),
        risk: v1::VisitRisk::None.into(),
        ..Default::default()
    }
}
