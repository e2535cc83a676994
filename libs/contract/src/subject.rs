//! NATS names: streams, subjects and the doors between accounts.
//!
//! Every department sees the same subjects, `hutong.v1.<service>.<entity>.<event>.<county>`.

use crate::event::EventType;

/// The root of all subjects.
pub const ROOT: &str = "hutong.v1";

/// The stream in each department's account.
pub const MAILBOX_STREAM: &str = "MAILBOX";

/// The stream of a service's events in the platform's account, for example `EVT_REGISTRY`.
pub fn stream(service: &str) -> String {
    format!("EVT_{}", service.to_ascii_uppercase())
}

/// The subject of an event of a county.
pub fn event(event: &EventType, county: &str) -> String {
    format!("{ROOT}.{}.{county}", event.name)
}

/// All subjects of a service.
pub fn service_filter(service: &str) -> String {
    format!("{ROOT}.{service}.>")
}

/// All subjects of a type.
pub fn type_filter(event: &EventType) -> String {
    format!("{ROOT}.{}.*", event.name)
}

/// The door through which the platform publishes into a mailbox.
pub fn mailbox_publish(code: &str, subject: &str) -> String {
    format!("to.{code}.{subject}")
}

/// The prefix under which the platform reaches the JetStream API of a mailbox's account.
pub fn js_prefix(code: &str) -> String {
    format!("$JS.{code}.API")
}
