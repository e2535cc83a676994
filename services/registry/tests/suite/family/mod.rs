//! Persons, guardianship, households and circumstances over a journal on SQLite: what is asked is decided, written, told
//! and read again, for any day as far as it was known at any instant.

use crate::office::{Office, asked, day, profile, reason};
use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::application_service_server::ApplicationService as _;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::circumstance::Fact;
use contract::registry::v1::circumstance_service_server::CircumstanceService as _;
use contract::registry::v1::end_member_request;
use contract::registry::v1::guardianship_service_server::GuardianshipService as _;
use contract::registry::v1::household_member::Member;
use contract::registry::v1::person_service_server::PersonService as _;
use contract::registry::v1::search_persons_request::Query;
use kernel::DisabilityGrade;
use kernel::time::{parse_iso, start_of_day_shanghai};
use prost::Message as _;
use prost_types::Timestamp;
use registry::domain::AsOf;
use tonic::{Code, Status};

/// A test's way into one office.
struct Family(Office);

impl Family {
    async fn open() -> Self {
        Self(Office::open().await)
    }

    /// It is the beginning of this day now.
    fn today(&self, day: &str) {
        self.0.clock.set(start_of_day_shanghai(parse_iso(day).unwrap()));
    }

    fn now(&self) -> Timestamp {
        let micros = kernel::Clock::now(&self.0.clock).as_micros();
        Timestamp { seconds: micros / 1_000_000, nanos: 0 }
    }

    async fn child(&self) -> String {
        self.0.register(profile()).await.id
    }

    async fn try_person(&self, identity: v1::PersonIdentity) -> Result<v1::Person, Status> {
        let contact = Some(contact("19911110001"));
        let request = v1::RegisterPersonRequest { identity: Some(identity), contact, ..Default::default() };
        Ok(self.0.persons.register_person(asked(request)).await?.into_inner().person.unwrap())
    }

    async fn person(&self, name: &str) -> v1::Person {
        self.try_person(identity(name, "")).await.unwrap()
    }

    async fn get(&self, person: &str, valid: Option<Date>, recorded: Option<Timestamp>) -> Result<v1::Person, Status> {
        let request = v1::GetPersonRequest { person: person.to_owned(), as_of_valid: valid, as_of_recorded: recorded };
        Ok(self.0.persons.get_person(asked(request)).await?.into_inner().person.unwrap())
    }

    async fn befell(&self, person: &str, situation: v1::Situation) -> Result<v1::Situation, Status> {
        let request =
            v1::RecordSituationRequest { person: person.to_owned(), situation: Some(situation), ..Default::default() };
        Ok(self.0.persons.record_situation(asked(request)).await?.into_inner().situation.unwrap())
    }

    async fn assign(&self, child: &str, role: v1::Role) -> Result<v1::Role, Status> {
        let request = v1::AssignRoleRequest { child: child.to_owned(), role: Some(role), ..Default::default() };
        Ok(self.0.guardianships.assign_role(asked(request)).await?.into_inner().role.unwrap())
    }

    async fn around(&self, child: &str, valid: Option<Date>, recorded: Option<Timestamp>) -> v1::Guardianship {
        let request =
            v1::GetGuardianshipRequest { child: child.to_owned(), as_of_valid: valid, as_of_recorded: recorded };
        self.0.guardianships.get_guardianship(asked(request)).await.unwrap().into_inner().guardianship.unwrap()
    }

    async fn is_so(&self, child: &str, fact: Fact, validity: v1::Validity) -> Result<v1::Circumstances, Status> {
        let circumstance = v1::Circumstance { fact: Some(fact), validity: Some(validity) };
        let request = v1::RecordCircumstanceRequest {
            child: child.to_owned(),
            circumstance: Some(circumstance),
            ..Default::default()
        };
        let answer = self.0.circumstances.record_circumstance(asked(request)).await?;
        Ok(answer.into_inner().circumstances.unwrap())
    }

    async fn so_no_longer(&self, child: &str, aspect: v1::Aspect, ended_on: Date) -> Result<v1::Circumstances, Status> {
        let request = v1::EndCircumstanceRequest {
            child: child.to_owned(),
            aspect: aspect.into(),
            ended_on: Some(ended_on),
            ..Default::default()
        };
        let answer = self.0.circumstances.end_circumstance(asked(request)).await?;
        Ok(answer.into_inner().circumstances.unwrap())
    }

    async fn so_on(&self, child: &str, valid: Option<Date>, recorded: Option<Timestamp>) -> v1::Circumstances {
        let request =
            v1::GetCircumstancesRequest { child: child.to_owned(), as_of_valid: valid, as_of_recorded: recorded };
        self.0.circumstances.get_circumstances(asked(request)).await.unwrap().into_inner().circumstances.unwrap()
    }
}

fn identity(name: &str, citizen_id: &str) -> v1::PersonIdentity {
    v1::PersonIdentity { full_name: name.to_owned(), citizen_id: citizen_id.to_owned(), ..Default::default() }
}

fn contact(phone: &str) -> v1::Contact {
    v1::Contact { phone: phone.to_owned(), division: "440106".to_owned(), address: "天河路十七号".to_owned() }
}

fn since(from: Date) -> v1::Validity {
    v1::Validity { from: Some(from), until: None }
}

fn situation(condition: v1::Condition, from: Date) -> v1::Situation {
    v1::Situation { condition: condition.into(), validity: Some(since(from)), ..Default::default() }
}

fn role(person: &v1::Person, kind: v1::RoleKind) -> v1::Role {
    let validity = Some(since(day(2014, 3, 2)));
    v1::Role { person: person.id.clone(), kind: kind.into(), validity, ..Default::default() }
}

fn refused<T>(result: Result<T, Status>) -> (Code, String) {
    let status = result.err().expect("it is refused");
    (status.code(), reason(&status))
}

fn failed(reason: &str) -> (Code, String) {
    (Code::FailedPrecondition, reason.to_owned())
}

const ID: &str = "371699201205170039";

#[tokio::test]
async fn one_person_has_one_citizen_id_and_is_found_by_it_and_by_name_and_birth() {
    let family = Family::open().await;
    let person = family.try_person(identity(" 王大明 ", ID)).await.unwrap();
    let told = person.identity.clone().unwrap();
    assert_eq!((told.full_name.as_str(), told.birth_date, told.sex), ("王大明", Some(day(2012, 5, 17)), 1));
    let again = family.try_person(identity("王明", ID)).await;
    assert_eq!(refused(again), (Code::AlreadyExists, "PERSON_ALREADY_REGISTERED".to_owned()));
    let wrong = v1::PersonIdentity { birth_date: Some(day(2012, 5, 18)), ..identity("王明", ID) };
    assert_eq!(refused(family.try_person(wrong).await).1, "ID_BIRTH_MISMATCH");
    assert_eq!(refused(family.try_person(identity("王明", "371699201205170038")).await).1, "ID_CHECK_DIGIT");

    let search = async |query| {
        let request = asked(v1::SearchPersonsRequest { query: Some(query) });
        let found = family.0.persons.search_persons(request).await.unwrap().into_inner().persons;
        found.into_iter().map(|person| person.id).collect::<Vec<_>>()
    };
    let named = |name: &str, year| {
        let full_name = name.to_owned();
        Query::NameAndBirth(v1::PersonNameAndBirth { full_name, birth_date: Some(day(year, 5, 17)) })
    };
    assert_eq!(search(Query::CitizenId(ID.to_owned())).await, [person.id.as_str()]);
    assert_eq!(search(named("王 大明", 2012)).await, [person.id.as_str()]);
    assert!(search(named("王大明", 2013)).await.is_empty());

    let update = |identity| v1::UpdatePersonRequest {
        person: person.id.clone(),
        etag: person.etag.clone(),
        identity: Some(identity),
        ..Default::default()
    };
    let nameless = family.0.persons.update_person(asked(update(identity("王大明", "")))).await.unwrap().into_inner();
    assert_eq!(nameless.person.unwrap().identity.unwrap().citizen_id, "");
    assert!(search(Query::CitizenId(ID.to_owned())).await.is_empty(), "the id was given up");
    let stale = family.0.persons.update_person(asked(update(identity("王大明", "")))).await;
    assert_eq!(refused(stale), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
    family.try_person(identity("王明", ID)).await.unwrap();
    let taken = v1::UpdatePersonRequest { etag: String::new(), ..update(identity("王大明", ID)) };
    let taken = family.0.persons.update_person(asked(taken)).await;
    assert_eq!(refused(taken).1, "PERSON_ALREADY_REGISTERED");
}

#[tokio::test]
async fn a_person_is_read_as_of_any_day_and_any_knowledge() {
    let family = Family::open().await;
    let person = family.person("王大明").await;
    let first = family.now();
    family.today("2025-03-01");
    let reach = |phone: &str, from| v1::RecordContactRequest {
        person: person.id.clone(),
        contact: Some(contact(phone)),
        validity: Some(since(from)),
        ..Default::default()
    };
    family.0.persons.record_contact(asked(reach("19911110002", day(2025, 1, 15)))).await.unwrap();
    let phone = async |valid, recorded| {
        let read = family.get(&person.id, Some(valid), recorded).await.unwrap();
        read.contact.map(|contact| contact.phone)
    };
    assert_eq!(phone(day(2025, 1, 14), None).await.unwrap(), "19911110001");
    assert_eq!(phone(day(2025, 1, 15), None).await.unwrap(), "19911110002");
    assert_eq!(phone(day(2025, 1, 15), Some(first)).await.unwrap(), "19911110001");
    assert_eq!(phone(day(2024, 12, 11), None).await, None, "it was recorded from the day of registration on");
    let before = Timestamp { seconds: first.seconds - 1, nanos: 0 };
    let unknown = family.get(&person.id, None, Some(before)).await;
    assert_eq!(refused(unknown), (Code::NotFound, "PERSON_NOT_FOUND".to_owned()));
    let nobody = family.get("0198b2f0-0000-7000-8000-000000000001", None, None).await;
    assert_eq!(refused(nobody).1, "PERSON_NOT_FOUND");
    let tomorrow = family.0.persons.record_contact(asked(reach("1", day(2025, 3, 2)))).await;
    assert_eq!(refused(tomorrow), (Code::InvalidArgument, "DATE_OUT_OF_RANGE".to_owned()));
    let mut empty = reach("1", day(2025, 1, 15));
    empty.validity = Some(v1::Validity { from: Some(day(2025, 1, 15)), until: Some(day(2025, 1, 15)) });
    assert_eq!(refused(family.0.persons.record_contact(asked(empty)).await).1, "PERIOD_EMPTY");
}

#[tokio::test]
async fn situations_are_recorded_ended_and_corrected_and_nothing_is_overwritten() {
    let family = Family::open().await;
    family.today("2025-10-20");
    let person = family.person("王大明").await.id;
    let evidence = v1::Evidence {
        kind: "报警回执".to_owned(),
        number: "BJ-2025-88".to_owned(),
        issuer: "惠民县公安局".to_owned(),
        issued_on: Some(day(2025, 3, 1)),
    };
    let lost = v1::Situation {
        police_accepted_on: Some(day(2025, 3, 1)),
        evidence: vec![evidence],
        ..situation(v1::Condition::OutOfContact, day(2024, 11, 20))
    };
    let recorded = family.befell(&person, lost.clone()).await.unwrap();
    assert_eq!(recorded.evidence, lost.evidence);
    let then = family.now();
    assert_eq!(refused(family.befell(&person, lost.clone()).await), failed("SITUATION_OVERLAPS"));
    let misplaced = v1::Situation { whereabouts: "广州".to_owned(), ..lost.clone() };
    assert_eq!(refused(family.befell(&person, misplaced).await), (Code::InvalidArgument, "INVALID_FIELDS".to_owned()));

    family.today("2025-11-03");
    let end = |on, id: &str| v1::EndSituationRequest {
        person: person.clone(),
        situation: id.to_owned(),
        ended_on: Some(on),
        ..Default::default()
    };
    family.0.persons.end_situation(asked(end(day(2025, 11, 2), &recorded.id))).await.unwrap();
    let again = family.0.persons.end_situation(asked(end(day(2025, 11, 2), &recorded.id))).await;
    assert_eq!(refused(again), failed("SITUATION_ENDED"));
    let other = family.0.persons.end_situation(asked(end(day(2025, 11, 2), &person))).await;
    assert_eq!(refused(other), (Code::NotFound, "SITUATION_NOT_FOUND".to_owned()));
    let holds = async |valid, known| {
        let read = family.get(&person, Some(valid), known).await.unwrap();
        read.situations.into_iter().map(|one| one.condition()).collect::<Vec<_>>()
    };
    assert_eq!(holds(day(2025, 11, 1), None).await, [v1::Condition::OutOfContact]);
    assert!(holds(day(2025, 11, 2), None).await.is_empty(), "found");
    assert_eq!(holds(day(2025, 11, 2), Some(then)).await, [v1::Condition::OutOfContact], "that was not known then");

    let corrected = v1::Situation { id: recorded.id.clone(), ..situation(v1::Condition::Away, day(2025, 1, 1)) };
    let request =
        v1::CorrectSituationRequest { person: person.clone(), situation: Some(corrected), ..Default::default() };
    let answer = family.0.persons.correct_situation(asked(request.clone())).await.unwrap().into_inner();
    assert_eq!(answer.situation.unwrap().condition(), v1::Condition::Away);
    assert_eq!(holds(day(2025, 11, 2), None).await, [v1::Condition::Away]);
    assert!(holds(day(2024, 12, 1), None).await.is_empty());
    assert_eq!(holds(day(2024, 12, 1), Some(then)).await, [v1::Condition::OutOfContact]);
    let nothing = v1::CorrectSituationRequest {
        situation: Some(v1::Situation { id: person.clone(), ..request.situation.clone().unwrap() }),
        ..request
    };
    assert_eq!(refused(family.0.persons.correct_situation(asked(nothing)).await).1, "SITUATION_NOT_FOUND");
}

#[tokio::test]
async fn who_stands_around_a_child_is_read_with_situations_siblings_and_household() {
    let family = Family::open().await;
    let (child, brother, half) = (family.child().await, family.child().await, family.child().await);
    let (father, mother) = (family.person("王大明").await, family.person("李秀英").await);
    let (grandmother, other) = (family.person("赵桂兰").await, family.person("孙建国").await);
    for child in [&child, &brother] {
        family.assign(child, role(&father, v1::RoleKind::Father)).await.unwrap();
        family.assign(child, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    }
    family.assign(&half, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    family.assign(&half, role(&grandmother, v1::RoleKind::Grandparent)).await.unwrap();
    let appointed = v1::Role {
        basis: v1::GuardianBasis::Appointment.into(),
        validity: Some(since(day(2024, 6, 1))),
        ..role(&grandmother, v1::RoleKind::Guardian)
    };
    family.assign(&child, appointed.clone()).await.unwrap();
    family.befell(&father.id, situation(v1::Condition::Dead, day(2024, 5, 20))).await.unwrap();

    let read = family.around(&child, None, None).await;
    let roles: Vec<_> = read.roles.iter().map(|one| one.role.as_ref().unwrap().kind()).collect();
    assert_eq!(roles, [v1::RoleKind::Father, v1::RoleKind::Mother, v1::RoleKind::Guardian]);
    let dead = &read.roles[0].person.as_ref().unwrap().situations;
    assert_eq!(dead.iter().map(v1::Situation::condition).collect::<Vec<_>>(), [v1::Condition::Dead]);
    let mut siblings = [brother.clone(), half.clone()];
    siblings.sort();
    assert_eq!(read.siblings, siblings);
    let before = family.around(&child, Some(day(2024, 5, 19)), None).await;
    assert_eq!(before.roles.len(), 2, "the grandmother was not yet appointed");
    assert!(before.roles[0].person.as_ref().unwrap().situations.is_empty(), "he lived");

    let request = v1::MergeChildrenRequest { child: brother, merged_child: half, ..Default::default() };
    family.0.children.merge_children(asked(request)).await.unwrap();
    assert_eq!(family.around(&child, None, None).await.siblings.len(), 1, "a merged file is no sibling");

    let second = family.assign(&child, role(&other, v1::RoleKind::Father)).await;
    assert_eq!(refused(second), failed("PARENT_TAKEN"));
    assert_eq!(refused(family.assign(&child, appointed).await), failed("ROLE_OVERLAPS"));
    let unfounded = family.assign(&child, role(&other, v1::RoleKind::Guardian)).await;
    assert_eq!(refused(unfounded), (Code::InvalidArgument, "INVALID_FIELDS".to_owned()));
    let early = v1::Role { validity: Some(since(day(2014, 3, 1))), ..role(&other, v1::RoleKind::Grandparent) };
    assert_eq!(refused(family.assign(&child, early).await).1, "DATE_OUT_OF_RANGE");
    let nobody = v1::Role { person: child.clone(), ..role(&other, v1::RoleKind::Grandparent) };
    assert_eq!(refused(family.assign(&child, nobody).await).1, "PERSON_NOT_FOUND");
    let lost = family.assign(&other.id, role(&other, v1::RoleKind::Grandparent)).await;
    assert_eq!(refused(lost), (Code::NotFound, "CHILD_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn a_wrong_father_is_corrected_and_the_services_hear_that_something_changed() {
    let family = Family::open().await;
    let child = family.child().await;
    let (wrong, right) = (family.person("王大明").await, family.person("孙建国").await);
    let recorded = family.assign(&child, role(&wrong, v1::RoleKind::Father)).await.unwrap();
    let then = family.now();
    family.today("2025-01-10");
    let end = |on| v1::EndRoleRequest {
        child: child.clone(),
        role: recorded.id.clone(),
        ended_on: Some(on),
        ..Default::default()
    };
    family.0.guardianships.end_role(asked(end(day(2014, 3, 2)))).await.unwrap();
    assert_eq!(refused(family.0.guardianships.end_role(asked(end(day(2014, 3, 2)))).await), failed("ROLE_ENDED"));
    let unknown = v1::EndRoleRequest { role: child.clone(), ..end(day(2014, 3, 2)) };
    assert_eq!(refused(family.0.guardianships.end_role(asked(unknown)).await).1, "ROLE_NOT_FOUND");
    let later = family.assign(&child, role(&right, v1::RoleKind::Father)).await.unwrap();
    let father = async |recorded| {
        let read = family.around(&child, Some(day(2020, 1, 1)), recorded).await;
        read.roles.into_iter().map(|one| one.role.unwrap().person).collect::<Vec<_>>()
    };
    assert_eq!(father(None).await, [right.id.as_str()]);
    assert_eq!(father(Some(then)).await, [wrong.id.as_str()], "that is what was believed");

    let moved = v1::Role { validity: Some(since(day(2021, 5, 1))), ..later.clone() };
    let correct = |role| v1::CorrectRoleRequest { child: child.clone(), role: Some(role), ..Default::default() };
    family.0.guardianships.correct_role(asked(correct(moved.clone()))).await.unwrap();
    family.0.guardianships.correct_role(asked(correct(moved.clone()))).await.unwrap();
    assert!(father(None).await.is_empty(), "only from May 2021 on");
    let other = v1::Role { person: wrong.id.clone(), ..moved };
    assert_eq!(refused(family.0.guardianships.correct_role(asked(correct(other))).await).1, "INVALID_FIELDS");

    let told = family.0.events::<v1::GuardianshipChanged>().await;
    let days: Vec<_> = told.iter().map(|event| event.changed_on.unwrap()).collect();
    assert_eq!(days, [day(2014, 3, 2); 4], "a correction that changes nothing is no news");
    assert!(told.iter().all(|event| event.child == child && event.county == "371621"));
}

#[tokio::test]
async fn a_household_has_members_and_means_by_their_days() {
    let family = Family::open().await;
    let (child, father) = (family.child().await, family.person("王大明").await);
    let (of_child, of_father) = (Member::Child(child.clone()), Member::Person(father.id.clone()));
    let member = |member, relation: &str, from| v1::HouseholdMember {
        member: Some(member),
        relation: relation.to_owned(),
        validity: Some(since(from)),
    };
    let members = vec![member(of_father, "户主", day(2010, 1, 1)), member(of_child.clone(), "长子", day(2014, 3, 2))];
    let request = v1::OpenHouseholdRequest { members, ..Default::default() };
    let opened = family.0.guardianships.open_household(asked(request)).await.unwrap().into_inner().household.unwrap();
    let id = opened.id.clone();
    let means = v1::FamilyMeans { minimum_living_grant: true, ..Default::default() };
    let request = v1::RecordMeansRequest {
        household: id.clone(),
        etag: opened.etag.clone(),
        means: Some(means.clone()),
        validity: Some(v1::Validity { from: Some(day(2024, 1, 1)), until: Some(day(2024, 7, 1)) }),
        ..Default::default()
    };
    family.0.guardianships.record_means(asked(request.clone())).await.unwrap();
    let stale = family.0.guardianships.record_means(asked(request)).await;
    assert_eq!(refused(stale).1, "ETAG_MISMATCH");
    let get = async |household: &str, valid| {
        let request =
            v1::GetHouseholdRequest { household: household.to_owned(), as_of_valid: valid, ..Default::default() };
        let answer = family.0.guardianships.get_household(asked(request)).await?;
        Ok::<_, Status>(answer.into_inner().household.unwrap())
    };
    assert_eq!(get(&id, Some(day(2024, 6, 30))).await.unwrap().means, Some(means));
    assert_eq!(get(&id, Some(day(2024, 7, 1))).await.unwrap().means, None);
    assert_eq!(get(&id, Some(day(2014, 3, 1))).await.unwrap().members.len(), 1);
    assert_eq!(family.around(&child, None, None).await.households[0].id, id);

    let left = |on| v1::EndMemberRequest {
        household: id.clone(),
        member: Some(end_member_request::Member::Child(child.clone())),
        left_on: Some(on),
        ..Default::default()
    };
    family.0.guardianships.end_member(asked(left(day(2024, 9, 1)))).await.unwrap();
    assert!(family.around(&child, None, None).await.households.is_empty());
    assert_eq!(refused(family.0.guardianships.end_member(asked(left(day(2024, 9, 1)))).await), failed("MEMBER_LEFT"));
    let back = v1::RecordMemberRequest {
        household: id.clone(),
        member: Some(member(of_child, "长子", day(2024, 11, 1))),
        ..Default::default()
    };
    family.0.guardianships.record_member(asked(back)).await.unwrap();
    assert_eq!(family.around(&child, Some(day(2024, 10, 31)), None).await.households.len(), 0);
    assert_eq!(family.around(&child, None, None).await.households.len(), 1);
    assert_eq!(refused(get(&child, None).await).1, "HOUSEHOLD_NOT_FOUND");
    let stranger = v1::EndMemberRequest {
        member: Some(end_member_request::Member::Person(child.clone())),
        ..left(day(2024, 9, 1))
    };
    assert_eq!(refused(family.0.guardianships.end_member(asked(stranger)).await).1, "MEMBER_NOT_FOUND");
}

#[tokio::test]
async fn circumstances_are_read_as_of_any_day_and_left_behind_ones_are_told() {
    let family = Family::open().await;
    let (child, carer) = (family.child().await, family.person("赵桂兰").await);
    let left = |father: &str| {
        Fact::LeftBehind(v1::LeftBehind {
            father_whereabouts: father.to_owned(),
            mother_whereabouts: "深圳".to_owned(),
            carer: carer.id.clone(),
        })
    };
    let lives = |division: &str| {
        Fact::Residence(v1::Residence { division: division.to_owned(), address: "三里屯".to_owned() })
    };
    let schooling = Fact::Schooling(v1::Schooling {
        stage: 80,
        school: "第一小学".to_owned(),
        enrolled: true,
        ..Default::default()
    });
    let disability =
        Fact::Disability(v1::Disability { r#type: v1::DisabilityType::Hearing.into(), grade: 2, ..Default::default() });
    family.is_so(&child, lives("371621101"), since(day(2014, 3, 2))).await.unwrap();
    family.is_so(&child, schooling.clone(), since(day(2020, 9, 1))).await.unwrap();
    family.is_so(&child, disability.clone(), since(day(2018, 1, 1))).await.unwrap();
    let first = family.now();
    family.today("2025-02-01");
    family.is_so(&child, lives("440106"), since(day(2024, 10, 1))).await.unwrap();
    let facts = async |valid, recorded| {
        let read = family.so_on(&child, valid, recorded).await;
        read.circumstances.into_iter().map(|one| one.fact.unwrap()).collect::<Vec<_>>()
    };
    assert!(facts(None, None).await == [lives("440106"), schooling.clone(), disability.clone()]);
    assert!(facts(None, Some(first)).await == [lives("371621101"), schooling, disability.clone()]);
    assert!(facts(Some(day(2019, 1, 1)), None).await == [lives("371621101"), disability]);

    family.is_so(&child, left("广州"), since(day(2024, 12, 1))).await.unwrap();
    family.is_so(&child, left("东莞"), since(day(2025, 1, 1))).await.unwrap();
    family.so_no_longer(&child, v1::Aspect::LeftBehind, day(2025, 1, 20)).await.unwrap();
    let told = family.0.events::<v1::LeftBehindChanged>().await;
    let days: Vec<_> = told.iter().map(|event| (event.from, event.until)).collect();
    assert_eq!(days, [(Some(day(2024, 12, 1)), None), (Some(day(2024, 12, 1)), Some(day(2025, 1, 20)))]);
    let ended = family.so_no_longer(&child, v1::Aspect::LeftBehind, day(2025, 1, 20)).await;
    assert_eq!(refused(ended), failed("CIRCUMSTANCE_ENDED"));
    let nobody = Fact::LeftBehind(v1::LeftBehind { carer: child.clone(), ..Default::default() });
    assert_eq!(refused(family.is_so(&child, nobody, since(day(2025, 1, 1))).await).1, "PERSON_NOT_FOUND");
    let unborn = family.is_so(&child, lives("371602"), since(day(2014, 3, 1))).await;
    assert_eq!(refused(unborn).1, "DATE_OUT_OF_RANGE");
    let lost = family.is_so(&carer.id, lives("371602"), since(day(2025, 1, 1))).await;
    assert_eq!(refused(lost).1, "CHILD_NOT_FOUND");
}

#[tokio::test]
async fn nothing_of_a_family_lies_open() {
    let family = Family::open().await;
    let child = family.child().await;
    let person = family.try_person(identity("欧阳怀瑾", ID)).await.unwrap();
    family.assign(&child, role(&person, v1::RoleKind::Father)).await.unwrap();
    let jailed = v1::Situation {
        term_ends_on: Some(day(2031, 7, 9)),
        note: "某某监狱".to_owned(),
        ..situation(v1::Condition::Custody, day(2024, 2, 3))
    };
    let request = v1::RecordSituationRequest {
        request_id: "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11".to_owned(),
        person: person.id.clone(),
        situation: Some(jailed),
        ..Default::default()
    };
    let answer = family.0.persons.record_situation(asked(request.clone())).await.unwrap().into_inner();
    let again = family.0.persons.record_situation(asked(request)).await.unwrap().into_inner();
    assert_eq!(answer.encode_to_vec(), again.encode_to_vec(), "a repeated request is carried out once");
    let hiv = v1::Remark { text: "阳性".to_owned(), ..Default::default() };
    family.is_so(&child, Fact::Hiv(hiv), since(day(2024, 3, 4))).await.unwrap();
    let away = v1::LeftBehind { father_whereabouts: "佛山".to_owned(), ..Default::default() };
    family.is_so(&child, Fact::LeftBehind(away), since(day(2024, 3, 4))).await.unwrap();

    let stored = family.0.stored_bytes();
    for secret in
        ["欧阳", ID, "19911110001", "440106", "天河路", "2031-07-09", "监狱", "阳性", "佛山", "Custody", "hiv", "HIV"]
    {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} lies in the database as it is");
    }
}

#[tokio::test]
async fn scenario_9_the_facts_of_a_missing_parent_to_the_day() {
    let family = Family::open().await;
    family.today("2025-10-20");
    let (child, sibling) = (family.child().await, family.child().await);
    let (father, mother) = (family.person("王大明").await, family.person("李秀英").await);
    family.assign(&child, role(&father, v1::RoleKind::Father)).await.unwrap();
    family.assign(&child, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    family.assign(&sibling, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    let lost = v1::Situation {
        police_accepted_on: Some(day(2025, 3, 1)),
        ..situation(v1::Condition::OutOfContact, day(2024, 11, 20))
    };
    family.befell(&father.id, lost).await.unwrap();
    let grade_two = v1::Disability { r#type: v1::DisabilityType::Physical.into(), grade: 2, ..Default::default() };
    let disabled =
        v1::Situation { disability: Some(grade_two), ..situation(v1::Condition::Disability, day(2020, 1, 1)) };
    family.befell(&mother.id, disabled).await.unwrap();
    let poor = v1::FamilyMeans { in_poverty: true, ..Default::default() };
    let member = v1::HouseholdMember {
        member: Some(Member::Child(child.clone())),
        validity: Some(since(day(2014, 3, 2))),
        ..Default::default()
    };
    let request = v1::OpenHouseholdRequest { members: vec![member], ..Default::default() };
    let home = family.0.guardianships.open_household(asked(request)).await.unwrap().into_inner().household.unwrap();
    let request = v1::RecordMeansRequest {
        household: home.id,
        means: Some(poor),
        validity: Some(since(day(2025, 9, 1))),
        ..Default::default()
    };
    family.0.guardianships.record_means(asked(request)).await.unwrap();

    let facts = async |child: &str, day: &str| {
        let as_of = AsOf::day(parse_iso(day).unwrap());
        family.0.application.get_rule_facts(child.parse().unwrap(), as_of).await.unwrap()
    };
    let (before, reached) = (facts(&child, "2025-08-31").await, facts(&child, "2025-09-01").await);
    assert_eq!((before.father.out_of_contact_months, reached.father.out_of_contact_months), (Some(5), Some(6)));
    assert_eq!((before.child.family_in_poverty, reached.child.family_in_poverty), (false, true));
    assert_eq!(reached.mother.disability_grade, Some(DisabilityGrade::Two));
    let other = facts(&sibling, "2025-09-01").await;
    assert!(!other.father.known && other.mother == reached.mother && !other.child.family_in_poverty);
    let nobody = family.0.application.get_rule_facts(father.id.parse().unwrap(), AsOf::day(kernel::Date::MIN)).await;
    assert_eq!(nobody.err().unwrap().reason, "CHILD_NOT_FOUND");
}

/// Police acceptance on 1 March, the other parent disability grade 2: on 31 August not yet; confirmed on 20 October, due
/// from November.
#[tokio::test]
async fn scenario_9_a_missing_parent_is_proposed_after_six_months_and_counts_from_the_month_after_confirmation() {
    let family = Family::open().await;
    family.today("2025-10-20");
    let child = family.child().await;
    let (father, mother) = (family.person("王大明").await, family.person("李秀英").await);
    family.assign(&child, role(&father, v1::RoleKind::Father)).await.unwrap();
    family.assign(&child, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    let lost = v1::Situation {
        police_accepted_on: Some(day(2025, 3, 1)),
        ..situation(v1::Condition::OutOfContact, day(2025, 3, 1))
    };
    family.befell(&father.id, lost).await.unwrap();
    let grade_two = v1::Disability { r#type: v1::DisabilityType::Physical.into(), grade: 2, ..Default::default() };
    let disabled =
        v1::Situation { disability: Some(grade_two), ..situation(v1::Condition::Disability, day(2020, 1, 1)) };
    family.befell(&mother.id, disabled).await.unwrap();

    let proposed = async |on: Date| {
        let request =
            v1::ProposeCategoriesRequest { child: child.clone(), as_of_valid: Some(on), ..Default::default() };
        family.0.applications.propose_categories(asked(request)).await.unwrap().into_inner().proposals
    };
    assert_eq!(proposed(day(2025, 8, 31)).await, [], "the six months are not over");
    let proposals = proposed(day(2025, 9, 1)).await;
    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].category(), v1::Category::DeFactoUnattended);
    assert_eq!(proposals[0].tier(), v1::SupportTier::B);
    assert!(!proposals[0].for_a_person && proposals[0].reason_zh.contains("父亲失联"));

    let request = v1::SubmitApplicationRequest {
        child: child.clone(),
        category: v1::Category::DeFactoUnattended.into(),
        applicant: v1::Applicant::Relative.into(),
        received_on: Some(day(2025, 9, 2)),
        evidence: vec![v1::Evidence { kind: "报警回执".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let submitted = family.0.applications.submit_application(asked(request)).await.unwrap().into_inner();
    let submitted = submitted.application.unwrap();
    assert_eq!(submitted.proposals, proposals, "what was proposed is kept with the application");
    let request = v1::CheckApplicationRequest {
        application: submitted.id.clone(),
        checked_on: Some(day(2025, 9, 22)),
        supports: true,
        ..Default::default()
    };
    family.0.applications.check_application(asked(request)).await.unwrap();
    let request = v1::ConfirmApplicationRequest {
        application: submitted.id,
        decided_on: Some(day(2025, 10, 20)),
        ..Default::default()
    };
    let confirmed = family.0.applications.confirm_application(asked(request)).await.unwrap().into_inner();
    let decision = confirmed.application.unwrap().decision.unwrap();
    assert_eq!(decision.proposals, proposals, "and with the decision");
    let request = v1::ListSupportRequest {
        child,
        first_month: Some(day(2025, 9, 0)),
        last_month: Some(day(2025, 12, 0)),
        ..Default::default()
    };
    let due = family.0.categories.list_support(asked(request)).await.unwrap().into_inner().months;
    let due: Vec<_> = due.iter().map(|due| (due.month.unwrap().month, due.tier())).collect();
    assert_eq!(due, [(11, v1::SupportTier::B), (12, v1::SupportTier::B)]);
}

#[tokio::test]
async fn cases_that_the_law_leaves_open_go_to_a_person() {
    let family = Family::open().await;
    family.today("2025-10-20");
    let child = family.child().await;
    let (father, mother) = (family.person("王大明").await, family.person("李秀英").await);
    family.assign(&child, role(&father, v1::RoleKind::Father)).await.unwrap();
    family.assign(&child, role(&mother, v1::RoleKind::Mother)).await.unwrap();
    family.befell(&father.id, situation(v1::Condition::DeclaredMissing, day(2024, 1, 1))).await.unwrap();
    family.befell(&mother.id, situation(v1::Condition::Dead, day(2024, 6, 1))).await.unwrap();
    let request = v1::ProposeCategoriesRequest { child: child.clone(), ..Default::default() };
    let proposals = family.0.applications.propose_categories(asked(request)).await.unwrap().into_inner().proposals;
    assert!(!proposals.is_empty() && proposals.iter().all(|proposal| proposal.for_a_person));
    let unknown = v1::ProposeCategoriesRequest { child: father.id, ..Default::default() };
    assert_eq!(
        refused(family.0.applications.propose_categories(asked(unknown)).await),
        (Code::NotFound, "CHILD_NOT_FOUND".to_owned())
    );
}
