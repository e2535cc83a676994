use std::path::PathBuf;

use super::{NatsSettings, permissions, server_config};
use crate::mailboxes::Mailboxes;

pub(crate) fn settings() -> NatsSettings {
    NatsSettings {
        listen_host: "127.0.0.1".to_owned(),
        port: 4222,
        store_directory: PathBuf::from("data/nats/jetstream"),
        sync_interval: "always".to_owned(),
        certificate: PathBuf::from("tls/server.pem"),
        key: PathBuf::from("tls/server.key"),
        authority: PathBuf::from("tls/authority.pem"),
        trust_domain: "city.test".to_owned(),
        pid_file: PathBuf::from("nats-server.pid"),
        log_file: PathBuf::from("nats-server.log"),
        services: ["registry", "subsidies", "exchange", "operator"].map(str::to_owned).to_vec(),
        admitted_keys: None,
    }
}

#[test]
fn every_mailbox_has_its_account_user_and_two_doors() {
    let mailboxes = Mailboxes::parse("[[mailbox]]\ncode = \"EDU-371621\"\n").unwrap();
    let text = server_config(&settings(), &mailboxes);
    assert_eq!(mailboxes.iter().count(), 19);
    for entry in mailboxes.iter() {
        let code = &entry.code;
        for expected in [
            format!("  \"MAILBOX_{code}\" {{"),
            format!("user: \"spiffe://city.test/department/{code}\""),
            format!("account: \"MAILBOX_{code}\", subject: \"hutong.>\" }}, to: \"to.{code}.hutong.>\""),
            format!("account: \"MAILBOX_{code}\", subject: \"$JS.API.>\" }}, to: \"$JS.{code}.API.>\""),
        ] {
            assert_eq!(text.matches(&expected).count(), 1, "{expected}");
        }
    }
}

#[test]
fn nothing_is_open_without_a_certificate() {
    let text = server_config(&settings(), &Mailboxes::default());
    for closed in ["no_auth_user", "mqtt", "websocket", "http", "password", "deny"] {
        assert!(!text.contains(closed), "{closed}");
    }
    for pinned in ["verify_and_map: true", "js_ack_fc_v2: false", "sync_interval: \"always\""] {
        assert!(text.contains(pinned), "{pinned}");
    }
}

#[test]
fn a_department_may_neither_publish_events_nor_listen_to_them() {
    let department = permissions::department();
    assert_eq!(department.subscribe, ["_INBOX.>"]);
    for subject in &department.publish {
        assert!(subject.starts_with("$JS."), "{subject}");
        for call in ["STREAM.CREATE", "STREAM.UPDATE", "STREAM.DELETE", "PURGE", "MSG.DELETE", "RESTORE", "SNAPSHOT"] {
            assert!(!subject.contains(call), "{subject}");
        }
    }
}

#[test]
fn a_service_writes_its_own_events_and_reads_the_others_under_its_own_name() {
    let services = settings().services;
    let publish = permissions::service("registry", &services).publish;
    let events: Vec<_> = publish.iter().filter(|subject| subject.starts_with("hutong")).collect();
    assert_eq!(events, ["hutong.v1.registry.>"]);
    assert!(publish.iter().all(|subject| !subject.contains("MAILBOX")));
    assert!(publish.contains(&"$JS.API.CONSUMER.RESET.EVT_SUBSIDIES.registry".to_owned()));
    assert!(!publish.iter().any(|subject| subject.contains("EVT_SUBSIDIES")
        && subject.contains("DELETE.EVT")
        && !subject.contains("CONSUMER")));
}

#[test]
fn a_path_cannot_leave_its_quotes() {
    let settings = NatsSettings { log_file: PathBuf::from("a\"\nno_auth_user: x"), ..settings() };
    let text = server_config(&settings, &Mailboxes::default());
    assert!(text.contains("logfile: \"a\\\"\\nno_auth_user: x\"\n"));
}

#[test]
fn only_the_keys_that_are_admitted_come_in_and_an_empty_list_admits_nobody() {
    let with = |keys: &[&str]| {
        let admitted_keys = Some(keys.iter().map(|key| (*key).to_owned()).collect());
        server_config(&NatsSettings { admitted_keys, ..settings() }, &Mailboxes::default())
    };
    let key = "ab".repeat(32);
    assert!(with(&[&key]).contains(&format!("\"{key}\"")));
    assert!(with(&[]).contains(&format!("\"{}\"", "0".repeat(64))), "nats-server takes an empty list for none at all");
    assert!(!server_config(&settings(), &Mailboxes::default()).contains("pinned_certs"));
}

#[test]
fn the_certificates_of_a_merged_office_open_the_mailbox_that_goes_on() {
    let mailboxes = Mailboxes::parse("[[mailbox]]\ncode = \"EDU\"\nalso = [\"EDU-371621\"]\n").unwrap();
    let text = server_config(&settings(), &mailboxes);
    let (_, account) = text.split_once("  \"MAILBOX_EDU\" {").unwrap();
    let (account, _) = account.split_once("exports").unwrap();
    for code in ["EDU", "EDU-371621"] {
        assert!(account.contains(&format!("user: \"spiffe://city.test/department/{code}\"")), "{code}");
    }
    assert!(!text.contains("MAILBOX_EDU-371621"));
}
