//! What is past its time is erased with all that is around it, and the chain of events holds.

use contract::date::from_date;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::guardianship_service_client::GuardianshipServiceClient;
use contract::registry::v1::household_member::Member as Who;
use contract::registry::v1::person_service_client::PersonServiceClient;
use contract::registry::v1::{
    AssignRoleRequest, Category, EndChildRequest, EndReason, GetChildRequest, GetPersonRequest, HouseholdMember,
    MarkDifferentRequest, OpenHouseholdRequest, PersonIdentity, RegisterPersonRequest, Role, RoleKind, Validity,
};
use kernel::{Clock as _, Date, SystemClock};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::json;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::{done, fails, json};
use tests::refusal::assert_refused;
use tests::wait::eventually;
use tonic::Code;
use uuid::Uuid;

both_databases!(a_file_is_erased_with_all_that_is_around_it, what_is_past_its_time_is_erased_once);

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

async fn end(city: &City, child: &str, day: Date) {
    let request = EndChildRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        reason: EndReason::Adoption.into(),
        ended_on: Some(from_date(day)),
        ..Default::default()
    };
    city.children().await.end_child(request).await.unwrap();
}

/// A person with a role to children.
async fn person(city: &City, number: u32, kind: RoleKind, children: &[&str]) -> String {
    let channel = city.channel("CA").await;
    let identity = PersonIdentity {
        full_name: "王大明".to_owned(),
        citizen_id: Samples::profile(number).citizen_id,
        ..Default::default()
    };
    let new =
        RegisterPersonRequest { request_id: Samples::request_id(), identity: Some(identity), ..Default::default() };
    let answer = PersonServiceClient::new(channel.clone()).register_person(new).await.unwrap().into_inner();
    let person = answer.person.unwrap().id;
    for child in children {
        let role = AssignRoleRequest {
            request_id: Samples::request_id(),
            child: (*child).to_owned(),
            role: Some(Role {
                person: person.clone(),
                kind: kind.into(),
                validity: Some(Validity { from: Some(Samples::day(2025, 1, 1)), until: None }),
                ..Default::default()
            }),
            ..Default::default()
        };
        GuardianshipServiceClient::new(channel.clone()).assign_role(role).await.unwrap();
    }
    person
}

/// The columns of the database in which an id stands.
async fn places_of(database: &DatabaseConnection, id: Uuid) -> Vec<String> {
    let backend = database.get_database_backend();
    let (columns, value) = match backend {
        DbBackend::Postgres => (
            "SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type IN ('uuid', 'text', 'character varying')",
            format!("'{id}'"),
        ),
        _ => (
            "SELECT m.name AS t, c.name AS c, lower(c.type) AS kind FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND (c.type LIKE '%uuid%' OR c.type LIKE '%text%' OR c.type LIKE '%varchar%')",
            format!("X'{}'", id.simple()),
        ),
    };
    let all = async |sql: String| database.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let mut places = Vec::new();
    for row in all(columns.to_owned()).await {
        let text = |name: &str| QueryResult::try_get::<String>(&row, "", name).unwrap();
        let (table, column, kind) = (text("t"), text("c"), text("kind"));
        let holds = if kind.contains("uuid") { format!("= {value}") } else { format!("LIKE '%{id}%'") };
        let found = all(format!("SELECT 1 FROM \"{table}\" WHERE \"{column}\" {holds} LIMIT 1")).await;
        if !found.is_empty() {
            places.push(format!("{table}.{column}"));
        }
    }
    places.sort();
    places
}

async fn a_file_is_erased_with_all_that_is_around_it(backend: Backend) {
    let city = City::start(backend).await;
    let (gone, stays) = (city.register(1).await.id, city.register(2).await.id);
    city.confirm(&gone, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let alone = person(&city, 11, RoleKind::Father, &[&gone]).await;
    let of_both = person(&city, 12, RoleKind::Grandparent, &[&gone, &stays]).await;
    let member = |who: Who| HouseholdMember {
        member: Some(who),
        relation: "长子".to_owned(),
        validity: Some(Validity { from: Some(Samples::day(2025, 1, 1)), until: None }),
    };
    let home = OpenHouseholdRequest {
        request_id: Samples::request_id(),
        members: vec![member(Who::Child(gone.clone())), member(Who::Person(alone.clone()))],
    };
    GuardianshipServiceClient::new(city.channel("CA").await).open_household(home).await.unwrap();
    let mark = MarkDifferentRequest {
        request_id: Samples::request_id(),
        child: gone.clone(),
        other_child: stays.clone(),
        reason: "同名不同人".to_owned(),
    };
    city.matching().await.mark_different(mark).await.unwrap();
    city.settle().await;
    assert_eq!(city.mailbox("EDU").await.len(), 2);
    let said = fails(city.command(&["retention", "erase", &gone]));
    assert!(said.contains("the file has not ended"), "{said}");
    let said = fails(city.command(&["retention", "erase", "nobody"]));
    assert!(said.contains("a UUID is expected"), "{said}");

    end(&city, &gone, date(2025, 3, 10)).await;
    let database = city.registry_database().await;
    let id: Uuid = gone.parse().unwrap();
    assert!(places_of(&database, id).await.len() > 5, "the child stands in many places");
    let erased = json(city.command(&["retention", "erase", &gone, "--json"]));
    assert_eq!(erased["files"], 1);
    assert!(erased["event_contents"].as_u64().unwrap() >= 3, "{erased}");

    // That it was erased is told under its id, and the audit keeps who saw it.
    assert_eq!(places_of(&database, id).await, ["audit_child.child", "event_log.aggregate"]);
    assert_eq!(places_of(&database, alone.parse().unwrap()).await, [""; 0]);
    let channel = city.channel("CA").await;
    let get = GetChildRequest { child: gone.clone(), ..Default::default() };
    assert_refused(ChildServiceClient::new(channel.clone()).get_child(get).await, Code::NotFound, "CHILD_NOT_FOUND");
    let mut persons = PersonServiceClient::new(channel);
    let about = |person: &str| GetPersonRequest { person: person.to_owned(), ..Default::default() };
    assert_refused(persons.get_person(about(&alone)).await, Code::NotFound, "PERSON_NOT_FOUND");
    persons.get_person(about(&of_both)).await.unwrap();
    let said = fails(city.command(&["retention", "erase", &gone]));
    assert!(said.contains("no such child"), "{said}");

    // Stream and mailboxes come back without it; log and audit are as whole as before.
    let other = city.reference("EDU", &stays);
    eventually("education's mailbox has one message", async || {
        let counts = city.mailbox_counts().await;
        counts.contains(&("EDU".to_owned(), Some((1, 1)))).then_some(())
    })
    .await;
    let told = city.mailbox("EDU").await;
    assert!(
        told.len() == 1 && String::from_utf8_lossy(&told[0].payload).contains(&other),
        "it tells of the other child"
    );
    done(city.command(&["audit", "verify"]));
    city.settle().await;
    city.close().await;
}

async fn what_is_past_its_time_is_erased_once(backend: Backend) {
    let options = CityOptions::default().set("retention.files_years", "1");
    let city = City::start_with(backend, options).await;
    let (old, new, active) = (city.register(1).await.id, city.register(2).await.id, city.register(3).await.id);
    end(&city, &old, date(2020, 3, 10)).await;
    end(&city, &new, SystemClock.today()).await;
    let report = || json(city.command(&["retention", "show", "--json"]));
    let class = |report: &serde_json::Value, name: &str| {
        report.as_array().unwrap().iter().find(|class| class["class"] == name).unwrap().clone()
    };
    let files = class(&report(), "files");
    let expected = json!({
        "class": "files", "zh": "儿童档案", "years": 1, "held": 3, "oldest": "2020-03-10", "due": 1,
    });
    assert_eq!(files, expected);
    assert_eq!(class(&report(), "audit")["years"], serde_json::Value::Null);

    let erased = json(city.command(&["retention", "apply", "--json"]));
    assert_eq!((&erased["files"], &erased["emergencies"]), (&1.into(), &0.into()));
    let again = json(city.command(&["retention", "apply", "--json"]));
    assert_eq!(again["files"], 0);
    assert_eq!(class(&report(), "files")["held"], 2);
    let mut children = city.children().await;
    for (child, is_there) in [(old, false), (new, true), (active, true)] {
        let found = children.get_child(GetChildRequest { child, ..Default::default() }).await;
        assert_eq!(found.is_ok(), is_there);
    }
    city.close().await;
}
