//! Nothing of the ledger waits for ever: a survey that does not come and a comparison that nobody finishes are told to the day.

use contract::registry::v1::migrant_service_server::MigrantService as _;
use contract::registry::v1::reconciliation_service_server::ReconciliationService as _;
use contract::registry::v1::{self, MigrantSource};
use messaging::journal::RequestKey;
use platform::sweeper::Sweeper;
use registry::app::reconciliation::send_rows::SendRows;
use tests::both_databases;
use tests::city::Backend;
use tests::refusal::assert_refused;
use tonic::Code;

use crate::office::{Office, answer, asked, day};

both_databases!(
    a_survey_that_does_not_come_is_told_once_a_year_until_one_does,
    who_left_or_turns_sixteen_is_waited_for_no_more,
    two_processes_tell_of_many_surveys_once,
    an_entry_of_before_is_looked_at_once,
    a_comparison_that_nobody_finishes_is_closed_on_its_day,
);

/// A child from another province, surveyed on a day.
fn report(number: usize, born: &str, surveyed_on: &str) -> v1::MigrantReport {
    let facts = v1::MigrantFacts {
        full_name: format!("流童{number:05}"),
        birth_date: Some(day(born)),
        sex: 1,
        guardian_name: "护人".to_owned(),
        registration_county: "370102".to_owned(),
        residence_division: "371621101".to_owned(),
        arrived_on: Some(day("2024-03-01")),
        ..Default::default()
    };
    v1::MigrantReport {
        facts: Some(facts),
        sources: vec![MigrantSource::School.into()],
        surveyed_on: Some(day(surveyed_on)),
    }
}

impl Office {
    async fn survey(&self, report: v1::MigrantReport) -> v1::MigrantEntry {
        let request = v1::RecordMigrantRequest { report: Some(report), ..Default::default() };
        answer(self.migrants.record_migrant(asked(request)).await).migrant.unwrap()
    }

    /// The surveys that were told to be due by 00:00 of a day: which entry, since when, and whether told before.
    async fn surveys_due(&self, on: &str) -> Vec<(String, contract::google::r#type::Date, bool)> {
        self.at(on);
        self.sweep().await;
        self.sweep().await;
        let told = self.told::<v1::MigrantSurveyDue>().await;
        told.into_iter().map(|event| (event.migrant, event.due_on.unwrap(), event.late)).collect()
    }
}

async fn a_survey_that_does_not_come_is_told_once_a_year_until_one_does(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let entry = office.survey(report(1, "2015-06-10", "2024-09-01")).await;
    assert_eq!(entry.review_due_on, Some(day("2025-09-01")));
    assert_eq!(office.surveys_due("2025-08-31").await, []);
    let first = (entry.id.clone(), day("2025-09-01"), false);
    assert_eq!(office.surveys_due("2025-09-01").await, std::slice::from_ref(&first));
    let told = office.told::<v1::MigrantSurveyDue>().await;
    assert_eq!(told[0].county, "371621");
    let read = v1::GetMigrantRequest { migrant: entry.id.clone(), ..Default::default() };
    let known = answer(office.migrants.get_migrant(asked(read)).await).migrant.unwrap();
    assert_eq!(known.etag, entry.etag, "a reminder does not get in a caller's way");
    assert_eq!(office.surveys_due("2026-08-31").await.len(), 1);
    let again = (entry.id.clone(), day("2025-09-01"), true);
    assert_eq!(office.surveys_due("2026-09-01").await, [first.clone(), again.clone()]);

    office.survey(report(1, "2015-06-10", "2026-08-15")).await;
    assert_eq!(office.surveys_due("2027-08-14").await.len(), 2);
    let next = (entry.id, day("2027-08-15"), false);
    assert_eq!(office.surveys_due("2027-08-15").await, [first, again, next]);
}

async fn who_left_or_turns_sixteen_is_waited_for_no_more(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let left = office.survey(report(1, "2015-06-10", "2024-09-01")).await;
    office.survey(report(2, "2009-09-01", "2024-09-01")).await;
    let soon_sixteen = office.survey(report(3, "2009-09-02", "2024-09-01")).await;
    let gone = v1::RecordMigrantDepartureRequest {
        migrant: left.id.clone(),
        left_on: Some(day("2025-01-09")),
        ..Default::default()
    };
    answer(office.migrants.record_migrant_departure(asked(gone)).await);
    let told = office.surveys_due("2030-01-01").await;
    assert_eq!(told, [(soon_sixteen.id, day("2025-09-01"), false)], "told once, and 16 before the next time");
}

async fn two_processes_tell_of_many_surveys_once(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let reports = (0..250).map(|number| office.survey(report(number, "2015-06-10", "2024-09-01")));
    let mut entries: Vec<_> = futures::future::join_all(reports).await.into_iter().map(|entry| entry.id).collect();
    let other = office.another().await;
    office.at("2025-09-01");
    let (one, two) = tokio::join!(
        Sweeper::run_once(office.application.as_ref(), &office.clock, &office.sweeps),
        Sweeper::run_once(other.application.as_ref(), &other.clock, &other.sweeps)
    );
    one.and(two).unwrap();
    let told = office.surveys_due("2025-09-02").await;
    let mut told: Vec<_> = told.into_iter().map(|(migrant, ..)| migrant).collect();
    told.sort();
    entries.sort();
    assert_eq!(told, entries);
}

/// A row that an older version left has no day yet.
async fn an_entry_of_before_is_looked_at_once(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let entry = office.survey(report(1, "2015-06-10", "2024-09-01")).await;
    office.change_tables("UPDATE migrant SET survey_look_on = '0001-01-01'").await;
    assert_eq!(office.surveys_due("2025-08-31").await, []);
    assert_eq!(office.surveys_due("2025-09-01").await, [(entry.id, day("2025-09-01"), false)]);
}

async fn a_comparison_that_nobody_finishes_is_closed_on_its_day(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let start = async || {
        let request = v1::StartReconciliationRequest { source: MigrantSource::School.into(), ..Default::default() };
        answer(office.reconciliations.start_reconciliation(asked(request)).await).reconciliation.unwrap()
    };
    let (left_open, done) = (start().await, start().await);
    assert_eq!(left_open.abandons_on, Some(day("2025-02-09")));
    let finish = async |id: &str| {
        let request = v1::FinishReconciliationRequest { reconciliation: id.to_owned() };
        office.reconciliations.finish_reconciliation(asked(request)).await
    };
    let abandoned = async |on: &str| {
        office.at(on);
        office.sweep().await;
        office.another().await.sweep().await;
        office.told::<v1::ReconciliationAbandoned>().await
    };
    office.at("2025-02-08T15:59:59Z");
    assert_eq!(abandoned("2025-02-08").await, []);
    let result = answer(finish(&done.id).await);
    let expected = v1::ReconciliationAbandoned {
        reconciliation: left_open.id.clone(),
        division: "371600".to_owned(),
        started_on: Some(day("2025-01-10")),
    };
    assert_eq!(abandoned("2025-02-09").await, std::slice::from_ref(&expected));
    assert_eq!(abandoned("2026-02-09").await, [expected], "once");

    assert_refused(finish(&left_open.id).await, Code::FailedPrecondition, "RECONCILIATION_ABANDONED");
    let late = SendRows { reconciliation: left_open.id.parse().unwrap(), rows: Vec::new() };
    let late = office.application.journal.submit(late, RequestKey::none("SendReconciliationRows")).await;
    assert_eq!(late.unwrap_err().reason, "RECONCILIATION_ABANDONED");
    let request = v1::GetReconciliationRequest { reconciliation: left_open.id.clone() };
    let closed = answer(office.reconciliations.get_reconciliation(asked(request)).await).reconciliation.unwrap();
    assert!(closed.abandon_time.is_some() && closed.finish_time.is_none());
    assert_eq!(answer(finish(&done.id).await), result, "what was finished answers as it did");
}
