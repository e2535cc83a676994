//! A run's steps: who may take them, when, and what happens in between.

use contract::subsidies::v1;
use contract::subsidies::v1::payroll_service_server::PayrollService as _;
use kernel::Tier;
use tonic::Code;

use crate::office::{Office, asked, month, reason};

#[tokio::test]
async fn a_second_person_approves_and_two_runs_at_once_are_refused() {
    let office = Office::open("2025-01-05").await;
    office.publish_all().await;
    office.child("371621", Tier::B, "2025-01").await;
    let nobody = v1::OpenRunRequest { month: Some(month("2025-01")), ..Default::default() };
    let refused = office.payroll.open_run(asked("", nobody)).await.unwrap_err();
    assert_eq!(reason(&refused), "ACTOR_MISSING");
    assert_eq!(reason(&office.open_run("2025-03").await.unwrap_err()), "MONTH_TO_COME");
    let run = office.open_run("2025-01").await.unwrap();
    assert_eq!(reason(&office.open_run("2025-01").await.unwrap_err()), "RUN_EXISTS");
    assert_eq!(reason(&office.open_run("2025-02").await.unwrap_err()), "RUN_IN_PROGRESS");
    for early in [office.check(&run.id).await, office.approve(&run.id, "zhao").await, office.reconcile(&run.id).await] {
        assert_eq!(reason(&early.unwrap_err()), "RUN_STATE");
    }
    assert_eq!(reason(&office.export(&run.id).await.unwrap_err()), "RUN_STATE");
    office.accrue(&run.id, false).await.unwrap();
    let again = office.accrue(&run.id, false).await.unwrap();
    assert_eq!((again.state(), again.payments), (v1::RunState::Accrued, 1), "a step may be repeated");
    office.check(&run.id).await.unwrap();
    let refused = office.approve(&run.id, "li").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::PermissionDenied, "SAME_ACTOR".to_owned()));
    let approved = office.approve(&run.id, "zhao").await.unwrap();
    assert_eq!((approved.state(), approved.approved_by.as_str()), (v1::RunState::Approved, "zhao"));
    assert_eq!(reason(&office.reconcile(&run.id).await.unwrap_err()), "RUN_STATE");
    let first = office.export(&run.id).await.unwrap();
    assert_eq!(office.export(&run.id).await.unwrap(), first, "the file is the same however often");
    assert_eq!(first[0].memo, "基本生活费");
    let refused = office.reconcile(&run.id).await.unwrap_err();
    assert_eq!(reason(&refused), "OUTCOMES_UNKNOWN");
    let other = office.open_run("2025-02").await.unwrap();
    assert_eq!(reason(&office.open_run("2024-12").await.unwrap_err()), "RUN_IN_PROGRESS");
    let cancel = v1::CancelRunRequest { run: other.id, reason: "试算".to_owned(), ..Default::default() };
    office.payroll.cancel_run(asked("li", cancel)).await.unwrap();
    assert_eq!(reason(&office.open_run("2024-12").await.unwrap_err()), "MONTH_PASSED");
    office.open_run("2025-02").await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_paid_is_held_back_and_owed_by_the_next_run() {
    let office = Office::open("2025-01-05").await;
    office.publish_all().await;
    let sound = office.child("371621", Tier::B, "2025-01").await;
    let dies = office.child("371621", Tier::B, "2025-01").await;
    let poor = office.child("371621", Tier::C, "2025-01").await;
    office
        .told(contract::registry::v1::ChildErased {
            child: poor.id.clone(),
            county: poor.county.clone(),
            ..Default::default()
        })
        .await;
    let run = office.open_run("2025-01").await.unwrap();
    office.accrue(&run.id, false).await.unwrap();
    let checked = office.check(&run.id).await.unwrap();
    assert_eq!(checked.total_fen, 2 * 214_000);
    // What is learnt after the check is found at the approval.
    office.told(dies.ended(Tier::B, "2025-01")).await;
    let approved = office.approve(&run.id, "zhao").await.unwrap();
    assert_eq!(approved.total_fen, 214_000);
    let held: Vec<_> =
        office.payments(&run.id).await.into_iter().map(|one| (one.child.clone(), one.hold_reason())).collect();
    let of = |child: &str| held.iter().find(|(held, _)| held == child).unwrap().1;
    assert_eq!(of(&sound.id), v1::HoldReason::Unspecified);
    assert_eq!(of(&dies.id), v1::HoldReason::Changed);
    assert_eq!(of(&poor.id), v1::HoldReason::NoPayee);
    let sent = office.export(&run.id).await.unwrap();
    assert_eq!(sent.len(), 1);
    assert!(office.open_tasks().await.is_empty(), "what was not paid is not claimed");
    let payee = v1::Payee { holder: "赵某".to_owned(), bank: "农行".to_owned(), account: "62284800".to_owned() };
    let payees = vec![v1::ChildPayee { child: poor.id.clone(), payee: Some(payee) }];
    use contract::subsidies::v1::entitlement_service_server::EntitlementService as _;
    office.entitlements.set_payees(asked("li", v1::SetPayeesRequest { payees, ..Default::default() })).await.unwrap();
    let february = office.run("2025-02").await;
    assert_eq!((february[&sound.id], february[&poor.id]), (214_000, 2 * 177_700));
    assert!(!february.contains_key(&dies.id));
}

#[tokio::test]
async fn what_is_learnt_while_a_run_is_computed_is_not_in_it_unless_it_begins_anew() {
    let office = Office::open("2025-01-05").await;
    office.publish_all().await;
    office.child("371621", Tier::B, "2025-01").await;
    let run = office.open_run("2025-01").await.unwrap();
    let late = office.child("371602", Tier::A, "2025-01").await;
    assert_eq!(office.accrue(&run.id, false).await.unwrap().total_fen, 214_000);
    let anew = office.accrue(&run.id, true).await.unwrap();
    assert_eq!((anew.total_fen, anew.payments), (214_000 + 267_500, 2));
    office.check(&run.id).await.unwrap();
    office.approve(&run.id, "zhao").await.unwrap();
    let recomputed = office.recompute(&run.id).await;
    assert_eq!((recomputed.agreeing, recomputed.differing.len(), recomputed.children), (2, 0, 2));
    assert_eq!(office.payments(&run.id).await.iter().filter(|one| one.child == late.id).count(), 1);
}

#[tokio::test]
async fn a_tier_without_a_standard_stops_the_run_with_its_name() {
    let office = Office::open("2025-01-05").await;
    office.child("371621", Tier::B, "2025-01").await;
    let run = office.open_run("2025-01").await.unwrap();
    let refused = office.accrue(&run.id, false).await.unwrap_err();
    assert_eq!(reason(&refused), "STANDARD_MISSING");
    assert!(refused.message().contains("tier B in 2025-01 in 371621"), "{}", refused.message());
    office.publish_all().await;
    assert_eq!(reason(&office.accrue(&run.id, false).await.unwrap_err()), "STANDARD_MISSING", "it was not known then");
    assert_eq!(office.accrue(&run.id, true).await.unwrap().total_fen, 214_000);
}
