//! The ledger against another office's list.

use contract::registry::v1::reconciliation_service_server::ReconciliationService as _;
use contract::registry::v1::{self, MigrantSource, ReconciliationDifference, ReconciliationOutcome};
use messaging::journal::RequestKey;
use proptest::prelude::*;
use registry::app::reconciliation::send_rows::SendRows;
use registry::domain::migrant::reconciliation::ListRow;

use super::desk::{Desk, facts, report};
use crate::office::{asked, day, reason};

async fn start(desk: &Desk) -> v1::Reconciliation {
    let request = v1::StartReconciliationRequest { source: MigrantSource::School.into(), ..Default::default() };
    let answer = desk.reconciliations.start_reconciliation(asked(request)).await.unwrap();
    answer.into_inner().reconciliation.unwrap()
}

async fn finish(desk: &Desk, id: &str) -> v1::Reconciliation {
    let request = v1::FinishReconciliationRequest { reconciliation: id.to_owned() };
    let answer = desk.reconciliations.finish_reconciliation(asked(request)).await.unwrap();
    answer.into_inner().reconciliation.unwrap()
}

async fn results(desk: &Desk, id: &str, outcome: ReconciliationOutcome) -> Vec<v1::ReconciliationResult> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let request = v1::ListReconciliationResultsRequest {
            page_size: 2,
            page_token: token,
            reconciliation: id.to_owned(),
            outcome: outcome.into(),
        };
        let page = desk.reconciliations.list_reconciliation_results(asked(request)).await.unwrap().into_inner();
        all.extend(page.results);
        token = page.next_page_token;
        if token.is_empty() {
            return all;
        }
    }
}

fn row(number: i32, facts: &v1::MigrantFacts) -> v1::ReconciliationRow {
    v1::ReconciliationRow {
        number,
        full_name: facts.full_name.clone(),
        citizen_id: facts.citizen_id.clone(),
        birth_date: facts.birth_date,
        arrived_on: facts.arrived_on,
        residence_division: facts.residence_division.clone(),
        school: facts.school.clone(),
    }
}

async fn send(desk: &Desk, id: &str, rows: Vec<v1::ReconciliationRow>) {
    for row in rows {
        let row = desk.reconciliations.row(&row, "rows[0]").unwrap();
        submit(desk, id, vec![row]).await;
    }
}

async fn submit(desk: &Desk, id: &str, rows: Vec<ListRow>) {
    let use_case = SendRows { reconciliation: id.parse().unwrap(), rows };
    desk.office.application.journal.submit(use_case, RequestKey::none("SendReconciliationRows")).await.unwrap();
}

#[tokio::test]
async fn each_row_is_found_and_its_differences_named() {
    let desk = Desk::open().await;
    let mut ids = Vec::new();
    for number in 0..8 {
        ids.push(desk.record(report(facts(number))).await.id);
    }
    desk.depart(&ids[5], day(2024, 11, 1)).await.unwrap();
    let comparison = start(&desk).await;
    desk.office.clock.advance(std::time::Duration::from_hours(1));
    desk.record(report(facts(20))).await;

    let mut rows: Vec<_> = (0..7).map(|number| row(i32::try_from(number).unwrap() + 1, &facts(number))).collect();
    rows[1].arrived_on = Some(day(2024, 3, 2));
    rows[2].residence_division = "371602001".to_owned();
    rows[2].school = "第二小学".to_owned();
    rows[3].citizen_id = String::new();
    rows[4].residence_division = "371621".to_owned();
    rows[6] = row(7, &facts(0));
    rows.push(row(8, &facts(20)));
    rows.push(row(9, &facts(30)));
    send(&desk, &comparison.id, rows.iter().rev().cloned().collect()).await;
    send(&desk, &comparison.id, rows[..3].to_vec()).await;

    let done = finish(&desk, &comparison.id).await;
    let counts = [done.rows, done.matched, done.differing, done.only_in_ledger, done.only_in_list];
    assert_eq!(counts, [9, 2, 5, 2, 2]);
    let differing = results(&desk, &comparison.id, ReconciliationOutcome::Differing).await;
    let named: Vec<_> = differing.iter().map(|result| (result.row, result.differences().collect::<Vec<_>>())).collect();
    assert_eq!(
        named,
        [
            (2, vec![ReconciliationDifference::Arrival]),
            (3, vec![ReconciliationDifference::Residence, ReconciliationDifference::School]),
            (4, vec![ReconciliationDifference::CitizenId]),
            (6, vec![ReconciliationDifference::NotStaying]),
            (7, vec![ReconciliationDifference::Repeated]),
        ]
    );
    let missing = results(&desk, &comparison.id, ReconciliationOutcome::OnlyInLedger).await;
    assert_eq!(missing.iter().map(|result| &result.migrant).collect::<Vec<_>>(), [&ids[6], &ids[7]]);
    let unknown = results(&desk, &comparison.id, ReconciliationOutcome::OnlyInList).await;
    assert_eq!(unknown.iter().map(|result| result.row).collect::<Vec<_>>(), [8, 9], "entered after the start");

    assert_eq!(finish(&desk, &comparison.id).await, done, "finished once");
    let late = SendRows { reconciliation: comparison.id.parse().unwrap(), rows: Vec::new() };
    let late = desk.office.application.journal.submit(late, RequestKey::none("SendReconciliationRows")).await;
    assert_eq!(late.unwrap_err().reason, "RECONCILIATION_FINISHED");
    let told = desk.office.event_types().await;
    assert_eq!(told.iter().filter(|event| *event == "registry.migrant.reconciled").count(), 1);
}

#[tokio::test]
async fn a_row_must_say_whom_it_means() {
    let desk = Desk::open().await;
    let nobody = v1::ReconciliationRow { number: 1, full_name: "某".to_owned(), ..Default::default() };
    let refused = desk.reconciliations.row(&nobody, "rows[0]").unwrap_err();
    assert_eq!(refused.reason, "ROW_WITHOUT_IDENTITY");
    let wrong = v1::ReconciliationRow { birth_date: Some(day(2014, 1, 1)), ..row(1, &facts(1)) };
    assert_eq!(desk.reconciliations.row(&wrong, "rows[0]").unwrap_err().reason, "ID_BIRTH_MISMATCH");
    let request = v1::GetReconciliationRequest { reconciliation: "0198b2f0-0000-7000-8000-000000000001".to_owned() };
    let refused = desk.reconciliations.get_reconciliation(asked(request)).await.unwrap_err();
    assert_eq!(reason(&refused), "RECONCILIATION_NOT_FOUND");
    let elsewhere = v1::StartReconciliationRequest {
        source: MigrantSource::School.into(),
        division: "370102".to_owned(),
        ..Default::default()
    };
    let refused = desk.reconciliations.start_reconciliation(asked(elsewhere)).await.unwrap_err();
    assert_eq!(reason(&refused), "UNKNOWN_DIVISION");
    let bytes = desk.office.stored_bytes();
    let secret = facts(1).full_name;
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// However the list is cut, in whatever order and how often it is sent, the result is the same.
    #[test]
    fn the_order_of_sending_plays_no_part(
        shuffled in Just((0..10_u32).collect::<Vec<_>>()).prop_shuffle(),
        twice in prop::collection::vec(0..10_u32, 0..5),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let desk = Desk::open().await;
            for number in 0..6 {
                desk.record(report(facts(number))).await;
            }
            let of = |number: u32| row(i32::try_from(number).unwrap() + 1, &facts(number % 8));
            let (one, other) = (start(&desk).await, start(&desk).await);
            send(&desk, &one.id, (0..10).map(of).collect()).await;
            send(&desk, &other.id, shuffled.into_iter().chain(twice).map(of).collect()).await;
            finish(&desk, &one.id).await;
            finish(&desk, &other.id).await;
            let all = ReconciliationOutcome::Unspecified;
            assert_eq!(results(&desk, &one.id, all).await, results(&desk, &other.id, all).await);
        });
    }
}
