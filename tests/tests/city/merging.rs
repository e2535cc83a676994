//! Two files of one child become one with all that lies around them, and part again with it.

use contract::registry::v1;
use contract::registry::v1::application_service_server::ApplicationService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::circumstance_service_server::CircumstanceService as _;
use contract::registry::v1::guardianship_service_server::GuardianshipService as _;
use contract::registry::v1::migrant_service_server::MigrantService as _;
use contract::registry::v1::person_service_server::PersonService as _;
use contract::registry::v1::visit_service_server::VisitService as _;
use contract::registry::v1::worker_service_server::WorkerService as _;
use tests::both_databases;
use tests::city::Backend;

use crate::office::{Office, answer, asked, day, visit};

both_databases!(
    a_merge_takes_along_what_lies_around_a_file_and_undone_gives_it_back,
    an_application_of_the_file_that_closed_is_decided_in_the_one_that_stays,
);

const VILLAGE: &str = "371602001001";
const NEXT_VILLAGE: &str = "371602001002";

fn since(from: &str) -> Option<v1::Validity> {
    Some(v1::Validity { from: Some(day(from)), until: None })
}

/// What an office reads around a child: persons with their roles, aspects with their numbers, households, visits, the file
/// of a ledger's entry, and how the month's duty stands with a worker.
#[derive(Debug, PartialEq)]
struct Around {
    roles: Vec<(String, i32)>,
    schools: Vec<String>,
    households: Vec<String>,
    visits: usize,
    duty: Vec<v1::DutyState>,
}

impl Office {
    async fn person(&self, name: &str) -> String {
        let identity = v1::PersonIdentity { full_name: name.to_owned(), ..Default::default() };
        let request = v1::RegisterPersonRequest { identity: Some(identity), ..Default::default() };
        answer(self.persons.register_person(asked(request)).await).person.unwrap().id
    }

    async fn stands_by(&self, child: &str, person: &str, kind: v1::RoleKind) {
        let role = v1::Role {
            person: person.to_owned(),
            kind: kind.into(),
            validity: since("2024-01-01"),
            ..Default::default()
        };
        let request = v1::AssignRoleRequest { child: child.to_owned(), role: Some(role), ..Default::default() };
        answer(self.guardianships.assign_role(asked(request)).await);
    }

    async fn is_so(&self, child: &str, fact: v1::circumstance::Fact) {
        let circumstance = v1::Circumstance { fact: Some(fact), validity: since("2024-09-01") };
        let request = v1::RecordCircumstanceRequest {
            child: child.to_owned(),
            circumstance: Some(circumstance),
            ..Default::default()
        };
        answer(self.circumstances.record_circumstance(asked(request)).await);
    }

    async fn merge_files(&self, child: &str, merged: &str) {
        let request =
            v1::MergeChildrenRequest { child: child.to_owned(), merged_child: merged.to_owned(), ..Default::default() };
        answer(self.children.merge_children(asked(request)).await);
    }

    async fn part_files(&self, child: &str, merged: &str) {
        let request = v1::UnmergeChildrenRequest {
            child: child.to_owned(),
            merged_child: merged.to_owned(),
            reason: "两个孩子".to_owned(),
            ..Default::default()
        };
        answer(self.children.unmerge_children(asked(request)).await);
    }

    async fn visit(&self, child: &str, worker: &str, on: &str) {
        let request = v1::RecordVisitRequest { visit: Some(visit(child, worker, on)), ..Default::default() };
        answer(self.visits.record_visit(asked(request)).await);
    }

    async fn around(&self, child: &str, worker: &str) -> Around {
        let request = v1::GetGuardianshipRequest { child: child.to_owned(), ..Default::default() };
        let read = answer(self.guardianships.get_guardianship(asked(request)).await).guardianship.unwrap();
        let request = v1::GetCircumstancesRequest { child: child.to_owned(), ..Default::default() };
        let things = answer(self.circumstances.get_circumstances(asked(request)).await).circumstances.unwrap();
        let request = v1::ListVisitsRequest { child: child.to_owned(), ..Default::default() };
        let visits = answer(self.visits.list_visits(asked(request)).await).visits.len();
        let request = v1::ListDueVisitsRequest {
            worker: worker.to_owned(),
            month: Some(contract::date::from_month("2025-03".parse().unwrap())),
            ..Default::default()
        };
        let due = answer(self.visits.list_due_visits(asked(request)).await).due;
        let school = |it: &v1::Circumstance| match &it.fact {
            Some(v1::circumstance::Fact::Schooling(schooling)) => Some(schooling.school.clone()),
            _ => None,
        };
        let roles =
            read.roles.iter().map(|role| (role.person.as_ref().unwrap().id.clone(), role.role.as_ref().unwrap().kind));
        Around {
            roles: roles.collect(),
            schools: things.circumstances.iter().filter_map(school).collect(),
            households: read.households.into_iter().map(|household| household.id).collect(),
            visits,
            duty: due.iter().filter(|due| due.child == child).map(v1::DueVisit::state).collect(),
        }
    }

    async fn entry_of(&self, migrant: &str) -> String {
        let request = v1::GetMigrantRequest { migrant: migrant.to_owned(), ..Default::default() };
        answer(self.migrants.get_migrant(asked(request)).await).migrant.unwrap().facts.unwrap().child
    }
}

async fn a_merge_takes_along_what_lies_around_a_file_and_undone_gives_it_back(backend: Backend) {
    use v1::circumstance::Fact;
    use v1::{DutyState, RoleKind};
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let helper = office.appoint(NEXT_VILLAGE, "2025-01-01").await.id;
    let stays = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-01-10").await;
    let other = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-01-10").await;
    let (father, mother, stranger) =
        (office.person("张建军").await, office.person("李秀英").await, office.person("张建国").await);
    office.stands_by(&stays, &father, RoleKind::Father).await;
    office.stands_by(&other, &stranger, RoleKind::Father).await;
    office.stands_by(&other, &mother, RoleKind::Mother).await;
    let schooling = v1::Schooling { school: "第一小学".to_owned(), enrolled: true, ..Default::default() };
    office.is_so(&other, Fact::Schooling(schooling)).await;
    let left = v1::LeftBehind { father_whereabouts: "440106".to_owned(), ..Default::default() };
    office.is_so(&other, Fact::LeftBehind(left)).await;
    let member = v1::HouseholdMember {
        member: Some(v1::household_member::Member::Child(other.clone())),
        relation: "长子".to_owned(),
        validity: since("2024-01-01"),
    };
    let request = v1::OpenHouseholdRequest { members: vec![member], ..Default::default() };
    let home = answer(office.guardianships.open_household(asked(request)).await).household.unwrap().id;
    let assign = v1::AssignChildRequest {
        child: other.clone(),
        worker: helper.clone(),
        from: Some(day("2025-03-01")),
        ..Default::default()
    };
    answer(office.workers.assign_child(asked(assign)).await);
    office.visit(&other, &helper, "2025-03-05").await;
    let facts = v1::MigrantFacts {
        full_name: "童流动".to_owned(),
        birth_date: Some(day("2014-05-01")),
        sex: v1::Sex::Male.into(),
        guardian_name: "护人".to_owned(),
        registration_county: "370102".to_owned(),
        residence_division: "371621101".to_owned(),
        arrived_on: Some(day("2024-03-01")),
        child: other.clone(),
        ..Default::default()
    };
    let report = v1::MigrantReport {
        facts: Some(facts),
        sources: vec![v1::MigrantSource::School.into()],
        surveyed_on: Some(day("2025-03-01")),
    };
    let request = v1::RecordMigrantRequest { report: Some(report), ..Default::default() };
    let entry = answer(office.migrants.record_migrant(asked(request)).await).migrant.unwrap().id;

    let apart = (office.around(&stays, &director).await, office.around(&other, &helper).await);
    assert_eq!(apart.0.duty, [DutyState::Open]);
    assert_eq!(
        apart.1,
        Around {
            roles: vec![(stranger.clone(), RoleKind::Father.into()), (mother.clone(), RoleKind::Mother.into())],
            schools: vec!["第一小学".to_owned()],
            households: vec![home.clone()],
            visits: 1,
            duty: vec![DutyState::Done],
        }
    );

    office.at("2025-03-12");
    office.merge_files(&stays, &other).await;
    let joined = office.around(&stays, &helper).await;
    assert_eq!(
        joined,
        Around {
            roles: vec![(father, RoleKind::Father.into()), (mother, RoleKind::Mother.into())],
            schools: vec!["第一小学".to_owned()],
            households: vec![home],
            visits: 1,
            duty: vec![DutyState::Done],
        },
        "its own father, and all that it lacked"
    );
    assert_eq!(office.around(&other, &helper).await.duty, [], "no child counts twice");
    assert_eq!(office.entry_of(&entry).await, stays);
    let told: Vec<_> = office.told::<v1::LeftBehindChanged>().await.into_iter().map(|event| event.child).collect();
    assert_eq!(told, [other.clone(), stays.clone()]);
    // A phone that was offline knows the file that closed.
    office.visit(&other, &helper, "2025-03-11").await;
    assert_eq!(office.around(&stays, &helper).await.visits, 2);

    office.at("2025-03-20");
    office.part_files(&stays, &other).await;
    let parted = (office.around(&stays, &director).await, office.around(&other, &helper).await);
    assert_eq!(parted.1, apart.1);
    let since = Around { visits: 1, duty: vec![DutyState::Done], ..apart.0 };
    assert_eq!(parted.0, since, "the visit since the merge was to the file that stayed");
    assert_eq!(office.entry_of(&entry).await, other);
    let told: Vec<_> = office.told::<v1::LeftBehindChanged>().await.into_iter().map(|event| event.child).collect();
    assert_eq!(told, [other.clone(), stays.clone(), stays]);
    let changed = office.told::<v1::GuardianshipChanged>().await;
    assert_eq!(changed.len(), 5, "three roles, one file that takes over, and gives back");
}

async fn an_application_of_the_file_that_closed_is_decided_in_the_one_that_stays(backend: Backend) {
    let office = Office::open(backend, "2025-03-03").await;
    let stays = office.child(VILLAGE).await;
    let other = office.child(VILLAGE).await;
    let submission = |child: &str| v1::SubmitApplicationRequest {
        child: child.to_owned(),
        category: v1::Category::KeyDifficulty.into(),
        applicant: v1::Applicant::Relative.into(),
        received_on: Some(day("2025-03-03")),
        evidence: vec![v1::Evidence { kind: "申请书".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let application = answer(office.applications.submit_application(asked(submission(&other))).await);
    let application = application.application.unwrap().id;
    office.merge_files(&stays, &other).await;
    let again = office.applications.submit_application(asked(submission(&stays))).await;
    tests::refusal::assert_refused(again, tonic::Code::FailedPrecondition, "APPLICATION_UNDER_WAY");
    let list = v1::ListApplicationsRequest { child: stays.clone(), ..Default::default() };
    let listed = answer(office.applications.list_applications(asked(list.clone())).await).applications;
    assert_eq!(listed.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [application.as_str()]);

    office.at("2025-03-11");
    let check = v1::CheckApplicationRequest {
        application: application.clone(),
        checked_on: Some(day("2025-03-10")),
        supports: true,
        ..Default::default()
    };
    answer(office.applications.check_application(asked(check)).await);
    office.part_files(&stays, &other).await;
    let listed = answer(office.applications.list_applications(asked(list)).await).applications;
    assert_eq!(listed.len(), 0, "it is the other child's again");
    office.merge_files(&stays, &other).await;
    let confirm = v1::ConfirmApplicationRequest {
        application: application.clone(),
        decided_on: Some(day("2025-03-11")),
        ..Default::default()
    };
    let confirmed = answer(office.applications.confirm_application(asked(confirm)).await);
    let child = confirmed.child.unwrap();
    assert_eq!((child.id, child.categories.len()), (stays, 1));
    assert_eq!(confirmed.application.unwrap().state(), v1::ApplicationState::Confirmed);
}
