use async_nats::jetstream::stream::Config;
use contract::mailboxes::Mailboxes;
use contract::subject::MAILBOX_STREAM;

use crate::broker::{Account, delete, provision};
use crate::test_city::Broker;

#[tokio::test]
async fn a_mailbox_is_made_once_and_put_right_when_it_was_changed() {
    let broker = Broker::start(&Mailboxes::default()).await;
    let account = Account::new(broker.service("exchange").await, "EDU");
    let made = provision(&account).await.unwrap();
    assert!(made.config.deny_purge && made.config.allow_direct);

    let again = provision(&account).await.unwrap();
    assert_eq!(again.created, made.created);

    let changed = Config { max_messages: 1, ..made.config.clone() };
    account.api().update_stream(changed).await.unwrap();
    let healed = provision(&account).await.unwrap();
    assert_eq!(healed.config.max_messages, -1);
    assert_eq!(healed.created, made.created);

    delete(&account).await.unwrap();
    delete(&account).await.unwrap();
    let other = Config {
        name: MAILBOX_STREAM.to_owned(),
        subjects: vec!["elsewhere".to_owned()],
        storage: async_nats::jetstream::stream::StorageType::Memory,
        ..Config::default()
    };
    account.api().create_stream(other).await.unwrap();
    let healed = provision(&account).await.unwrap();
    assert_eq!(healed.config.subjects, ["hutong.v1.>"]);
    assert_eq!(healed.config.storage, async_nats::jetstream::stream::StorageType::File);
}
