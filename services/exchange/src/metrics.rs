//! The exchange's instruments. They do nothing unless something is exported.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use platform::telemetry::{is_exporting, metrics};

/// Messages that a mailbox took.
pub(crate) fn delivered(mailbox: &str, count: u64) {
    static COUNTER: OnceLock<Counter<u64>> = OnceLock::new();
    add(&COUNTER, "hutong.mailbox.delivered", "messages that a mailbox took", mailbox, count);
}

/// Mailboxes that were built anew, damaged or by an operator's wish.
pub(crate) fn built_anew(mailbox: &str) {
    static COUNTER: OnceLock<Counter<u64>> = OnceLock::new();
    add(&COUNTER, "hutong.mailbox.built_anew", "mailboxes that were thrown away and built anew", mailbox, 1);
}

fn add(counter: &OnceLock<Counter<u64>>, name: &'static str, what: &'static str, mailbox: &str, count: u64) {
    if !is_exporting() {
        return;
    }
    let counter = counter.get_or_init(|| metrics::meter().u64_counter(name).with_description(what).build());
    counter.add(count, &[KeyValue::new("hutong.mailbox", mailbox.to_owned())]);
}
