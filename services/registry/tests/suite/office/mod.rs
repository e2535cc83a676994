//! A county office: the registry's services over a temporary database, on 2024-12-12.

use std::path::PathBuf;
use std::sync::Arc;

use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::search_children_request::Query;
use kernel::time::{parse_iso, start_of_day_shanghai};
use kernel::{CitizenId, DivisionDirectory, ManualClock};
use messaging::journal::{Journal, JournalSettings};
use messaging::log::EventLog;
use messaging::seal::Signer;
use platform::access::Connection;
use platform::config::Config;
use platform::database::Database;
use platform::identity::Identity;
use platform::sweeper::Sweeper;
use platform::vault::Vault;
use registry::app::Application;
use registry::domain::visit::DutyRule;
use registry::grpc::{
    ApplicationEndpoint, CategoryEndpoint, ChildEndpoint, CircumstanceEndpoint, GuardianshipEndpoint, MatchingEndpoint,
    PersonEndpoint, RosterEndpoint,
};
use registry::policy::Policy;
use registry::store::{Environment, Migrator};
use tempfile::TempDir;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

pub struct Office {
    pub application: Arc<Application>,
    pub children: ChildEndpoint,
    pub categories: CategoryEndpoint,
    pub applications: ApplicationEndpoint,
    pub matching: MatchingEndpoint,
    pub rosters: RosterEndpoint,
    pub persons: PersonEndpoint,
    pub guardianships: GuardianshipEndpoint,
    pub circumstances: CircumstanceEndpoint,
    pub clock: ManualClock,
    visit_duty: Arc<DutyRule>,
    log: EventLog,
    directory: TempDir,
}

impl Office {
    pub async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config::load(None).unwrap();
        let database = Database::open(&config.database, registry::SERVICE, directory.path()).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let vault = Arc::new(Vault::open(&directory.path().join("registry.vault")).unwrap());
        let visit_duty = Arc::new(registry::settings::visit_duty(&config.registry.visit_duty).unwrap());
        let policy = Arc::new(Policy::built_in().unwrap());
        let clock = ManualClock::new(start_of_day_shanghai(parse_iso("2024-12-12").unwrap()));
        let (journal, _) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(Environment {
                vault: Arc::clone(&vault),
                visit_duty: Arc::clone(&visit_duty),
                migrant_rules: Arc::clone(&policy.migrant_rules),
            }),
            clock: Arc::new(clock.clone()),
            signer: Signer::generate().unwrap(),
            config: config.journal,
        });
        let divisions = std::fs::read_to_string(project("deploy/divisions/3716.csv")).unwrap();
        let divisions = Arc::new(DivisionDirectory::from_csv(&divisions).unwrap());
        let log = EventLog::new(database.clone());
        let application = Application::new(journal, database, vault, Arc::new(clock.clone()), divisions, policy);
        let application = Arc::new(application);
        Self {
            children: ChildEndpoint::new(Arc::clone(&application)),
            categories: CategoryEndpoint::new(Arc::clone(&application)),
            applications: ApplicationEndpoint::new(Arc::clone(&application)),
            matching: MatchingEndpoint::new(Arc::clone(&application)),
            rosters: RosterEndpoint::new(Arc::clone(&application)),
            persons: PersonEndpoint::new(Arc::clone(&application)),
            guardianships: GuardianshipEndpoint::new(Arc::clone(&application)),
            circumstances: CircumstanceEndpoint::new(Arc::clone(&application)),
            application,
            clock,
            visit_duty,
            log,
            directory,
        }
    }

    pub async fn try_register(&self, profile: v1::ChildProfile) -> Result<v1::Child, Status> {
        let request = v1::RegisterChildRequest { profile: Some(profile), ..Default::default() };
        let answer = self.children.register_child(asked(request)).await?;
        Ok(answer.into_inner().child.unwrap())
    }

    pub async fn register(&self, profile: v1::ChildProfile) -> v1::Child {
        self.try_register(profile).await.unwrap()
    }

    pub async fn update(&self, request: v1::UpdateChildRequest) -> Result<v1::Child, Status> {
        Ok(self.children.update_child(asked(request)).await?.into_inner().child.unwrap())
    }

    pub async fn confirm(&self, child: &str, category: v1::Category, confirmed_on: Date) -> v1::Child {
        let request = v1::ConfirmCategoryRequest {
            child: child.to_owned(),
            category: category.into(),
            confirmed_on: Some(confirmed_on),
            ..Default::default()
        };
        self.categories.confirm_category(asked(request)).await.unwrap().into_inner().child.unwrap()
    }

    /// Turns every deadline that has passed into what follows.
    pub async fn sweep(&self) {
        Sweeper::run_once(self.application.as_ref(), &self.clock, &registry::sweeps(&self.visit_duty)).await.unwrap();
    }

    pub async fn get(&self, child: &str) -> v1::Child {
        let request = v1::GetChildRequest { child: child.to_owned(), ..Default::default() };
        self.children.get_child(asked(request)).await.unwrap().into_inner().child.unwrap()
    }

    pub async fn search(&self, query: Query) -> Vec<v1::Child> {
        let request = v1::SearchChildrenRequest { query: Some(query), ..Default::default() };
        self.children.search_children(asked(request)).await.unwrap().into_inner().children
    }

    /// The types of all events, in order.
    pub async fn event_types(&self) -> Vec<String> {
        let events = self.log.read(0, 100_000).await.unwrap();
        events.into_iter().map(|sealed| sealed.event.event.name.clone()).collect()
    }

    /// Changes the tables behind the registry's back, as an older version may have left them.
    pub async fn change_tables(&self, sql: &str) {
        let file = self.directory.path().join("databases/registry.db");
        let connection = sea_orm::Database::connect(format!("sqlite://{}?mode=rw", file.display())).await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&connection, sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// All events of one type, in order.
    pub async fn events<M: prost::Message + prost::Name + Default>(&self) -> Vec<M> {
        let events = self.log.read(0, 100_000).await.unwrap();
        let kind = &contract::event::of::<M>().name;
        let events = events.into_iter().filter(|sealed| sealed.event.event.name == *kind);
        events.map(|sealed| M::decode(sealed.event.body.as_ref()).unwrap()).collect()
    }

    /// The file of the database.
    pub fn database_file(&self) -> PathBuf {
        self.directory.path().join("databases/registry.db")
    }

    /// A value as the vault sealed it before each field had a key of its own.
    pub fn seal_by_version_1(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        struct Length;
        impl ring::hkdf::KeyType for Length {
            fn len(&self) -> usize {
                32
            }
        }
        let text = std::fs::read_to_string(self.directory.path().join("registry.vault")).unwrap();
        let secret = text.lines().find_map(|line| line.strip_prefix("key 1 ")).unwrap();
        let secret: Vec<u8> =
            (0..32).map(|byte| u8::from_str_radix(&secret[2 * byte..2 * byte + 2], 16).unwrap()).collect();
        let mut key = [0; 32];
        let root = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"hutong").extract(&secret);
        root.expand(&[b"hutong vault seal v1"], Length).unwrap().fill(&mut key).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key([7; 12]), Aad::from(place), &mut body).unwrap();
        [&[1, 0, 0, 0, 1][..], &[7; 12], &body].concat()
    }

    /// Everything that lies on the disk of the database.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.directory.path().join("databases")).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// A request of civil affairs.
pub fn asked<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    let identity = Identity::parse("spiffe://binzhou.hutong/department/CA", "binzhou.hutong").unwrap();
    request.extensions_mut().insert(Connection::of(identity));
    request
}

pub fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub fn day(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// The reason of a refusal.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// A foundling of Huimin county.
pub fn profile() -> v1::ChildProfile {
    v1::ChildProfile {
        full_name: "王小明".to_owned(),
        citizen_id: String::new(),
        birth_date: Some(day(2014, 3, 2)),
        sex: 1,
        household_division: "371621".to_owned(),
        guardian_name: "王大明".to_owned(),
        guardian_relation: "祖父".to_owned(),
        phone: "19900008431".to_owned(),
        bank_account: "6217509993346848443".to_owned(),
        school_stage: 80,
        ..Default::default()
    }
}

/// The same with a citizen ID, which nobody has.
pub fn identified(citizen_id: &str) -> v1::ChildProfile {
    let born = CitizenId::parse(citizen_id).unwrap().birth_date();
    v1::ChildProfile {
        citizen_id: citizen_id.to_owned(),
        birth_date: Some(contract::date::from_date(born)),
        ..profile()
    }
}
