//! The nats-server configuration: one account for the platform, one for each mailbox.
//!
//! One shared account would be unsafe: nats-server checks the subject of a message, not its reply subject, so that a
//! user who may only fetch from its own consumer can name `$JS.API.STREAM.DELETE.X` as the reply and delete a stream.
//! What a department's user reaches by such tricks here is its own account, and in it one mailbox that heals.

mod permissions;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;

use self::permissions::Permissions;
use self::text::{list, quote};
use crate::mailboxes::{MailboxEntry, Mailboxes};
use crate::subject;

/// The account of the services, which holds the event streams.
pub const PLATFORM_ACCOUNT: &str = "PLATFORM";

/// The service that writes mailboxes.
pub const EXCHANGE: &str = "exchange";

/// The user who looks after the city.
pub const OPERATOR: &str = "operator";

/// Largest message, in bytes.
const MAX_PAYLOAD: usize = 1024 * 1024;

/// Consumers of one mailbox: a department's readers, on several machines, with room for forgotten ones.
const MAX_CONSUMERS: usize = 64;

/// No key has this hash, as far as anybody knows.
const NOBODYS_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Connections of one department.
const MAX_CONNECTIONS: usize = 32;

/// What a server's configuration needs to know beyond the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsSettings {
    /// The address to bind, for example `127.0.0.1`.
    pub listen_host: String,
    /// The port to bind; -1 takes any free port.
    pub port: i32,
    /// Where `JetStream` keeps its streams.
    pub store_directory: PathBuf,
    /// How often streams are flushed to disk: `always`, or a time such as `120s`.
    pub sync_interval: String,
    /// The server's certificate, PEM.
    pub certificate: PathBuf,
    /// The certificate's private key, PEM.
    pub key: PathBuf,
    /// The authority whose client certificates are accepted, PEM.
    pub authority: PathBuf,
    /// The trust domain of the certificates' URIs: `spiffe://<trust domain>/…`.
    pub trust_domain: String,
    /// Where the server writes its process id.
    pub pid_file: PathBuf,
    /// Where the server writes its log.
    pub log_file: PathBuf,
    /// The services that get a user: those with an event stream, and [`EXCHANGE`] and [`OPERATOR`].
    pub services: Vec<String>,
    /// The keys whose certificates are let in: SHA-256 of the public key (DER), in hex. A key that leaves the list is cut
    /// off when the server reads its configuration again. `None` lets in every certificate of the authority.
    pub admitted_keys: Option<BTreeSet<String>>,
}

/// The name of a mailbox's account: `MAILBOX_EDU`.
#[must_use]
pub fn mailbox_account(code: &str) -> String {
    format!("MAILBOX_{code}")
}

/// The whole configuration of a nats-server, in its own language. The same settings give the same text.
///
/// Clients are known by the one URI of their certificate and by nothing else: no passwords, no `no_auth_user`, no
/// MQTT, no WebSocket, no monitoring port. Users have lists of what they may do, never of what they may not.
#[must_use]
pub fn server_config(settings: &NatsSettings, mailboxes: &Mailboxes) -> String {
    let codes: Vec<&str> = mailboxes.iter().map(|entry| entry.code.as_str()).collect();
    let mut text = server(settings);
    text.push_str("accounts {\n");
    text.push_str(&platform_account(settings, &codes));
    for entry in mailboxes.iter() {
        text.push_str(&department_account(settings, entry));
    }
    text.push_str("}\n");
    text
}

fn server(settings: &NatsSettings) -> String {
    let NatsSettings { listen_host, port, sync_interval, .. } = settings;
    let path = |path: &PathBuf| quote(&path.to_string_lossy());
    format!(
        "# Written by Hutong from its contract: changes are lost at the next start.\n\
         server_name: hutong\n\
         host: {host}\n\
         port: {port}\n\
         max_payload: {MAX_PAYLOAD}\n\
         write_deadline: \"10s\"\n\
         pid_file: {pid}\n\
         logfile: {log}\n\
         logfile_size_limit: 64MB\n\
         logfile_max_num: 4\n\
         # The second form of acknowledgement subjects would escape the lists below.\n\
         feature_flags {{ js_ack_fc_v2: false }}\n\
         jetstream {{\n  store_dir: {store}\n  sync_interval: {sync}\n}}\n\
         tls {{\n  cert_file: {certificate}\n  key_file: {key}\n  ca_file: {authority}\n  \
         verify_and_map: true\n  timeout: 5\n{admitted}}}\n",
        host = quote(listen_host),
        pid = path(&settings.pid_file),
        log = path(&settings.log_file),
        store = path(&settings.store_directory),
        sync = quote(sync_interval),
        certificate = path(&settings.certificate),
        key = path(&settings.key),
        authority = path(&settings.authority),
        admitted = settings.admitted_keys.as_ref().map(admitted).unwrap_or_default(),
    )
}

/// nats-server knows no list of revoked certificates; it knows the keys that are good. An empty list would count as none.
fn admitted(keys: &BTreeSet<String>) -> String {
    let nobody = [NOBODYS_KEY.to_owned()];
    let keys: Vec<String> = if keys.is_empty() { nobody.into() } else { keys.iter().cloned().collect() };
    format!("  pinned_certs: {}\n", list(&keys, 4))
}

/// The services' account. It sees every mailbox under `to.<CODE>.` and `$JS.<CODE>.API.`; never under `$JS.API`
/// itself, which would shadow its own.
fn platform_account(settings: &NatsSettings, codes: &[&str]) -> String {
    let mut text = format!("  {} {{\n    jetstream: enabled\n    users: [\n", quote(PLATFORM_ACCOUNT));
    for service in &settings.services {
        let permissions = match service.as_str() {
            EXCHANGE => permissions::exchange(&settings.services),
            OPERATOR => permissions::operator(),
            other => permissions::service(other, &settings.services),
        };
        text.push_str(&user(&format!("spiffe://{}/service/{service}", settings.trust_domain), &permissions));
    }
    text.push_str("    ]\n    imports: [\n");
    for code in codes {
        let account = quote(&mailbox_account(code));
        for (exported, to) in [
            ("hutong.>".to_owned(), subject::mailbox_publish(code, "hutong.>")),
            ("$JS.API.>".to_owned(), format!("{}.>", subject::js_prefix(code))),
        ] {
            let (exported, to) = (quote(&exported), quote(&to));
            text.push_str(&format!("      {{ service: {{ account: {account}, subject: {exported} }}, to: {to} }}\n"));
        }
    }
    text.push_str("    ]\n  }\n");
    text
}

/// A department's account: one stream, its own readers, and two doors that open to the platform alone.
fn department_account(settings: &NatsSettings, entry: &MailboxEntry) -> String {
    let platform = quote(PLATFORM_ACCOUNT);
    let department =
        |code: &str| user(&format!("spiffe://{}/department/{code}", settings.trust_domain), &permissions::department());
    format!(
        "  {account} {{\n    \
         jetstream: {{ max_streams: 1, max_consumers: {MAX_CONSUMERS} }}\n    \
         limits: {{ max_connections: {MAX_CONNECTIONS} }}\n    \
         users: [\n{users}    ]\n    \
         exports: [\n      \
         {{ service: {events}, accounts: [{platform}] }}\n      \
         {{ service: {api}, accounts: [{platform}] }}\n    ]\n  }}\n",
        account = quote(&mailbox_account(&entry.code)),
        users = entry.codes().map(department).collect::<String>(),
        events = quote("hutong.>"),
        api = quote("$JS.API.>"),
    )
}

fn user(uri: &str, permissions: &Permissions) -> String {
    format!(
        "      {{\n        user: {}\n        permissions: {{\n          publish: {{ allow: {} }}\n          \
         subscribe: {{ allow: {} }}\n        }}\n      }}\n",
        quote(uri),
        list(&permissions.publish, 12),
        list(&permissions.subscribe, 12),
    )
}
