//! From the stream into another service: every effect once, in order; what cannot be applied blocks one child only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::jetstream;
use contract::event::by_name;
use messaging::inbox::{Inbox, InboxSettings};
use messaging::relay::{Relay, RelaySettings};
use tests::both_databases;
use tests::city::Backend;
use tests::nats::{NatsOptions, NatsServer};
use tests::wait::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::small_service::{Notes, SmallService, WriteDown, child};

both_databases!(
    every_effect_happens_once_and_in_order_whoever_dies,
    a_dead_letter_blocks_its_own_child_only_until_it_is_mended,
);

async fn every_effect_happens_once_and_in_order_whoever_dies(backend: Backend) {
    let mut server = NatsServer::start(NatsOptions::default()).await;
    let mut teller = SmallService::open(backend, "registry").await;
    let hearer = SmallService::open(backend, "subsidies").await;
    let _relay = relay(&mut teller, &server).await;
    let children: Vec<_> = (0..5).map(|_| child()).collect();
    let mut inbox = Hearing::start(&hearer, &server, Uuid::nil()).await;
    for round in 0..6 {
        for child in &children {
            teller.tell(*child, round == 0).await;
        }
        match round % 3 {
            0 => inbox = inbox.again(&hearer, &server).await,
            1 => {
                server.kill();
                server.restart().await;
            }
            _ => {
                server.kill();
                server.wipe();
                server.restart().await;
            }
        }
    }
    for (number, child) in children.iter().enumerate() {
        let expected: Vec<_> = (0..6).map(|round| (round * 5 + number + 1).to_string()).collect();
        let expected = expected.join(",");
        eventually("every event is heard", async || {
            let heard = hearer.heard_of(*child).await?;
            assert!(expected.starts_with(&heard), "out of order or twice: {heard}");
            (heard == expected).then_some(())
        })
        .await;
    }
    assert!(inbox.letters().await.is_empty());
}

async fn a_dead_letter_blocks_its_own_child_only_until_it_is_mended(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let mut teller = SmallService::open(backend, "registry").await;
    let hearer = SmallService::open(backend, "subsidies").await;
    let _relay = relay(&mut teller, &server).await;
    let (deaf, other) = (child(), child());
    let inbox = Hearing::start(&hearer, &server, deaf).await;
    for first in [true, false, false] {
        teller.tell(deaf, first).await;
        teller.tell(other, first).await;
    }
    eventually("the other child goes on", async || (hearer.heard_of(other).await? == "2,4,6").then_some(())).await;
    assert_eq!(hearer.heard_of(deaf).await, None);
    let letters: Vec<_> = inbox.letters().await;
    assert_eq!(letters, [(1, "DEAF".to_owned()), (3, "BLOCKED".to_owned()), (5, "BLOCKED".to_owned())]);

    inbox.retry().await;
    assert_eq!(inbox.letters().await.len(), 3, "nothing has changed yet");
    inbox.mended.store(true, Ordering::SeqCst);
    inbox.retry().await;
    assert_eq!(hearer.heard_of(deaf).await.as_deref(), Some("1,3,5"), "in order");
    assert!(inbox.letters().await.is_empty());
    teller.tell(deaf, false).await;
    eventually("the mended child goes on", async || (hearer.heard_of(deaf).await? == "1,3,5,7").then_some(())).await;
}

async fn relay(service: &mut SmallService, server: &NatsServer) -> Relay {
    Relay::start(RelaySettings {
        service: "registry".to_owned(),
        log: service.log.clone(),
        feed: service.feed.take().unwrap(),
        jetstream: jetstream::new(server.connect().await),
        config: service.config.relay.clone(),
        shutdown: CancellationToken::new(),
    })
}

/// An inbox that hears of the registry's children.
struct Hearing {
    inbox: Inbox<Notes, WriteDown>,
    shutdown: CancellationToken,
    mended: Arc<AtomicBool>,
}

impl Hearing {
    async fn start(service: &SmallService, server: &NatsServer, deaf_to: Uuid) -> Self {
        let shutdown = CancellationToken::new();
        let mended = Arc::new(AtomicBool::new(false));
        let types = ["registry.child.registered", "registry.child.updated"].map(|name| by_name(name).unwrap());
        let inbox = Inbox::start(InboxSettings {
            service: "subsidies".to_owned(),
            source: "registry".to_owned(),
            types: types.to_vec(),
            handler: WriteDown { deaf_to, mended: Arc::clone(&mended) },
            journal: service.journal.clone(),
            database: service.database.clone(),
            jetstream: jetstream::new(server.connect().await),
            batch: 3,
            shutdown: shutdown.clone(),
        });
        Self { inbox, shutdown, mended }
    }

    /// Ends it, whatever it had in hand, and starts another.
    async fn again(self, service: &SmallService, server: &NatsServer) -> Self {
        self.shutdown.cancel();
        self.inbox.closed().await;
        Self::start(service, server, Uuid::nil()).await
    }

    async fn letters(&self) -> Vec<(u64, String)> {
        let letters = self.inbox.dead_letters().list().await.unwrap();
        letters.into_iter().map(|letter| (letter.event.sequence, letter.reason)).collect()
    }

    async fn retry(&self) {
        self.inbox.dead_letters().retry().await.unwrap();
    }
}
