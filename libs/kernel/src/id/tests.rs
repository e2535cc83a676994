use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::{ManualClock, SystemClock};
use crate::time::Instant;

fn at(micros: i64) -> ManualClock {
    ManualClock::new(Instant::from_micros(micros))
}

#[test]
fn an_id_has_one_text() {
    let id: ChildId = "01980f3e-5b2a-7c11-8a3b-0123456789ab".parse().unwrap();
    assert_eq!(id.to_string(), "01980f3e-5b2a-7c11-8a3b-0123456789ab");
    assert_eq!(format!("{id:?}"), "child:01980f3e-5b2a-7c11-8a3b-0123456789ab");
    for text in [
        "",
        "01980F3E-5B2A-7C11-8A3B-0123456789AB",
        "01980f3e5b2a7c118a3b0123456789ab",
        "{01980f3e-5b2a-7c11-8a3b-0123456789ab}",
        "urn:uuid:01980f3e-5b2a-7c11-8a3b-0123456789ab",
        " 01980f3e-5b2a-7c11-8a3b-0123456789ab",
        "01980f3e-5b2a-7c11-8a3b-0123456789ag",
        "00000000-0000-0000-0000-000000000000",
    ] {
        assert_eq!(text.parse::<ChildId>(), Err(IdError { kind: "child" }), "{text:?}");
    }
    let error = "x".parse::<RequestId>().unwrap_err();
    assert_eq!(error.to_string(), "not a request id: a lower-case hyphenated UUID is expected");
}

#[test]
fn a_callers_random_request_id_is_accepted() {
    let text = "7f0c9a52-6b1e-4d3c-9f00-5a1b2c3d4e5f";
    assert_eq!(text.parse::<RequestId>().unwrap().to_string(), text);
}

#[test]
fn ids_of_one_thread_ascend_while_the_clock_stands_still() {
    let clock = at(1_735_689_600_123_456);
    let ids: Vec<EventId> = (0..10_000).map(|_| EventId::generate(&clock)).collect();
    assert!(ids.is_sorted_by(|earlier, later| earlier < later));
}

#[test]
fn ids_of_many_threads_differ() {
    let clock = at(1_735_689_600_123_456);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let clock = clock.clone();
            std::thread::spawn(move || (0..1_000).map(|_| ChildId::generate(&clock)).collect::<Vec<_>>())
        })
        .collect();
    let ids: HashSet<ChildId> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(ids.len(), 8_000);
}

#[test]
fn the_system_clock_gives_present_ids() {
    let before = SystemClock.now();
    let id = ChildId::generate(&SystemClock);
    assert!(id.as_uuid().get_timestamp().unwrap().to_unix().0 >= before.as_micros().unsigned_abs() / 1_000_000);
}

proptest! {
    #[test]
    fn an_id_is_a_v7_uuid_of_the_clocks_millisecond(micros in 0_i64..=Instant::MAX.as_micros()) {
        let uuid = ChildId::generate(&at(micros)).as_uuid();
        prop_assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, uuid::Variant::RFC4122));
        let (seconds, nanos) = uuid.get_timestamp().unwrap().to_unix();
        let millis = seconds * 1_000 + u64::from(nanos) / 1_000_000;
        prop_assert_eq!(millis, micros.unsigned_abs() / 1_000);
    }

    #[test]
    fn ids_sort_by_the_microsecond_of_their_making(micros in 0_i64..=4_000_000_000_000_000, later in 1_u64..10_000) {
        let clock = at(micros);
        let first = ChildId::generate(&clock);
        clock.advance(Duration::from_micros(later));
        let second = ChildId::generate(&clock);
        prop_assert!(first < second);
        prop_assert!(first.to_string() < second.to_string());
        clock.set(Instant::from_micros(micros));
        prop_assert!(ChildId::generate(&clock) < second);
    }

    #[test]
    fn what_is_written_is_read_back(bits in 1_u128..) {
        let id = ChildId::from_uuid(Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }
}
