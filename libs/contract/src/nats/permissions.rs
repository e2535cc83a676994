//! What each user may publish and subscribe to. Lists of what is allowed, nothing else.

use super::{EXCHANGE, OPERATOR};
use crate::subject::{self, MAILBOX_STREAM};

/// A user's lists.
pub(super) struct Permissions {
    pub(super) publish: Vec<String>,
    pub(super) subscribe: Vec<String>,
}

impl Permissions {
    /// A user hears replies under its inbox prefix and nothing else.
    fn new(publish: Vec<String>, inbox: &str) -> Self {
        Self { publish, subscribe: vec![format!("{inbox}.>")] }
    }
}

/// Services share an account, so each has an inbox of its own: none hears another's replies.
fn service_inbox(name: &str) -> String {
    format!("_INBOX.{name}")
}

/// A reader of the one stream in its account: any stock client, with consumers of its own. It may not subscribe to
/// `hutong.>`: there it would see the reply subjects of the exchange's writes, and could answer in the broker's name.
pub(super) fn department() -> Permissions {
    let stream = MAILBOX_STREAM;
    let mut publish =
        vec!["$JS.API.INFO".to_owned(), "$JS.API.STREAM.NAMES".to_owned(), "$JS.API.STREAM.LIST".to_owned()];
    publish.extend(reading("$JS.API", stream));
    publish
        .extend(["CONSUMER.NAMES", "CONSUMER.LIST", "CONSUMER.CREATE"].map(|call| format!("$JS.API.{call}.{stream}")));
    publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}.>"));
    publish.extend(
        ["DURABLE.CREATE", "INFO", "DELETE", "MSG.NEXT", "RESET"]
            .map(|call| format!("$JS.API.CONSUMER.{call}.{stream}.*")),
    );
    publish.push(format!("$JS.ACK.{stream}.>"));
    publish.push(format!("$JS.FC.{stream}.>"));
    // Alone in its account, it may keep the prefix that every stock client begins with.
    Permissions::new(publish, "_INBOX")
}

/// A service: writes its own events, keeps its own stream, reads the other services' streams by a durable consumer of
/// its own name.
pub(super) fn service(name: &str, services: &[String]) -> Permissions {
    let own = subject::stream(name);
    let mut publish = vec![subject::service_filter(name), "$JS.API.INFO".to_owned()];
    publish.extend(["CREATE", "UPDATE", "DELETE"].map(|call| format!("$JS.API.STREAM.{call}.{own}")));
    publish.extend(reading("$JS.API", &own));
    for other in event_services(services).filter(|other| *other != name) {
        let stream = subject::stream(other);
        publish.push(format!("$JS.API.STREAM.INFO.{stream}"));
        publish.extend(consuming(&stream, name));
    }
    Permissions::new(publish, &service_inbox(name))
}

/// The exchange: reads every event stream, keeps and fills every mailbox.
pub(super) fn exchange(services: &[String]) -> Permissions {
    let mut publish = vec!["to.*.hutong.>".to_owned(), "$JS.API.INFO".to_owned()];
    for service in event_services(services) {
        let stream = subject::stream(service);
        publish.extend(reading("$JS.API", &stream));
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}"));
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}.>"));
        publish.extend(["INFO", "DELETE", "MSG.NEXT"].map(|call| format!("$JS.API.CONSUMER.{call}.{stream}.*")));
    }
    publish.extend(["CREATE", "UPDATE", "DELETE"].map(|call| format!("$JS.*.API.STREAM.{call}.{MAILBOX_STREAM}")));
    publish.extend(reading("$JS.*.API", MAILBOX_STREAM));
    Permissions::new(publish, &service_inbox(EXCHANGE))
}

/// The operator looks at everything and changes nothing.
pub(super) fn operator() -> Permissions {
    let mut publish: Vec<String> =
        ["$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST"].map(str::to_owned).to_vec();
    publish.extend(reading("$JS.API", "*"));
    publish.push("$JS.*.API.INFO".to_owned());
    publish.extend(reading("$JS.*.API", MAILBOX_STREAM));
    Permissions::new(publish, &service_inbox(OPERATOR))
}

/// Looking at a stream and taking single messages out of it.
fn reading(api: &str, stream: &str) -> Vec<String> {
    ["STREAM.INFO.{}", "STREAM.MSG.GET.{}", "DIRECT.GET.{}", "DIRECT.GET.{}.>"]
        .map(|call| format!("{api}.{}", call.replace("{}", stream)))
        .to_vec()
}

/// Reading a stream by the one consumer of this name.
fn consuming(stream: &str, consumer: &str) -> Vec<String> {
    let mut publish = vec![format!("$JS.API.CONSUMER.CREATE.{stream}.{consumer}.>")];
    publish.extend(
        ["CREATE", "DURABLE.CREATE", "INFO", "DELETE", "MSG.NEXT", "RESET"]
            .map(|call| format!("$JS.API.CONSUMER.{call}.{stream}.{consumer}")),
    );
    publish.push(format!("$JS.ACK.{stream}.{consumer}.>"));
    publish
}

fn event_services(services: &[String]) -> impl Iterator<Item = &str> {
    services.iter().map(String::as_str).filter(|name| ![EXCHANGE, OPERATOR].contains(name))
}
