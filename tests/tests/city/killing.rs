//! Killed at any moment, the city loses no committed event, applies none twice and keeps their order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::{ListChildrenRequest, RegisterChildRequest};
use platform::identity::Credentials;
use sea_orm::{ConnectionTrait as _, Statement};
use tests::Chance;
use tests::bounded;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::json;
use tests::wait::within;
use tokio::sync::Mutex;
use uuid::Uuid;

bounded!(thirty_kills_lose_and_repeat_nothing_on_sqlite, thirty_kills_lose_and_repeat_nothing_on_postgres);

async fn thirty_kills_lose_and_repeat_nothing_on_sqlite() {
    kill_repeatedly(Backend::Sqlite, 30).await;
}

async fn thirty_kills_lose_and_repeat_nothing_on_postgres() {
    kill_repeatedly(Backend::Postgres, 30).await;
}

async fn kill_repeatedly(backend: Backend, rounds: u32) {
    let mut random = Random::seeded();
    println!("HUTONG_TEST_SEED={}", random.seed);
    let options = CityOptions::default().set("exchange.repair_interval_seconds", "1");
    let mut city = City::start_with(backend, options).await;
    let office = Office::open(&city);
    for round in 0..rounds {
        let wanted = office.answered() + 5 + random.below(30);
        office.wait_for(wanted).await;
        // Somewhere within the next requests.
        for _ in 0..random.below(2_000) {
            tokio::task::yield_now().await;
        }
        if round % 2 == 0 {
            city.kill();
            city.restart().await;
            office.moved_to(&city).await;
        } else {
            city.kill_nats();
        }
    }
    let promised = office.close().await;
    city.settle().await;

    // Every answer that a caller got stands in the registry, once.
    let log = city.event_log().await;
    let mut registered = BTreeMap::new();
    for event in log.iter().filter(|event| event.kind == "registry.child.registered") {
        assert_eq!(registered.insert(event.aggregate.to_string(), event.sequence), None, "a child is registered twice");
    }
    for child in &promised {
        assert!(registered.contains_key(child), "a promised registration is lost");
    }
    let listed = list_all(&city).await;
    assert_eq!(listed, registered.keys().cloned().collect::<BTreeSet<_>>(), "state and events tell the same");
    assert!(promised.len() >= rounds as usize, "the office got on with its work");
    assert_eq!(recorded(&city).await, listed, "what was carried out was recorded with it, and nothing else was");
    let audit = json(city.command(&["audit", "verify", "--json"]));
    assert!(audit.as_array().unwrap().iter().all(|service| service["fault"].is_null()), "{audit}");

    // The log is gap-free, the stream equals it, and each mailbox what follows from it, in order.
    assert!(log.iter().zip(1..).all(|(event, sequence)| event.sequence == sequence), "the log has a gap");
    let stream = city.event_stream().await;
    assert_eq!(stream.len(), log.len());
    for (message, event) in stream.iter().zip(&log) {
        assert_eq!((message.sequence, &message.subject), (event.sequence, &event.subject()));
        assert_eq!(message.payload, event.body);
    }
    for code in ["EDU", "HC", "FL", "CRT", "FIN", "STA"] {
        let mailbox = city.mailbox(code).await.into_iter().map(|one| (one.subject, one.payload));
        assert_eq!(mailbox.collect::<Vec<_>>(), city.expected_mailbox(code, &log), "{code}");
    }
    city.close().await;
}

/// The children of the registrations that the audit says were allowed.
async fn recorded(city: &City) -> BTreeSet<String> {
    let database = city.registry_database().await;
    let sql = "SELECT DISTINCT child FROM audit INNER JOIN audit_child ON audit_child.sequence = audit.sequence \
               WHERE method = 'hutong.registry.v1.ChildService/RegisterChild' AND decision = 1";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    database.close().await.unwrap();
    rows.iter().map(|row| row.try_get::<Uuid>("", "child").unwrap().to_string()).collect()
}

async fn list_all(city: &City) -> BTreeSet<String> {
    let mut children = city.children().await;
    let mut listed = BTreeSet::new();
    let mut page_token = String::new();
    loop {
        let request = ListChildrenRequest { page_size: 500, page_token, ..Default::default() };
        let page = children.list_children(request).await.unwrap().into_inner();
        listed.extend(page.children.into_iter().map(|child| child.id));
        if page.next_page_token.is_empty() {
            return listed;
        }
        page_token = page.next_page_token;
    }
}

/// Clerks who register children without pause, and send a request again, with its id, until it is answered.
struct Office {
    shared: Arc<Shared>,
    clerks: Vec<tokio::task::JoinHandle<()>>,
}

struct Shared {
    endpoint: Mutex<String>,
    credentials: Credentials,
    next: AtomicU32,
    answered: AtomicU32,
    closing: AtomicBool,
    promised: Mutex<Vec<String>>,
}

impl Office {
    fn open(city: &City) -> Self {
        let shared = Arc::new(Shared {
            endpoint: Mutex::new(city.endpoints().grpc.clone()),
            credentials: city.credentials("CA"),
            next: AtomicU32::new(0),
            answered: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            promised: Mutex::new(Vec::new()),
        });
        let clerks = (0..4).map(|_| tokio::spawn(Arc::clone(&shared).work())).collect();
        Self { shared, clerks }
    }

    fn answered(&self) -> u32 {
        self.shared.answered.load(Ordering::SeqCst)
    }

    async fn wait_for(&self, answered: u32) {
        within(Duration::from_secs(120), "the office gets answers", async || {
            (self.answered() >= answered).then_some(())
        })
        .await;
    }

    async fn moved_to(&self, city: &City) {
        city.endpoints().grpc.clone_into(&mut *self.shared.endpoint.lock().await);
    }

    /// Lets every clerk get an answer to the request in hand; gives the children promised.
    async fn close(self) -> Vec<String> {
        self.shared.closing.store(true, Ordering::SeqCst);
        for clerk in self.clerks {
            clerk.await.unwrap();
        }
        self.shared.promised.lock().await.clone()
    }
}

impl Shared {
    async fn work(self: Arc<Self>) {
        while !self.closing.load(Ordering::SeqCst) {
            let request = Samples::registration(self.next.fetch_add(1, Ordering::SeqCst));
            let answer = tokio::time::timeout(Duration::from_secs(120), self.register_at_last(request));
            let child = answer.await.expect("a request is answered at last");
            self.promised.lock().await.push(child);
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn register_at_last(&self, request: RegisterChildRequest) -> String {
        let mut tries = tokio::time::interval(Duration::from_millis(20));
        loop {
            tries.tick().await;
            if let Some(child) = self.register(request.clone()).await {
                return child;
            }
        }
    }

    async fn register(&self, request: RegisterChildRequest) -> Option<String> {
        let endpoint = self.endpoint.lock().await.clone();
        let channel = platform::client::connect(&endpoint, &self.credentials).await.ok()?;
        match ChildServiceClient::new(channel).register_child(request).await {
            Ok(answer) => answer.into_inner().child.map(|child| child.id),
            Err(status) => {
                let known =
                    [tonic::Code::Unavailable, tonic::Code::Unknown, tonic::Code::Cancelled, tonic::Code::Internal];
                assert!(known.contains(&status.code()), "a crash shows as {status:?}");
                None
            }
        }
    }
}

/// Numbers from a seed that is printed, so that a failure can be had again.
struct Random {
    seed: u64,
    chance: Chance,
}

impl Random {
    fn seeded() -> Self {
        let named = std::env::var("HUTONG_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = named.unwrap_or_else(|| {
            use std::hash::{BuildHasher, Hasher};
            std::collections::hash_map::RandomState::new().build_hasher().finish()
        });
        Self { seed, chance: Chance::new(seed) }
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.chance.number() % u64::from(limit)).unwrap()
    }
}
