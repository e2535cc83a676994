//! A bank that loses answers, answers twice, returns and delays: everybody is paid exactly once.

use contract::date::from_date;
use contract::subsidies::v1;
use kernel::{Clock as _, Tier};
use subsidies::bank::{Habits, SimulatedBank};

use crate::office::Office;

#[tokio::test]
async fn whatever_the_bank_does_everybody_is_paid_once() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    let mut children = Vec::new();
    for _ in 0..150 {
        children.push(office.child("371621", Tier::B, "2025-01").await);
    }
    let mut bank = SimulatedBank::new(Habits { lost: 150, twice: 150, returned: 150, delayed: 150, seed: 7 });
    let mut returned = 0;
    for of in ["2025-01", "2025-02", "2025-03"] {
        let run = office.approved(of).await;
        bank.take(&office.export(&run.id).await.unwrap());
        // The file is sent again: nobody knows whether it arrived.
        bank.take(&office.export(&run.id).await.unwrap());
        for _ in 0..3 {
            let answered = office.results(bank.answers(from_date(office.clock.today()))).await;
            assert!(answered.refused.is_empty());
            returned += answered.returned;
        }
        let unknown =
            office.payments(&run.id).await.into_iter().filter(|one| one.state() == v1::PaymentState::Instructed);
        assert!(unknown.count() > 0, "some answers were lost");
        returned += office.ask(&bank, &run.id).await.returned;
        let run = office.reconcile(&run.id).await.unwrap();
        assert_eq!(run.state(), v1::RunState::Reconciled);
        // A person looks into what came back.
        for task in office.open_tasks().await {
            office.decide(&task.id, v1::PaymentTaskOutcome::PayAgain).await.unwrap();
        }
    }
    assert!(returned > 0, "some payments came back");
    assert!(bank.faults().is_empty(), "no id was used for two payments");
    // Whoever got a payment back has it in a later run, or is owed it by the next.
    let year = office.application.year_totals(2025).await.unwrap();
    let owed: i64 = 3 * 150 * 214_000 - bank.paid().values().sum::<i64>();
    assert_eq!(year.settled_fen + owed, 3 * 150 * 214_000);
    assert_eq!(year.settled_fen, bank.paid().values().sum::<i64>());
    let april = office.approved("2025-04").await;
    assert_eq!(april.total_fen, 150 * 214_000 + owed);
}

#[tokio::test]
async fn what_a_bank_says_and_cannot_be_is_told_and_not_applied() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    office.child("371621", Tier::B, "2025-01").await;
    let run = office.open_run("2025-01").await.unwrap();
    office.accrue(&run.id, false).await.unwrap();
    let payment = office.payments(&run.id).await.remove(0);
    let result = |payment: &str, outcome: v1::BankOutcome, amount_fen| v1::BankResult {
        payment: payment.to_owned(),
        outcome: outcome.into(),
        amount_fen,
        settled_on: Some(from_date(office.clock.today())),
        reason: "账户已销户".to_owned(),
    };
    let told = async |one| office.results(vec![one]).await.refused.first().map(v1::RefusedResult::refusal);
    let settled = v1::BankOutcome::Settled;
    assert_eq!(told(result(&payment.id, settled, 214_000)).await, Some(v1::ResultRefusal::NotSent));
    office.check(&run.id).await.unwrap();
    office.approve(&run.id, "zhao").await.unwrap();
    office.export(&run.id).await.unwrap();
    let stranger = "0198b2f0-0000-7000-8000-000000000001";
    assert_eq!(told(result(stranger, settled, 214_000)).await, Some(v1::ResultRefusal::UnknownPayment));
    assert_eq!(told(result(&payment.id, settled, 214_001)).await, Some(v1::ResultRefusal::OtherAmount));
    let returned = v1::BankOutcome::Returned;
    let answer = office.results(vec![result(&payment.id, returned, 214_000); 2]).await;
    assert_eq!((answer.returned, answer.repeated), (1, 1));
    assert_eq!(told(result(&payment.id, settled, 214_000)).await, Some(v1::ResultRefusal::Contradiction));
    let tasks = office.open_tasks().await;
    assert_eq!((tasks.len(), tasks[0].kind()), (1, v1::PaymentTaskKind::Returned));
    let refused = office.decide(&tasks[0].id, v1::PaymentTaskOutcome::Waived).await.unwrap_err();
    assert_eq!(crate::office::reason(&refused), "OUTCOME_UNFIT");
    office.decide(&tasks[0].id, v1::PaymentTaskOutcome::WriteOff).await.unwrap();
    office.decide(&tasks[0].id, v1::PaymentTaskOutcome::WriteOff).await.unwrap();
    let refused = office.decide(&tasks[0].id, v1::PaymentTaskOutcome::PayAgain).await.unwrap_err();
    assert_eq!(crate::office::reason(&refused), "TASK_DECIDED");
    office.reconcile(&run.id).await.unwrap();
    assert_eq!(office.run("2025-02").await.into_values().collect::<Vec<_>>(), [214_000], "it is not owed again");
    assert_eq!(office.events::<v1::PaymentFailed>().await.len(), 1);
}
