//! Who stands around a child, what befell them, and what is so of the child: on any day, as far as it was known at any
//! instant, and without a word of it at rest or in an event.

use contract::google::r#type::Date;
use contract::registry::v1::circumstance::Fact;
use contract::registry::v1::circumstance_service_client::CircumstanceServiceClient;
use contract::registry::v1::guardianship_service_client::GuardianshipServiceClient;
use contract::registry::v1::person_service_client::PersonServiceClient;
use contract::registry::v1::search_persons_request::Query;
use contract::registry::v1::{
    AssignRoleRequest, Circumstance, Condition, Contact, EndSituationRequest, Evidence, GetGuardianshipRequest,
    Guardianship, LeftBehind, LeftBehindChanged, Person, PersonIdentity, RecordCircumstanceRequest,
    RecordSituationRequest, RegisterPersonRequest, Remark, Residence, Role, RoleKind, SearchPersonsRequest, Situation,
    UpdatePersonRequest, Validity,
};
use prost::Message;
use prost_types::Timestamp;
use sea_orm::{ConnectionTrait, Statement};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;
use tonic::transport::Channel;

both_databases!(
    parents_are_read_with_their_situations_as_of_any_day_and_any_knowledge,
    one_citizen_id_is_one_persons_even_while_two_are_written_at_once,
    a_left_behind_child_is_told_to_two_departments_and_to_no_other,
    nothing_of_a_family_lies_open_at_rest_or_in_events,
    a_family_is_for_civil_affairs_alone,
);

async fn parents_are_read_with_their_situations_as_of_any_day_and_any_knowledge(backend: Backend) {
    let city = City::start(backend).await;
    let desk = Desk::of(&city).await;
    let (child, brother) = (city.register(1).await, city.register(2).await);
    let born = child.profile.as_ref().unwrap().birth_date.unwrap();
    let (father, mother) = (desk.person("张建军", "").await, desk.person("李秀英", "").await);
    desk.assign(&child.id, &father.id, RoleKind::Father, born).await;
    desk.assign(&child.id, &mother.id, RoleKind::Mother, born).await;
    desk.assign(&brother.id, &mother.id, RoleKind::Mother, Samples::day(2013, 1, 1)).await;
    let lost = Situation {
        police_accepted_on: Some(Samples::day(2025, 3, 1)),
        ..situation(Condition::OutOfContact, Samples::day(2024, 11, 20))
    };
    let recorded = desk.befell(&father.id, lost).await;
    let known = timestamp_after(&recorded.id);

    let on = async |day, recorded| desk.around(&child.id, Some(day), recorded).await;
    let conditions = |read: &Guardianship| {
        let persons = read.roles.iter().map(|role| role.person.as_ref().unwrap());
        persons.map(|person| person.situations.iter().map(Situation::condition).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let read = on(Samples::day(2025, 8, 31), None).await;
    assert_eq!(conditions(&read), [vec![Condition::OutOfContact], vec![]]);
    assert_eq!(read.siblings, [brother.id]);
    assert_eq!(conditions(&on(Samples::day(2024, 11, 19), None).await), [vec![], vec![]]);

    let mut persons = desk.persons.clone();
    let end = EndSituationRequest {
        request_id: Samples::request_id(),
        person: father.id.clone(),
        situation: recorded.id.clone(),
        ended_on: Some(Samples::day(2025, 6, 1)),
        ..Default::default()
    };
    persons.end_situation(end).await.unwrap();
    assert_eq!(conditions(&on(Samples::day(2025, 8, 31), None).await), [vec![], vec![]], "he was found");
    let then = on(Samples::day(2025, 8, 31), Some(known)).await;
    assert_eq!(conditions(&then), [vec![Condition::OutOfContact], vec![]], "which was not known then");
    let kinds: Vec<_> = city.event_log().await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "registry.guardianship.changed").count(), 3);
    city.close().await;
}

async fn one_citizen_id_is_one_persons_even_while_two_are_written_at_once(backend: Backend) {
    let city = City::start(backend).await;
    let desk = Desk::of(&city).await;
    let id = "371699201205170039";
    let registration = |name: &str| RegisterPersonRequest {
        request_id: Samples::request_id(),
        identity: Some(PersonIdentity { full_name: name.into(), citizen_id: id.into(), ..Default::default() }),
        contact: None,
    };
    let (mut one, mut two) = (desk.persons.clone(), desk.persons.clone());
    let both = tokio::join!(one.register_person(registration("张建军")), two.register_person(registration("张军")));
    let ((Ok(kept), Err(refused)) | (Err(refused), Ok(kept))) = both else { panic!("one of two is refused") };
    assert_refused::<()>(Err(refused), Code::AlreadyExists, "PERSON_ALREADY_REGISTERED");
    let kept = kept.into_inner().person.unwrap();

    // The one gives the ID up while another takes it.
    let other = desk.person("张建国", "").await;
    let update = |person: &Person, citizen_id: &str| UpdatePersonRequest {
        request_id: Samples::request_id(),
        person: person.id.clone(),
        identity: Some(PersonIdentity {
            full_name: "张建国".into(),
            citizen_id: citizen_id.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    one.update_person(update(&kept, "")).await.unwrap();
    one.update_person(update(&other, id)).await.unwrap();
    let query = SearchPersonsRequest { query: Some(Query::CitizenId(id.into())) };
    let found = one.search_persons(query).await.unwrap().into_inner().persons;
    assert_eq!(found.iter().map(|person| &person.id).collect::<Vec<_>>(), [&other.id]);
    city.close().await;
}

async fn a_left_behind_child_is_told_to_two_departments_and_to_no_other(backend: Backend) {
    let city = City::start(backend).await;
    let desk = Desk::of(&city).await;
    let child = city.register(1).await.id;
    let grandmother = desk.person("赵桂兰", "").await;
    let left = LeftBehind {
        father_whereabouts: "440106".into(),
        mother_whereabouts: "东莞".into(),
        carer: grandmother.id.clone(),
    };
    desk.is_so(&child, Fact::LeftBehind(left), Samples::day(2025, 1, 10)).await;
    desk.is_so(&child, Fact::Hiv(Remark::default()), Samples::day(2025, 1, 10)).await;
    city.settle().await;
    let kind = "registry.left_behind.changed";
    for entry in city.mailboxes().iter() {
        let mailbox = city.mailbox(&entry.code).await;
        let told: Vec<_> = mailbox.iter().filter(|message| message.header("ce-type") == kind).collect();
        let expected = usize::from(["EDU", "FL"].contains(&entry.code.as_str()));
        assert_eq!(told.len(), expected, "{}", entry.code);
        for message in told {
            let event = LeftBehindChanged::decode(message.payload.clone()).unwrap();
            assert_eq!(
                (event.county.as_str(), event.from, event.until),
                ("371621", Some(Samples::day(2025, 1, 10)), None)
            );
            assert_eq!(event.child, city.reference(&entry.code, &child));
        }
    }
    city.close().await;
}

async fn nothing_of_a_family_lies_open_at_rest_or_in_events(backend: Backend) {
    let city = City::start(backend).await;
    let desk = Desk::of(&city).await;
    let child = city.register(1).await.id;
    let born = Samples::profile(1).birth_date.unwrap();
    let father = desk.person("欧阳怀瑾", "371699200706100026").await;
    desk.assign(&child, &father.id, RoleKind::Father, born).await;
    let jailed = Situation {
        term_ends_on: Some(Samples::day(2031, 7, 9)),
        note: "鲁北监狱".into(),
        evidence: vec![Evidence { kind: "判决书".into(), number: "鲁1621刑初77".into(), ..Default::default() }],
        ..situation(Condition::Custody, Samples::day(2024, 2, 3))
    };
    desk.befell(&father.id, jailed).await;
    let ill = Remark { text: "阳性".into(), evidence: Vec::new() };
    desk.is_so(&child, Fact::Hiv(ill), Samples::day(2025, 1, 10)).await;
    let home = Residence { division: "440106".into(), address: "天河路十七号".into() };
    desk.is_so(&child, Fact::Residence(home), Samples::day(2025, 1, 10)).await;
    city.settle().await;

    let mut stored = at_rest(&city).await;
    for event in city.event_log().await {
        stored.extend(event.body);
    }
    for event in city.event_stream().await {
        stored.extend(event.subject.bytes().chain(event.payload));
        stored.extend(format!("{:?}", event.headers).bytes());
    }
    stored.extend(city.output().bytes());
    for secret in [
        "欧阳",
        "371699200706100026",
        "19911110001",
        "440106",
        "天河路",
        "2031-07-09",
        "监狱",
        "判决书",
        "刑初",
        "阳性",
        "custody",
        "CUSTODY",
        "Custody",
    ] {
        // PostgreSQL shows bytes in hexadecimal.
        for text in [secret.to_owned(), hex::encode(secret)] {
            let found = stored.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{secret} lies open");
        }
    }
    city.close().await;
}

async fn a_family_is_for_civil_affairs_alone(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    for code in ["EDU", "FL", "CRT", "PSB"] {
        let mut stranger = GuardianshipServiceClient::new(city.channel(code).await);
        let request = GetGuardianshipRequest { child: child.clone(), ..Default::default() };
        assert_refused(stranger.get_guardianship(request).await, Code::PermissionDenied, "NOT_PERMITTED");
    }
    city.close().await;
}

/// Every row of every table of the registry, as text.
async fn at_rest(city: &City) -> Vec<u8> {
    let database = city.registry_database().await;
    let backend = database.get_database_backend();
    let mut stored = Vec::new();
    for (table, columns) in [
        ("fact", ["key", "valid_from", "sealed"].as_slice()),
        ("person", &["id", "citizen_id_hash", "name_birth_hash"]),
        ("guardian_role", &["id", "child_id", "person_id"]),
        ("request", &["reply"]),
    ] {
        for column in columns {
            let text = match city.backend() {
                Backend::Sqlite => format!("hex(\"{column}\")"),
                Backend::Postgres => format!("\"{column}\"::text"),
            };
            let sql = format!("SELECT {text} AS text FROM \"{table}\"");
            for row in database.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
                let text: Option<String> = row.try_get("", "text").unwrap();
                let text = text.unwrap_or_default();
                stored.extend(text.to_lowercase().into_bytes());
                stored.extend(hex::decode(&text).unwrap_or_else(|_| text.into_bytes()));
                stored.push(b'\n');
            }
        }
    }
    database.close().await.unwrap();
    assert!(!stored.is_empty());
    stored
}

/// Civil affairs at work on families.
struct Desk {
    persons: PersonServiceClient<Channel>,
    guardianships: GuardianshipServiceClient<Channel>,
    circumstances: CircumstanceServiceClient<Channel>,
}

impl Desk {
    async fn of(city: &City) -> Self {
        let channel = city.channel("CA").await;
        Self {
            persons: PersonServiceClient::new(channel.clone()),
            guardianships: GuardianshipServiceClient::new(channel.clone()),
            circumstances: CircumstanceServiceClient::new(channel),
        }
    }

    async fn person(&self, name: &str, citizen_id: &str) -> Person {
        let request = RegisterPersonRequest {
            request_id: Samples::request_id(),
            identity: Some(PersonIdentity {
                full_name: name.to_owned(),
                citizen_id: citizen_id.to_owned(),
                ..Default::default()
            }),
            contact: Some(Contact {
                phone: "19911110001".into(),
                division: "440106".into(),
                address: "天河路十七号".into(),
            }),
        };
        self.persons.clone().register_person(request).await.unwrap().into_inner().person.unwrap()
    }

    async fn assign(&self, child: &str, person: &str, kind: RoleKind, from: Date) {
        let role = Role {
            person: person.to_owned(),
            kind: kind.into(),
            validity: Some(Validity { from: Some(from), until: None }),
            ..Default::default()
        };
        let request = AssignRoleRequest {
            request_id: Samples::request_id(),
            child: child.to_owned(),
            role: Some(role),
            ..Default::default()
        };
        self.guardianships.clone().assign_role(request).await.unwrap();
    }

    async fn befell(&self, person: &str, situation: Situation) -> Situation {
        let request = RecordSituationRequest {
            request_id: Samples::request_id(),
            person: person.to_owned(),
            situation: Some(situation),
            ..Default::default()
        };
        self.persons.clone().record_situation(request).await.unwrap().into_inner().situation.unwrap()
    }

    async fn is_so(&self, child: &str, fact: Fact, from: Date) {
        let validity = Some(Validity { from: Some(from), until: None });
        let request = RecordCircumstanceRequest {
            request_id: Samples::request_id(),
            child: child.to_owned(),
            circumstance: Some(Circumstance { fact: Some(fact), validity }),
            ..Default::default()
        };
        self.circumstances.clone().record_circumstance(request).await.unwrap();
    }

    async fn around(&self, child: &str, valid: Option<Date>, recorded: Option<Timestamp>) -> Guardianship {
        let request = GetGuardianshipRequest { child: child.to_owned(), as_of_valid: valid, as_of_recorded: recorded };
        self.guardianships.clone().get_guardianship(request).await.unwrap().into_inner().guardianship.unwrap()
    }
}

fn situation(condition: Condition, from: Date) -> Situation {
    let validity = Some(Validity { from: Some(from), until: None });
    Situation { condition: condition.into(), validity, ..Default::default() }
}

/// The millisecond after an identifier was made: a `UUIDv7` begins with the one in which it was.
fn timestamp_after(id: &str) -> Timestamp {
    let millis = i64::from_str_radix(&id.replace('-', "")[..12], 16).unwrap() + 1;
    let nanos = i32::try_from(millis % 1_000).unwrap() * 1_000_000;
    Timestamp { seconds: millis / 1_000, nanos }
}
