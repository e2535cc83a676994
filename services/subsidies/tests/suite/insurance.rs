//! The insurance that is bought for children.

use contract::subsidies::v1;
use contract::subsidies::v1::insurance_service_server::InsuranceService as _;
use futures::TryStreamExt as _;
use kernel::Tier;

use crate::office::{Office, asked, month, reason};

#[tokio::test]
async fn who_is_due_basic_living_is_listed_and_the_insurers_word_is_kept() {
    let office = Office::open("2025-01-10").await;
    office.publish_all().await;
    let children = [
        office.child("371621", Tier::B, "2025-01").await,
        office.child("371602", Tier::A, "2025-01").await,
        office.child("371602", Tier::C, "2025-01").await,
    ];
    office.child("371602", Tier::C, "2025-02").await;
    let open = || v1::OpenPolicyYearRequest {
        year: 2025,
        insurer: "人保财险".to_owned(),
        premium_fen: 14_900,
        eligible_month: Some(month("2025-01")),
        ..Default::default()
    };
    let policy = office.insurance.open_policy_year(asked("li", open())).await.unwrap().into_inner();
    assert_eq!(policy.policy_year.unwrap().listed, 3);
    let again = office.insurance.open_policy_year(asked("li", open())).await.unwrap_err();
    assert_eq!(reason(&again), "POLICY_YEAR_EXISTS");
    let request = v1::ExportInsuredRequest { year: 2025 };
    let parts: Vec<_> =
        office.insurance.export_insured(asked("li", request)).await.unwrap().into_inner().try_collect().await.unwrap();
    let listed: Vec<_> = parts.into_iter().flat_map(|part| part.children).collect();
    assert_eq!(listed.len(), 3);
    let result = |child: &str, outcome: v1::InsuranceOutcome| v1::InsuranceResult {
        child: child.to_owned(),
        outcome: outcome.into(),
        reason: "证件号有误".to_owned(),
    };
    let results = vec![
        result(&children[0].id, v1::InsuranceOutcome::Enrolled),
        result(&children[1].id, v1::InsuranceOutcome::Refused),
        result("0198b2f0-0000-7000-8000-000000000001", v1::InsuranceOutcome::Enrolled),
    ];
    let request = v1::RecordInsuranceResultsRequest { year: 2025, results, ..Default::default() };
    let told = office.insurance.record_insurance_results(asked("li", request.clone())).await.unwrap().into_inner();
    assert_eq!((told.enrolled, told.refused, told.repeated, told.not_listed.as_slice()), (1, 1, 0, [2].as_slice()));
    let told = office.insurance.record_insurance_results(asked("li", request)).await.unwrap().into_inner();
    assert_eq!((told.enrolled, told.refused, told.repeated), (0, 0, 2));
    let policy = office.application.get_policy_year(2025).await.unwrap();
    assert_eq!((policy.listed, policy.enrolled, policy.refused, policy.total_fen), (3, 1, 1, 14_900));
    let enrolled = office.events::<v1::InsuranceEnrolled>().await;
    assert_eq!(enrolled.iter().map(|one| one.child.as_str()).collect::<Vec<_>>(), [children[0].id.as_str()]);
    assert_eq!(reason(&office.application.get_policy_year(2024).await.unwrap_err().into()), "POLICY_YEAR_NOT_FOUND");
}
