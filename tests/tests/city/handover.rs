//! Who turns 18 is told to the human-resources office by consent, and to nobody without one.

use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::circumstance_service_client::CircumstanceServiceClient;
use contract::registry::v1::circumstance_service_server::CircumstanceService as _;
use kernel::time::days;
use kernel::{Clock as _, Month, SystemClock};
use prost::Message as _;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::wait::eventually;

use crate::office::{Office, answer, asked, day};

both_databases!(
    the_human_resources_office_hears_of_those_who_consented,
    a_consent_holds_from_its_day_until_it_is_withdrawn,
);

fn consent(from: Date) -> v1::Circumstance {
    let given = v1::Consent {
        given_by: v1::ConsentGiver::Child.into(),
        evidence: vec![v1::Evidence {
            kind: "知情同意书".to_owned(),
            number: "2025-3".to_owned(),
            ..Default::default()
        }],
    };
    v1::Circumstance {
        fact: Some(v1::circumstance::Fact::HandoverConsent(given)),
        validity: Some(v1::Validity { from: Some(from), until: None }),
    }
}

async fn the_human_resources_office_hears_of_those_who_consented(backend: Backend) {
    let city = City::start_with(backend, CityOptions::default().set("registry.sweep_seconds", "1")).await;
    let today = SystemClock.today();
    let born = Month::of(today.saturating_add(days(40))).plus(-18 * 12).first_day();
    let of_age = |number: u32| v1::ChildProfile {
        citizen_id: String::new(),
        birth_date: Some(contract::date::from_date(born)),
        ..Samples::profile(number)
    };
    let (willing, silent) = (city.register_profile(of_age(1)).await, city.register_profile(of_age(2)).await);
    let mut circumstances = CircumstanceServiceClient::new(city.channel("CA").await);
    let request = v1::RecordCircumstanceRequest {
        child: willing.id.clone(),
        circumstance: Some(consent(contract::date::from_date(today))),
        ..Default::default()
    };
    circumstances.record_circumstance(request).await.unwrap();
    let announced = async |child: &str| {
        let log = city.event_log().await;
        let of_kind = log.iter().filter(|event| event.kind == "registry.child.aging_out");
        of_kind.filter(|event| v1::ChildAgingOut::decode(event.body.as_slice()).unwrap().child == child).count()
    };
    eventually("both are announced", async || {
        (announced(&willing.id).await > 0 && announced(&silent.id).await > 0).then_some(())
    })
    .await;
    city.settle().await;
    let told: Vec<_> = city
        .mailbox("HRS")
        .await
        .iter()
        .map(|message| v1::ChildAgingOut::decode(message.payload.clone()).unwrap())
        .map(|event| (event.child, event.consented_on))
        .collect();
    assert_eq!(told, [(city.reference("HRS", &willing.id), Some(contract::date::from_date(today)))]);
    city.close().await;
}

async fn a_consent_holds_from_its_day_until_it_is_withdrawn(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let mut children = Vec::new();
    for _ in 0..4 {
        children.push(office.born(VILLAGE, "2007-06-10").await);
    }
    let [before, withdrawn, later, never] = &children[..] else { panic!("four children") };
    let give = async |child: &str, from: &str| {
        let request = v1::RecordCircumstanceRequest {
            child: child.to_owned(),
            circumstance: Some(consent(day(from))),
            ..Default::default()
        };
        answer(office.circumstances.record_circumstance(asked(request)).await);
    };
    let withdraw = async |child: &str, on: &str| {
        let request = v1::EndCircumstanceRequest {
            child: child.to_owned(),
            aspect: v1::Aspect::HandoverConsent.into(),
            ended_on: Some(day(on)),
            ..Default::default()
        };
        answer(office.circumstances.end_circumstance(asked(request)).await);
    };
    give(before, "2025-01-08").await;
    give(withdrawn, "2025-01-08").await;
    office.at("2025-03-10");
    withdraw(withdrawn, "2025-03-10").await;
    office.at("2025-03-12");
    office.sweep().await;
    let told = async || {
        let told = office.told::<v1::ChildAgingOut>().await.into_iter();
        let mut told: Vec<_> = told.map(|event| (event.child, event.consented_on)).collect();
        told.sort_by_key(|(child, consented_on)| (child.clone(), consented_on.is_some()));
        told
    };
    let is = |child: &String, on: Option<&str>| (child.clone(), on.map(day));
    let mut expected = vec![is(before, Some("2025-01-08")), is(withdrawn, None), is(later, None), is(never, None)];
    assert_eq!(told().await, expected);
    office.at("2025-04-01");
    give(later, "2025-03-31").await;
    give(later, "2025-03-31").await;
    give(before, "2025-04-01").await;
    expected.insert(3, is(later, Some("2025-03-31")));
    assert_eq!(told().await, expected, "once more for who consented later, and for nobody twice");
    assert!(!office.lies_open("知情同意书").await);
}

const VILLAGE: &str = "371602001001";
