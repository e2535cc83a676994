//! What the door answers.

use contract::exchange::v1::MailboxState::Following;
use tonic::Code;

use crate::test_city::City;

#[tokio::test]
async fn a_department_asks_for_its_own_mailbox_and_civil_affairs_for_any() {
    let mut city = City::new("[[mailbox]]\ncode = \"EDU-371621\"\n").await;
    city.log.register(4);
    city.log.relay(0..4).await;
    city.start_exchange().await;
    city.awaits("EDU", Following, 4).await;
    city.awaits("EDU-371621", Following, 2).await;

    let own = city.ask("EDU", "").await.unwrap();
    assert_eq!((own.code.as_str(), own.messages, own.last_sequence), ("EDU", 4, 4));
    assert_eq!(own.department.as_ref().unwrap().zh, "教育局");
    let granted = ["registry.child.registered", "registry.left_behind.changed", "registry.migrant.recorded"];
    assert_eq!(own.granted_types, granted);
    assert_eq!((own.last_hash.len(), own.signing_key.len()), (64, 64));
    assert!(own.last_time.is_some());
    assert_eq!(city.ask("EDU", "EDU").await.unwrap().code, "EDU");

    let county = city.ask("EDU-371621", "").await.unwrap();
    assert_eq!((county.area.as_str(), county.messages), ("371621", 2));
    assert_eq!(city.ask("CA", "EDU-371621").await.unwrap().messages, 2);

    for (caller, code) in [("EDU", "HC"), ("EDU", "EDU-371621"), ("EDU-371621", "EDU"), ("CA", "XXX"), ("CA", "")] {
        let refused = city.ask(caller, code).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{caller} {code}");
    }
    assert_eq!(city.rebuild("XXX").await.unwrap_err().code(), Code::NotFound);
}
