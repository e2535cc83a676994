//! The headers of a call that we read ourselves: its deadline, its trace, its actor, and why it is made in an emergency.

use std::sync::LazyLock;
use std::time::Duration;

use contract::access::methods;
use contract::department;

use http::{HeaderMap, HeaderValue};
use platform::access::{Caller, EMERGENCY, LONGEST_REASON, asked_in_emergency};
use platform::audit::{ACTOR, actor};
use platform::identity::Identity;
use platform::server::timeout_in;
use platform::telemetry::context::{TRACEPARENT, traceparent_of};

/// A caller and a method that the contract opens to it in an emergency.
static OPENED: LazyLock<(Caller, &'static str)> = LazyLock::new(|| {
    let opened = department::all().iter().find_map(|entry| {
        let path = methods().iter().find(|(_, callers)| callers.allow_in_emergency(entry.department))?.0;
        Some((Caller::new(Identity::Department { code: entry.code.clone() }), path.as_str()))
    });
    opened.expect("the contract has such a method")
});

/// A deadline is at most 99,999,999 hours away. A trace that is passed on is of the standard's one form, so that it can carry
/// nothing else. An actor is a word, a reason a text that has an end.
pub fn take(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.insert("grpc-timeout", value.clone());
    headers.insert(TRACEPARENT, value.clone());
    headers.insert(ACTOR, value.clone());
    headers.insert(EMERGENCY, value);
    assert!(timeout_in(&headers).is_none_or(|timeout| timeout <= Duration::from_secs(99_999_999 * 3600)));
    if let Some(trace) = traceparent_of(&headers) {
        let digits = trace.bytes().filter(u8::is_ascii_hexdigit).count();
        assert!(trace.len() == 55 && digits == 52 && trace.starts_with("00-"), "a trace that carries something");
    }
    if let Ok(actor) = actor(&headers) {
        assert!(actor.len() <= 64 && actor.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Ok(Some(call)) = asked_in_emergency(&OPENED.0, OPENED.1, &headers) {
        assert!((1..=LONGEST_REASON).contains(&call.reason.chars().count()) && call.reason.trim() == call.reason);
    }
}

/// Each.
pub fn seeds() -> Vec<Vec<u8>> {
    ["99999999H", "5S", "250m", "nurse-7@ward", "5a6p5a2p5Zyo5Y2x6Zmp5Lit", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"].map(Into::into).into()
}
