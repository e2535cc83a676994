//! The payroll beside the registry: it learns from the registry's events alone, over the city's own broker, and stands behind
//! the same door, in the same audit and under evidence of its own.

use std::collections::BTreeSet;

use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{ListLogsRequest, MakeCheckpointRequest};
use contract::registry::v1::{Category, EndChildRequest, EndReason, SupportTier};
use contract::subsidies::v1::entitlement_service_client::EntitlementServiceClient;
use contract::subsidies::v1::standard_service_client::StandardServiceClient;
use contract::subsidies::v1::{
    ChildPayee, Entitlement, GetEntitlementRequest, GetPayeeRequest, ListStandardsRequest, Payee, SetPayeesRequest,
};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::command::{done, json};
use tests::refusal::assert_refused;
use tests::wait::eventually;
use tonic::Code;
use tonic::transport::Channel;

both_databases!(
    a_child_is_due_what_the_registry_tells_and_only_its_own_offices_learn_of_it,
    what_is_learnt_survives_a_stop_and_is_proved_and_audited_apart,
    whoever_is_erased_from_the_registry_has_no_account_with_the_payroll,
);

fn of(child: &str) -> GetEntitlementRequest {
    GetEntitlementRequest { child: child.to_owned() }
}

/// What a child is due, once the payroll has learnt of something.
async fn due(channel: &Channel, child: &str) -> Vec<Entitlement> {
    let client = EntitlementServiceClient::new(channel.clone());
    let learnt = async || {
        let answer = client.clone().get_entitlement(of(child)).await.ok()?.into_inner();
        (!answer.entitlements.is_empty()).then_some(answer.entitlements)
    };
    eventually("the payroll learns what the child is due", learnt).await
}

async fn a_child_is_due_what_the_registry_tells_and_only_its_own_offices_learn_of_it(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    city.confirm(&child, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let entitlement = Entitlement {
        tier: SupportTier::B.into(),
        county: "371621".to_owned(),
        from_month: Some(Samples::day(2025, 6, 0)),
        until_month: None,
    };
    assert_eq!(due(&city.channel("CA").await, &child).await, std::slice::from_ref(&entitlement));

    for code in ["CA-371621", "CA-371681"] {
        done(city.command(&["cert", "issue", "department", code]));
    }
    assert_eq!(due(&city.channel("CA-371621").await, &child).await, [entitlement]);
    let mut elsewhere = EntitlementServiceClient::new(city.channel("CA-371681").await);
    assert_refused(elsewhere.get_entitlement(of(&child)).await, Code::NotFound, "CHILD_NOT_FOUND");
    let mut partner = EntitlementServiceClient::new(city.channel("EDU").await);
    assert_refused(partner.get_entitlement(of(&child)).await, Code::PermissionDenied, "NOT_PERMITTED");
    let mut finance = StandardServiceClient::new(city.channel("FIN").await);
    assert_eq!(finance.list_standards(ListStandardsRequest::default()).await.unwrap().into_inner().standards, []);
    // The payroll tells events of its own by now: every mailbox holds what it held.
    city.settle().await;
    city.close().await;
}

async fn what_is_learnt_survives_a_stop_and_is_proved_and_audited_apart(backend: Backend) {
    let mut city = City::start(backend).await;
    let child = city.register(1).await.id;
    city.confirm(&child, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let before = due(&city.channel("CA").await, &child).await;
    assert!(city.stop().await.success());
    city.restart().await;
    let mut entitlements = EntitlementServiceClient::new(city.channel("CA").await);
    assert_eq!(entitlements.get_entitlement(of(&child)).await.unwrap().into_inner().entitlements, before);

    let mut evidence = EvidenceServiceClient::new(city.channel("CA").await);
    let logs = evidence.list_logs(ListLogsRequest {}).await.unwrap().into_inner().logs;
    let told: Vec<_> = logs.iter().map(|log| (log.log.as_str(), log.events)).collect();
    let registered = city.event_log().await.len() as u64;
    assert_eq!(told, [("registry", registered), ("subsidies", 1)]);
    for log in logs {
        evidence.make_checkpoint(MakeCheckpointRequest { log: log.log }).await.unwrap();
    }

    let audits = json(city.command(&["audit", "verify", "--json"]));
    assert!(audits.as_array().unwrap().iter().all(|audit| audit["fault"].is_null()), "{audits}");
    // The payroll was asked as often as it took to learn.
    let seen = json(city.command(&["audit", "child", &child, "--limit", "100000", "--json"]));
    let services: BTreeSet<&str> =
        seen["entries"].as_array().unwrap().iter().map(|entry| entry["service"].as_str().unwrap()).collect();
    assert_eq!(services, BTreeSet::from(["registry", "subsidies"]));
    city.close().await;
}

async fn whoever_is_erased_from_the_registry_has_no_account_with_the_payroll(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    let mut entitlements = EntitlementServiceClient::new(city.channel("CA").await);
    let payee =
        Payee { holder: "监护00001".to_owned(), bank: "惠民农商行".to_owned(), account: "622200".to_owned() };
    let payees = vec![ChildPayee { child: child.clone(), payee: Some(payee.clone()) }];
    entitlements.set_payees(SetPayeesRequest { request_id: Samples::request_id(), payees }).await.unwrap();
    let get = || GetPayeeRequest { child: child.clone() };
    assert_eq!(entitlements.get_payee(get()).await.unwrap().into_inner().payee, Some(payee));

    let end = EndChildRequest {
        request_id: Samples::request_id(),
        child: child.clone(),
        reason: EndReason::Adoption.into(),
        ended_on: Some(Samples::day(2025, 3, 10)),
        ..Default::default()
    };
    city.children().await.end_child(end).await.unwrap();
    done(city.command(&["retention", "erase", &child]));
    let gone = async || entitlements.clone().get_payee(get()).await.err();
    let refused = eventually("the payroll hears that the file was erased", gone).await;
    assert_refused::<()>(Err(refused), Code::NotFound, "PAYEE_NOT_FOUND");
    city.close().await;
}
