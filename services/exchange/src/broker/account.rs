use async_nats::Client;
use async_nats::jetstream::{self, Context};
use contract::subject;

/// The platform's side of the two doors into a mailbox's account: `to.<CODE>.…` and `$JS.<CODE>.API.…`.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    code: String,
    client: Client,
    api: Context,
}

impl Account {
    /// The account of the mailbox `code`, over a connection of the platform's account.
    pub(crate) fn new(client: Client, code: &str) -> Self {
        let api = jetstream::with_prefix(client.clone(), &subject::js_prefix(code));
        Self { code: code.to_owned(), client, api }
    }

    /// The mailbox's code.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The connection.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The account's `JetStream` API.
    pub(crate) fn api(&self) -> &Context {
        &self.api
    }

    /// Where the platform publishes what appears as `subject` in the account.
    pub(crate) fn door(&self, subject: &str) -> String {
        subject::mailbox_publish(&self.code, subject)
    }
}
