//! What counties have for their payments, and that finance hears of it before it runs out.

use contract::subsidies::v1;
use contract::subsidies::v1::budget_service_server::BudgetService as _;
use kernel::Tier;
use tonic::Status;

use crate::office::{Office, asked, month, reason};

async fn receive(office: &Office, reference: &str, yuan: i64) -> Result<i64, Status> {
    let request = v1::RecordFundsRequest {
        county: "371621".to_owned(),
        tier: Tier::B.number(),
        year: 2025,
        amount_fen: yuan * 100,
        reference: reference.to_owned(),
        ..Default::default()
    };
    Ok(office.budgets.record_funds(asked("li", request)).await?.into_inner().received_fen)
}

async fn line(office: &Office) -> v1::BudgetLine {
    let request = v1::GetBudgetRequest { year: 2025, county: "371621".to_owned() };
    office.budgets.get_budget(asked("li", request)).await.unwrap().into_inner().lines.remove(0)
}

#[tokio::test]
async fn finance_is_told_two_months_before_the_funds_run_out() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    office.child("371621", Tier::B, "2025-01").await;
    office.child("371621", Tier::B, "2025-01").await;
    assert_eq!(receive(&office, "财预〔2025〕3号", 20_000).await.unwrap(), 2_000_000);
    assert_eq!(receive(&office, "财预〔2025〕3号", 20_000).await.unwrap(), 2_000_000, "a document counts once");
    assert_eq!(reason(&receive(&office, "财预〔2025〕3号", 1).await.unwrap_err()), "FUNDS_RECORDED");
    office.run("2025-01").await;
    let january = line(&office).await;
    assert_eq!((january.received_fen, january.committed_fen, january.paid_fen), (2_000_000, 428_000, 428_000));
    assert_eq!((january.forecast_fen, january.short_from_month), (12 * 428_000, Some(month("2025-05"))));
    assert!(office.events::<v1::BudgetAlert>().await.is_empty(), "it lasts until April");
    office.run("2025-02").await;
    office.run("2025-03").await;
    let alerts = office.events::<v1::BudgetAlert>().await;
    let told: Vec<_> = alerts.iter().map(|alert| (alert.county.as_str(), alert.tier, alert.short_from_month)).collect();
    assert_eq!(told, [("371621", Tier::B.number(), Some(month("2025-05")))]);
    office.run("2025-04").await;
    let run = office.open_run("2025-05").await.unwrap();
    office.accrue(&run.id, false).await.unwrap();
    let short = office.check(&run.id).await.unwrap().findings;
    assert_eq!(short.len(), 1);
    assert_eq!((short[0].kind(), short[0].now_fen), (v1::RunFindingKind::BudgetShort, 428_000));
    assert_eq!(short[0].compared_fen, 2_000_000 - 4 * 428_000);
    receive(&office, "财预〔2025〕9号", 40_000).await.unwrap();
    assert_eq!(office.check(&run.id).await.unwrap().findings, []);
    assert_eq!(line(&office).await.short_from_month, None);
}

#[tokio::test]
async fn a_county_whose_total_jumps_is_found() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    office.child("371621", Tier::B, "2025-01").await;
    office.child("371602", Tier::B, "2025-01").await;
    office.run("2025-01").await;
    office.child("371602", Tier::C, "2025-02").await;
    office.set("2025-02-05");
    let run = office.open_run("2025-02").await.unwrap();
    office.accrue(&run.id, false).await.unwrap();
    let findings = office.check(&run.id).await.unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].kind(), findings[0].county.as_str()), (v1::RunFindingKind::SumJumped, "371602"));
    assert_eq!((findings[0].now_fen, findings[0].compared_fen), (391_700, 214_000));
}
