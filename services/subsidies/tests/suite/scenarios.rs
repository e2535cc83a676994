//! The acceptance scenarios about money, through the services, to the fen.

use contract::registry::v1 as registry;
use contract::subsidies::v1;
use contract::subsidies::v1::entitlement_service_server::EntitlementService as _;
use kernel::{Month, Tier};

use crate::office::{Office, asked, month, new_id};

#[tokio::test]
async fn a_year_with_a_reclassification_in_may_pays_23_865_yuan_and_explains_itself() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    let child = office.child("371621", Tier::C, "2025-01").await;
    let mut paid = Vec::new();
    for of in Month::range("2025-01".parse().unwrap(), "2025-12".parse().unwrap()) {
        paid.push(office.run(&of.to_string()).await[&child.id] / 100);
        if of.to_string() == "2025-05" {
            office.set("2025-05-17");
            office
                .told(registry::CategoryReclassified {
                    child: child.id.clone(),
                    county: child.county.clone(),
                    record: new_id(&office.clock),
                    tier: Tier::B.number(),
                    previous_record: child.record.clone(),
                    previous_tier: Tier::C.number(),
                    from_month: Some(month("2025-06")),
                })
                .await;
        }
    }
    assert_eq!(paid, [[1_777; 5].as_slice(), &[2_140; 7]].concat());
    assert_eq!(paid.iter().sum::<i64>(), 23_865);
    let started = office.events::<v1::EntitlementStarted>().await;
    let changed = office.events::<v1::EntitlementChanged>().await;
    assert_eq!((started.len(), started[0].tier(), changed.len()), (1, registry::SupportTier::C, 1));
    assert_eq!((changed[0].previous_tier(), changed[0].tier()), (registry::SupportTier::C, registry::SupportTier::B));
    assert_eq!(changed[0].from_month, Some(month("2025-06")));

    let runs = office.application.list_runs().await.unwrap();
    for run in &runs {
        let recomputed = office.recompute(&run.id).await;
        assert_eq!((recomputed.agreeing, recomputed.differing.len()), (1, 0), "{:?}", run.month);
    }
    let payment = office.payments(&runs[6].id).await.remove(0);
    let explanation = office.explain(&payment.id).await;
    assert!(explanation.agrees);
    assert!(explanation.zh.starts_with("2025年6月发放2140.00元。"), "{}", explanation.zh);
    assert!(explanation.zh.contains("自2025年6月起享受乙类(社会散居)(2025-05-17获知)"), "{}", explanation.zh);
    assert!(explanation.en.contains("tier B, scattered since 2025-06 (learnt on 2025-05-17)"), "{}", explanation.en);
    let year = office.application.year_totals(2025).await.unwrap();
    assert_eq!((year.committed_fen, year.settled_fen, year.totals.len()), (2_386_500, 2_386_500, 12));
}

#[tokio::test]
async fn a_standard_published_late_is_made_up_for_in_may() {
    let office = Office::open("2025-01-01").await;
    office.publish(Tier::B, "2023-01", 2_002).await;
    let child = office.child("371621", Tier::B, "2025-01").await;
    let gone = office.child("371602", Tier::B, "2025-01").await;
    for of in ["2025-01", "2025-02"] {
        office.run(of).await;
    }
    office.set("2025-02-20");
    office.told(gone.ended(Tier::B, "2025-03")).await;
    for of in ["2025-03", "2025-04"] {
        assert_eq!(office.run(of).await.into_values().collect::<Vec<_>>(), [200_200], "{of}");
    }
    office.set("2025-04-20");
    let standard = office.publish(Tier::B, "2025-01", 2_140).await;
    assert_eq!((standard.previous_fen, standard.growth_permille), (200_200, 69));
    let may = office.run("2025-05").await;
    assert_eq!((may[&child.id], may[&gone.id]), (269_200, 27_600));
    let arrears = office.events::<v1::ArrearsCalculated>().await;
    let mut told: Vec<_> = arrears.iter().map(|one| (one.amount_fen, one.months)).collect();
    told.sort_unstable();
    assert_eq!(told, [(27_600, 2), (55_200, 4)]);
    assert_eq!(office.run("2025-06").await.into_values().collect::<Vec<_>>(), [214_000], "it is made up for once");
    let run = office.application.get_run_of("2025-05".parse().unwrap()).await.unwrap();
    assert_eq!(run.arrears_fen, 82_800);
    let payment = office.payments(&run.id).await.into_iter().find(|one| one.child == child.id).unwrap();
    let explanation = office.explain(&payment.id).await;
    assert!(explanation.zh.contains("应发2140.00元,此前已发2002.00元,补发138.00元"), "{}", explanation.zh);
    assert_eq!(explanation.months.len(), 5);
    assert_eq!(explanation.months[0].earlier.len(), 1);
}

#[tokio::test]
async fn a_death_in_august_that_is_learnt_in_september_opens_one_task() {
    let office = Office::open("2025-06-01").await;
    office.publish_all().await;
    let child = office.child("371621", Tier::B, "2025-06").await;
    for of in ["2025-06", "2025-07", "2025-08", "2025-09"] {
        assert_eq!(office.run(of).await[&child.id], 214_000);
    }
    office.set("2025-09-12");
    office.told(child.ended(Tier::B, "2025-09")).await;
    office.told(child.died("2025-08-10")).await;
    let tasks = office.open_tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].kind(), tasks[0].amount_fen), (v1::PaymentTaskKind::Overpaid, 214_000));
    assert_eq!(tasks[0].month, Some(month("2025-09")));
    assert_eq!(office.events::<v1::OverpaymentFound>().await.len(), 1);
    assert!(office.run("2025-10").await.is_empty(), "nothing is debited, nothing paid");
    let decided = office.decide(&tasks[0].id, v1::PaymentTaskOutcome::Recovered).await.unwrap();
    assert_eq!((decided.outcome(), decided.decided_by.as_str()), (v1::PaymentTaskOutcome::Recovered, "zhao"));
    assert!(office.open_tasks().await.is_empty());
    assert!(office.run("2025-11").await.is_empty());
}

#[tokio::test]
async fn a_move_in_march_is_paid_by_each_county_for_its_months() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    let child = office.child("371621", Tier::B, "2025-03").await;
    office.set("2025-03-21");
    office
        .told(registry::ChildTransferred {
            child: child.id.clone(),
            county: "371681".to_owned(),
            from_county: "371621".to_owned(),
            transferred_on: Some(contract::date::from_date(kernel::time::parse_iso("2025-03-20").unwrap())),
        })
        .await;
    for (of, county) in [("2025-03", "371621"), ("2025-04", "371681")] {
        office.run(of).await;
        let run = office.application.get_run_of(of.parse().unwrap()).await.unwrap();
        let payments = office.payments(&run.id).await;
        assert_eq!((payments.len(), payments[0].county.as_str(), payments[0].amount_fen), (1, county, 214_000));
    }
    let approved = office.events::<v1::BatchApproved>().await;
    let told: Vec<_> = approved.iter().map(|one| (one.county.as_str(), one.children, one.current_fen)).collect();
    assert_eq!(told, [("371621", 1, 214_000), ("371681", 1, 214_000)]);
}

#[tokio::test]
async fn another_grant_of_800_leaves_1_340() {
    let office = Office::open("2025-01-01").await;
    office.publish_all().await;
    let child = office.child("371621", Tier::B, "2025-01").await;
    let request = v1::RecordOtherGrantRequest {
        child: child.id.clone(),
        monthly_fen: 80_000,
        from_month: Some(month("2025-01")),
        source: "最低生活保障".to_owned(),
        ..Default::default()
    };
    office.entitlements.record_other_grant(asked("li", request)).await.unwrap();
    assert_eq!(office.run("2025-01").await[&child.id], 134_000);
    let payment = office.application.get_run_of("2025-01".parse().unwrap()).await.unwrap();
    let payment = office.payments(&payment.id).await.remove(0);
    let explanation = office.explain(&payment.id).await;
    assert!(explanation.zh.contains("已领最低生活保障800.00元,补差发放"), "{}", explanation.zh);
}
