//! The headers of a call that we read ourselves: its deadline and its trace.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use platform::server::timeout_in;
use platform::telemetry::context::{TRACEPARENT, traceparent_of};

/// A deadline is at most 99,999,999 hours away. A trace that is passed on is of the standard's one form, so that it can carry
/// nothing else.
pub fn take(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.insert("grpc-timeout", value.clone());
    headers.insert(TRACEPARENT, value);
    assert!(timeout_in(&headers).is_none_or(|timeout| timeout <= Duration::from_secs(99_999_999 * 3600)));
    if let Some(trace) = traceparent_of(&headers) {
        let digits = trace.bytes().filter(u8::is_ascii_hexdigit).count();
        assert!(trace.len() == 55 && digits == 52 && trace.starts_with("00-"), "a trace that carries something");
    }
}

/// Both.
pub fn seeds() -> Vec<Vec<u8>> {
    ["99999999H", "5S", "250m", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"].map(Into::into).into()
}
