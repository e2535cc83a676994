//! Who reads many children, at night, or outside its area is told of once, whoever is killed meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{
    Call, ListCallsRequest, ListUnusualRequest, ListUnusualResponse, UnusualAccess, UnusualPattern,
};
use contract::registry::v1::check_support_request::About;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::support_service_client::SupportServiceClient;
use contract::registry::v1::{AccessUnusual, CheckSupportRequest, GetChildRequest};
use hutong::city::CitySettings;
use kernel::time::{shanghai_date, start_of_day_shanghai};
use kernel::{Clock, ManualClock, SystemClock};
use platform::config::Config;
use platform::identity::Credentials;
use platform::shutdown::Shutdown;
use prost::Message as _;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::{fails, json, output};
use tests::postgres::PostgresServer;
use tests::refusal::assert_refused;
use tests::tools;
use tests::wait::eventually;
use tonic::transport::Channel;
use tonic::{Code, Request};

both_databases!(
    bulk_reading_is_told_once_whoever_is_killed_and_normal_use_never,
    a_night_and_calls_outside_an_area_are_told_when_they_are_over,
);

const EVENT: &str = "registry.access.unusual";
/// Children within an hour that are many here.
const MANY: usize = 5;
/// So many that one of two hours has many of them, and the other has not, when the clock strikes meanwhile.
const MORE: usize = 2 * MANY - 1;
const HOUR: i64 = 3_600;

async fn list(channel: Channel, request: ListUnusualRequest) -> ListUnusualResponse {
    AuditServiceClient::new(channel).list_unusual(request).await.unwrap().into_inner()
}

/// What the event of a finding says, but for its id.
fn event(found: &UnusualAccess, division: &str) -> AccessUnusual {
    AccessUnusual {
        finding: found.id.clone(),
        division: division.to_owned(),
        caller: found.caller.clone(),
        pattern: found.pattern,
        from: found.from,
        until: found.until,
        calls: found.calls,
        children: found.children,
    }
}

/// The calls of a caller, the oldest first.
async fn calls_of(city: &City, caller: &str, method: &str) -> Vec<Call> {
    let mut audit = AuditServiceClient::new(city.channel("CA").await);
    let request = ListCallsRequest { caller: caller.to_owned(), page_size: 500, ..Default::default() };
    let mut calls = audit.list_calls(request).await.unwrap().into_inner().calls;
    calls.retain(|call| call.method.ends_with(method));
    calls.reverse();
    calls
}

/// What is to be told of calls that show children: for each of the clock's hours those up to the one that shows the fifth child.
fn expected(calls: &[Call]) -> Vec<UnusualAccess> {
    let hour = |call: &Call| call.time.unwrap().seconds / HOUR;
    let hours = calls.chunk_by(|one, next| hour(one) == hour(next));
    let told = hours.filter_map(|calls| {
        let mut shown: Vec<&str> = Vec::new();
        for (at, call) in calls.iter().enumerate() {
            shown.extend(call.children.iter().map(String::as_str));
            shown.sort_unstable();
            shown.dedup();
            if shown.len() >= MANY {
                return Some(UnusualAccess {
                    service: "registry".to_owned(),
                    pattern: UnusualPattern::BulkReading.into(),
                    caller: call.caller.clone(),
                    from: calls[0].time,
                    until: call.time,
                    calls: at as u64 + 1,
                    children: shown.len() as u64,
                    ..Default::default()
                });
            }
        }
        None
    });
    told.collect()
}

async fn told(city: &City) -> Vec<AccessUnusual> {
    let stream = city.event_stream().await;
    let told = stream.iter().filter(|message| message.subject.contains(EVENT));
    told.map(|message| AccessUnusual::decode(message.payload.clone()).unwrap()).collect()
}

async fn read(city: &City, child: &str) {
    let mut request = Request::new(GetChildRequest { child: child.to_owned(), ..Default::default() });
    request.metadata_mut().insert("hutong-actor", "clerk-7".parse().unwrap());
    city.children().await.get_child(request).await.unwrap();
}

async fn bulk_reading_is_told_once_whoever_is_killed_and_normal_use_never(backend: Backend) {
    let options = CityOptions::default()
        .set("unusual.look_seconds", "1")
        .set("unusual.bulk_children", MANY.to_string())
        .set("unusual.bulk_children_of_actor", MANY.to_string())
        .set("unusual.night", "");
    let mut city = City::start_with(backend, options).await;
    let mut children = Vec::new();
    for number in 1..=MORE {
        children.push(city.register(u32::try_from(number).unwrap()).await.id);
    }
    // The same few files again and again are no bulk, and what one registers one knows.
    for child in children.iter().take(MANY - 1).cycle().take(3 * MANY) {
        read(&city, child).await;
    }
    for child in &children {
        read(&city, child).await;
    }
    // Once for the caller, once for the clerk.
    eventually("bulk reading is told", async || (told(&city).await.len() >= 2).then_some(())).await;
    city.kill();
    city.restart().await;
    for child in &children {
        read(&city, child).await;
    }
    // Education's own references; once it is told of, all before it is judged.
    let mut education = SupportServiceClient::new(city.channel("EDU").await);
    for child in &children {
        let about = Some(About::Child(city.reference("EDU", child)));
        education.check_support(CheckSupportRequest { about, month: None }).await.unwrap();
    }
    let of_education = async || told(&city).await.into_iter().any(|event| event.caller == "EDU").then_some(());
    eventually("education is told of", of_education).await;

    let of_office = expected(&calls_of(&city, "CA", "/GetChild").await);
    let of_education = expected(&calls_of(&city, "EDU", "/CheckSupport").await);
    let twice = of_office.into_iter().flat_map(|found| {
        let of_clerk = UnusualAccess { actor: "clerk-7".to_owned(), ..found.clone() };
        [found, of_clerk]
    });
    let expected: Vec<UnusualAccess> = twice.chain(of_education).collect();
    let mut found = list(city.channel("CA").await, ListUnusualRequest::default()).await.unusual;
    found.reverse();
    let events: Vec<AccessUnusual> = found.iter().map(|found| event(found, "371600")).collect();
    assert_eq!(told(&city).await, events, "each finding is one event");
    for found in &mut found {
        assert!(found.told_at.unwrap().seconds >= found.until.unwrap().seconds);
        (found.id, found.told_at) = (String::new(), None);
    }
    // Counts go on until the hour is over, which it may be by now.
    let told_at_once = |found: &UnusualAccess| !found.over;
    for (found, expected) in found.iter().zip(&expected).filter(|(found, _)| told_at_once(found)) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());

    commands_tell_the_same(&city);
    pages_are_whole(&city, &found).await;
    let log = std::fs::read_to_string(city.data().join("logs/hutong.log")).unwrap();
    assert_eq!(log.matches("UNUSUAL_ACCESS").count(), found.len(), "each is an alarm");
    assert!(!log.contains("clerk-7"), "no person is named");
    for code in ["EDU", "HC", "FL"] {
        let mailbox = city.mailbox(code).await;
        assert!(!mailbox.iter().any(|message| message.subject.contains("unusual")), "{code} is not told");
    }
    city.close().await;
}

fn commands_tell_the_same(city: &City) {
    let found = json(city.command(&["audit", "unusual", "--caller", "EDU", "--json"]));
    let first = &found.as_array().unwrap()[0];
    assert_eq!((&first["pattern"], &first["label"]["zh"]), (&"bulk-reading".into(), &"大量查询".into()));
    assert_eq!((&first["service"], &first["caller"], &first["actor"]), (&"registry".into(), &"EDU".into(), &"".into()));
    let none = json(city.command(&["audit", "unusual", "--pattern", "outside-area", "--json"]));
    assert_eq!(none.as_array().unwrap().len(), 0);
    let said = String::from_utf8(output(city.command(&["audit", "unusual", "--limit", "1"])).stdout).unwrap();
    assert!(said.contains("大量查询 bulk reading") && said.contains("the newest 1 are shown"), "{said}");
    let said = fails(city.command(&["audit", "unusual", "--pattern", "much"]));
    assert!(said.contains("--pattern takes one of bulk-reading, bulk-export, night, outside-area"), "{said}");
}

async fn pages_are_whole(city: &City, all: &[UnusualAccess]) {
    let channel = city.channel("CA").await;
    let mut request = ListUnusualRequest { page_size: 2, ..Default::default() };
    let mut paged = Vec::new();
    loop {
        let page = list(channel.clone(), request.clone()).await;
        paged.extend(page.unusual.into_iter().map(|found| (found.caller, found.actor, found.from)));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    paged.reverse();
    let all: Vec<_> = all.iter().map(|found| (found.caller.clone(), found.actor.clone(), found.from)).collect();
    assert_eq!(paged, all);
    let first = list(channel.clone(), ListUnusualRequest { page_size: 2, ..Default::default() }).await;
    let other =
        ListUnusualRequest { caller: "EDU".to_owned(), page_token: first.next_page_token, ..Default::default() };
    let mut audit = AuditServiceClient::new(channel);
    assert_refused(audit.list_unusual(other).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    let mut stranger = AuditServiceClient::new(city.channel("EDU").await);
    let refused = stranger.list_unusual(ListUnusualRequest::default()).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_PERMITTED");
}

/// A whole city in this process, by a clock that the test moves.
struct Inside {
    city: hutong::city::City,
    clock: ManualClock,
    folder: tempfile::TempDir,
}

impl Inside {
    /// Whose night is now, and goes on for two hours at most.
    async fn start(backend: Backend, departments: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("departments.toml");
        std::fs::write(&file, departments).unwrap();
        let clock = ManualClock::new(SystemClock.now());
        let mut config = Config::load_with(None, night_from(&clock)).unwrap();
        config.data.directory = folder.path().join("data");
        config.departments.file = Some(file);
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.nats.listen = "127.0.0.1:0".parse().unwrap();
        config.nats.server_binary = Some(tools::nats_server().unwrap());
        if backend == Backend::Postgres {
            config.database.url = Some(PostgresServer::shared().create_database().await);
        }
        let settings = CitySettings {
            clock: Arc::new(clock.clone()),
            hutong: tools::hutong().unwrap(),
            ..CitySettings::new(config, Shutdown::new())
        };
        Self { city: hutong::city::City::start(settings).await.unwrap(), clock, folder }
    }

    async fn channel(&self, code: &str) -> Channel {
        let tls = self.folder.path().join("data/tls");
        let file = |name: String| tls.join(name);
        let (certificate, key) = (file(format!("department/{code}.pem")), file(format!("department/{code}.key")));
        let credentials = Credentials::load(&certificate, &key, Path::new(&tls.join("authority.pem"))).unwrap();
        platform::client::connect(&self.city.endpoints().grpc.to_string(), &credentials).await.unwrap()
    }

    async fn register(&self, number: u32, division: &str) -> String {
        let mut request = Samples::registration(number);
        request.profile.as_mut().unwrap().household_division = division.to_owned();
        let mut children = ChildServiceClient::new(self.channel("CA").await);
        children.register_child(request).await.unwrap().into_inner().child.unwrap().id
    }

    async fn check(&self, code: &str, child: &str) -> Result<bool, Code> {
        let pseudonyms = self.city.pseudonyms();
        let department = self.city.mailboxes().get(code).unwrap().department;
        let reference = pseudonyms.of(department).unwrap().conceal(child.parse().unwrap());
        let about = Some(About::Child(reference.to_string()));
        let mut client = SupportServiceClient::new(self.channel(code).await);
        let answer = client.check_support(CheckSupportRequest { about, month: None }).await;
        answer.map(|answer| answer.into_inner().supported).map_err(|status| status.code())
    }

    async fn found(&self) -> Vec<UnusualAccess> {
        list(self.channel("CA").await, ListUnusualRequest::default()).await.unusual
    }

    async fn told(&self) -> Vec<AccessUnusual> {
        let events = self.city.registry_log().unwrap().read(0, 100).await.unwrap();
        let told = events.iter().filter(|sealed| sealed.event.event.name == EVENT);
        told.map(|sealed| AccessUnusual::decode(sealed.event.body.clone()).unwrap()).collect()
    }
}

/// A night that begins with this hour.
fn night_from(clock: &ManualClock) -> Vec<(&'static str, String)> {
    let now = clock.now();
    let of_day = now.saturating_duration_since(start_of_day_shanghai(shanghai_date(now)));
    let hour = of_day.as_secs() / 3_600;
    vec![
        ("HUTONG__UNUSUAL__NIGHT", format!("{hour:02}:00-{:02}:00", (hour + 2) % 24)),
        ("HUTONG__UNUSUAL__NIGHT_CALLS", "2".to_owned()),
        ("HUTONG__UNUSUAL__LOOK_SECONDS", "1".to_owned()),
    ]
}

async fn a_night_and_calls_outside_an_area_are_told_when_they_are_over(backend: Backend) {
    let offices = "[[mailbox]]\ncode = \"EDU-371621\"\n[[mailbox]]\ncode = \"HUD-371681\"\n";
    let city = Inside::start(backend, offices).await;
    let (here, there) = (city.register(1, "371621101").await, city.register(2, "371681").await);
    assert_eq!(city.check("EDU-371621", &here).await, Ok(false));
    assert_eq!(city.check("EDU-371621", &here).await, Ok(false));
    assert_eq!(city.check("HUD-371681", &there).await, Ok(false), "one call in a night is not told");
    for _ in 0..3 {
        assert_eq!(city.check("EDU-371621", &there).await, Err(Code::NotFound));
    }
    // The hour ends, then the night; one that begins afterwards has nothing to do with them.
    city.clock.advance(Duration::from_hours(1) + Duration::from_secs(60));
    let outside = eventually("the hour is judged", async || city.found().await.into_iter().next()).await;
    assert_eq!((outside.pattern(), outside.caller.as_str()), (UnusualPattern::OutsideArea, "EDU-371621"));
    assert_eq!((outside.calls, outside.children, outside.over), (3, 1, true));
    city.clock.advance(Duration::from_hours(1));
    let found = eventually("the night is judged", async || {
        let found = city.found().await;
        (found.len() == 2).then_some(found)
    })
    .await;
    let night = &found[0];
    assert_eq!((night.pattern(), night.caller.as_str()), (UnusualPattern::Night, "EDU-371621"));
    assert_eq!((night.calls, night.children, night.over), (2, 1, true));
    assert_eq!(found[1], outside);
    let events: Vec<AccessUnusual> = [&outside, night].map(|found| event(found, "371621")).to_vec();
    assert_eq!(city.told().await, events);
    assert_eq!(city.told().await[0].from, outside.from);
    city.city.stop().await.unwrap();
}
