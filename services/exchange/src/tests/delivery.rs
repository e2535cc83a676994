//! Who gets what.

use contract::exchange::v1::MailboxState::Following;
use contract::registry::v1::{CategoryConfirmed, ChildRegistered, SupportTier};
use messaging::mailbox::CURSOR;
use messaging::relay::headers;
use prost::Message as _;
use uuid::Uuid;

use crate::test_city::{COUNTIES, City, Received};

#[tokio::test]
async fn each_mailbox_gets_what_the_contract_grants_and_no_other() {
    let mut city = City::new("").await;
    city.log.register(10);
    city.log.confirm(Some(SupportTier::B));
    city.log.confirm(None);
    city.log.relay(0..12).await;
    city.start_exchange().await;
    for code in ["EDU", "HC", "FL", "CRT"] {
        city.awaits(code, Following, 10).await;
    }
    city.awaits("FIN", Following, 1).await;
    for code in ["PSB", "STA", "PLC"] {
        city.awaits(code, Following, 0).await;
    }
    let finance = city.read("FIN").await;
    let message = CategoryConfirmed::decode(finance[0].body.as_slice()).unwrap();
    assert_eq!(message.tier(), SupportTier::B);
    assert_eq!(finance[0].headers.get(CURSOR).unwrap().as_str(), "registry=11");

    city.log.register(1);
    city.log.relay(12..13).await;
    let education = city.awaits("EDU", Following, 11).await;
    assert_eq!(education.cursors[0].sequence, 13);
    let last = city.read("EDU").await.pop().unwrap();
    assert_eq!(last.subject, format!("hutong.v1.registry.child.registered.{}", COUNTIES[1]));
    assert_eq!(last.headers.get(headers::TYPE).unwrap().as_str(), "registry.child.registered");
    assert_eq!(ChildRegistered::decode(last.body.as_slice()).unwrap().county, COUNTIES[1]);
}

#[tokio::test]
async fn each_department_has_its_own_references_to_children() {
    let mut city =
        City::new("[[mailbox]]\ncode = \"EDU-371621\"\n[[mailbox]]\ncode = \"HC\"\nformat = \"json\"\n").await;
    city.log.register(4);
    city.log.relay(0..4).await;
    city.start_exchange().await;
    let reference = |code: &str, number: u128| {
        let department = contract::Department::from_code(code).unwrap();
        city.pseudonyms.of(department).unwrap().conceal(Uuid::from_u128(number)).to_string()
    };
    let about = |message: &Received| message.headers.get(headers::SUBJECT).unwrap().as_str().to_owned();
    for (code, numbers) in [("EDU-371621", vec![1, 3]), ("EDU", vec![1, 2, 3, 4]), ("CRT", vec![1, 2, 3, 4])] {
        city.awaits(code, Following, numbers.len() as u64).await;
        let letters = code.split('-').next().unwrap();
        for (message, number) in city.read(code).await.iter().zip(numbers) {
            let child = ChildRegistered::decode(message.body.as_slice()).unwrap().child;
            assert_eq!((&child, about(message)), (&reference(letters, number), child.clone()), "{code}");
        }
    }
    city.awaits("HC", Following, 4).await;
    let health = &city.read("HC").await[0];
    let json: serde_json::Value = serde_json::from_slice(&health.body).unwrap();
    assert_eq!((json["child"].as_str().unwrap(), about(health)), (reference("HC", 1).as_str(), reference("HC", 1)));
}

#[tokio::test]
async fn a_county_department_gets_its_county_and_json_is_json() {
    let county = COUNTIES[1];
    let departments = format!("[[mailbox]]\ncode = \"EDU-{county}\"\n[[mailbox]]\ncode = \"HC\"\nformat = \"json\"\n");
    let mut city = City::new(&departments).await;
    city.log.register(20);
    city.log.relay(0..20).await;
    city.start_exchange().await;
    city.awaits(&format!("EDU-{county}"), Following, 10).await;
    for message in city.read(&format!("EDU-{county}")).await {
        assert!(message.subject.ends_with(county), "{}", message.subject);
    }
    city.awaits("HC", Following, 20).await;
    let health = city.read("HC").await;
    assert_eq!(health[0].headers.get(headers::CONTENT_TYPE).unwrap().as_str(), "application/json");
    let json: serde_json::Value = serde_json::from_slice(&health[0].body).unwrap();
    assert_eq!(json["county"], county);
}

#[tokio::test]
async fn order_and_numbers_hold_over_thousands_and_a_restart() {
    let mut city = City::new("").await;
    city.log.register(4_000);
    city.start_exchange().await;
    city.log.relay(0..2_500).await;
    city.stop_exchange().await;
    city.start_exchange().await;
    city.log.relay(2_500..4_000).await;
    for code in ["EDU", "CRT"] {
        city.awaits(code, Following, 4_000).await;
    }
    let cursors: Vec<_> = city.read("EDU").await.iter().map(|message| cursor(&message.headers)).collect();
    assert_eq!(cursors, (1..=4_000).map(|number| format!("registry={number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_erased_event_is_told_to_nobody_and_those_behind_it_are() {
    let mut city = City::new("").await;
    city.log.register(3);
    city.log.erase(1);
    city.start_exchange().await;
    city.log.relay(0..3).await;
    city.awaits("EDU", Following, 2).await;
    let cursors: Vec<_> = city.read("EDU").await.iter().map(|message| cursor(&message.headers)).collect();
    assert_eq!(cursors, ["registry=1", "registry=3"]);
}

#[tokio::test]
async fn two_exchanges_write_each_message_once() {
    let mut city = City::new("").await;
    city.log.register(3_000);
    city.start_exchange().await;
    let twin = city.twin().await;
    city.log.relay(0..3_000).await;
    for code in ["EDU", "HC", "FL", "CRT"] {
        city.awaits(code, Following, 3_000).await;
        assert_eq!(city.read(code).await.len(), 3_000);
    }
    twin.stop().await;
}

fn cursor(headers: &async_nats::HeaderMap) -> String {
    headers.get(CURSOR).unwrap().to_string()
}
