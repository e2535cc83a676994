use std::num::NonZeroU32;

use governor::Quota;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::Limits;
use crate::access::Caller;
use crate::identity::Identity;
use crate::test_door::{Door, call};

/// So much at once, and so many calls an hour.
fn limits(at_once: usize, calls: u32) -> Limits {
    Limits::of(at_once, Quota::per_hour(NonZeroU32::new(calls).unwrap()))
}

fn department(code: &str) -> Caller {
    Caller::new(Identity::Department { code: code.into() })
}

#[test]
fn a_partner_that_asks_for_too_much_leaves_the_others_their_share() {
    let limits = limits(10, 3);
    for code in ["EDU", "EDU-371621", "FIN", "NOBODY"] {
        let caller = department(code);
        for _ in 0..3 {
            limits.admit(&caller).unwrap();
        }
        let refused = limits.admit(&caller).unwrap_err();
        assert_eq!(refused.reason, "TOO_MANY_CALLS");
        assert!(refused.retry_after.is_some_and(|wait| wait.as_secs() > 0), "{code}");
    }
}

#[test]
fn a_place_is_free_again_when_its_call_has_ended() {
    let limits = limits(2, 1_000);
    let (education, health) = (department("EDU"), department("FIN"));
    let [one, _two] = [(); 2].map(|()| limits.admit(&education).unwrap());
    assert_eq!(limits.admit(&education).unwrap_err().reason, "TOO_MANY_CALLS_AT_ONCE");
    limits.admit(&health).unwrap();
    drop(one);
    limits.admit(&education).unwrap();
}

#[test]
fn services_and_the_owner_are_not_limited() {
    let limits = limits(1, 1);
    for caller in [department("CA"), department("CA-371621"), Caller::new(Identity::Service("exchange".into()))] {
        let places: Vec<_> = (0..5).map(|_| limits.admit(&caller).unwrap()).collect();
        assert!(places.iter().all(Option::is_none));
    }
}

#[tokio::test]
async fn at_the_door_a_call_too_many_is_refused_with_when_to_repeat_it() {
    let door = Door::open_with(|config| {
        config.partner_calls_at_once = 100;
        config.partner_calls_per_second = 1;
    })
    .await;
    let education = door.connect(&door.authority.department("EDU")).await;
    // It may not call this at all, which is one of its calls nevertheless.
    assert_eq!(call(&education, "GetChild").await.unwrap_err().code(), Code::PermissionDenied);
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(call(&education, "GetChild").await.unwrap_err());
    }
    let refused = answers.iter().find(|status| status.code() == Code::ResourceExhausted);
    let refused = refused.expect("twenty calls on one connection take less than twenty seconds");
    assert_eq!(refused.get_details_error_info().unwrap().reason, "TOO_MANY_CALLS");
    assert!(refused.get_details_retry_info().unwrap().retry_delay.is_some());
    let owner = door.connect(&door.authority.department("CA")).await;
    for _ in 0..20 {
        assert_eq!(call(&owner, "GetChild").await.unwrap(), "CA");
    }
}
