//! The journal against what happens to databases: another process that writes, a connection that is cut.

use futures::future::join_all;
use messaging::seal::ZERO_HASH;
use sea_orm::{ConnectionTrait, Statement};
use tests::city::Backend;
use tests::{both_databases, bounded};

use crate::small_service::{SmallService, child};

bounded!(a_connection_that_postgresql_has_ended_is_made_anew);

both_databases!(two_processes_of_one_service_number_their_events_without_a_gap);

async fn two_processes_of_one_service_number_their_events_without_a_gap(backend: Backend) {
    let one = SmallService::open(backend, "registry").await;
    let other = one.beside().await;
    for _ in 0..20 {
        join_all((0..10).map(|number| {
            let service = if number % 2 == 0 { &one } else { &other };
            service.tell(child(), true)
        }))
        .await;
    }
    let events = one.log.read(0, 1_000).await.unwrap();
    assert_eq!(events.len(), 200);
    let mut previous = ZERO_HASH;
    for (sequence, event) in (1..).zip(&events) {
        assert_eq!(event.sequence, sequence);
        assert!(event.is_as_sealed(&previous));
        previous = event.hash;
    }
    assert_eq!(other.log.head().await.unwrap().hash, previous);
}

async fn a_connection_that_postgresql_has_ended_is_made_anew() {
    let service = SmallService::open(Backend::Postgres, "registry").await;
    service.tell(child(), true).await;
    let reader = service.database.reader();
    let ended = Statement::from_string(
        reader.get_database_backend(),
        "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
         WHERE application_name = 'hutong registry writer' AND datname = current_database()",
    );
    let row = reader.query_one_raw(ended).await.unwrap().unwrap();
    assert!(row.try_get::<bool>("", "ended").unwrap());
    service.tell(child(), true).await;
    assert_eq!(service.log.head().await.unwrap().sequence, 2);
}
