use std::path::{Path, PathBuf};
use std::process::Stdio;

use futures::StreamExt;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{NatsError, connect, inbox_prefix};
use crate::identity::Credentials;
use crate::test_authority::Authority;

/// A real nats-server that demands certificates of the authority, on a free port.
struct Broker {
    authority: Authority,
    url: String,
    directory: tempfile::TempDir,
    _process: Child,
}

impl Broker {
    async fn start() -> Self {
        let authority = Authority::new();
        let directory = tempfile::tempdir().unwrap();
        let [certificate, key, ca] = write(directory.path(), &authority.issue(&[], &["localhost"]));
        let config = format!(
            "listen: \"127.0.0.1:-1\"\ntls {{ cert_file: {certificate:?}, key_file: {key:?}, ca_file: {ca:?}, verify: true }}\n"
        );
        let file = directory.path().join("nats.conf");
        std::fs::write(&file, config).unwrap();
        let mut process =
            Command::new(binary()).arg("-c").arg(&file).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut port = None;
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, address)) = line.split_once("Listening for client connections on ") {
                port = address.rsplit(':').next().map(str::to_owned);
            }
            if line.contains("Server is ready") {
                break;
            }
        }
        let url = format!("tls://localhost:{}", port.expect("nats-server says where it listens"));
        Self { authority, url, directory, _process: process }
    }
}

fn binary() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/bin/nats-server");
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&on_path)
        .map(|directory| directory.join("nats-server"))
        .chain([tools])
        .find(|file| file.is_file())
        .expect("nats-server is missing: `make tools` puts it under .tools/bin")
}

fn write(directory: &Path, credentials: &Credentials) -> [PathBuf; 3] {
    let texts = [
        ("certificate.pem", &credentials.certificate_pem),
        ("key.pem", &credentials.private_key_pem),
        ("authority.pem", &credentials.authority_pem),
    ];
    texts.map(|(name, pem)| {
        let file = directory.join(name);
        std::fs::write(&file, pem).unwrap();
        file
    })
}

async fn carries_a_message(broker: &Broker, credentials: &Credentials) {
    let client = connect(&broker.url, credentials, "EDU").await.unwrap();
    assert!(client.new_inbox().starts_with(&inbox_prefix("EDU")));
    let mut subscriber = client.subscribe("hutong.v1.>").await.unwrap();
    client.publish("hutong.v1.a", "text".into()).await.unwrap();
    assert_eq!(subscriber.next().await.unwrap().payload, "text");
}

#[tokio::test]
async fn a_certificate_of_the_authority_connects_from_memory_and_from_files() {
    let broker = Broker::start().await;
    let credentials = broker.authority.department("EDU");
    carries_a_message(&broker, &credentials).await;
    let [certificate, key, ca] = write(broker.directory.path(), &credentials);
    carries_a_message(&broker, &Credentials::load(&certificate, &key, &ca).unwrap()).await;
}

#[tokio::test]
async fn a_foreign_certificate_does_not_connect() {
    let broker = Broker::start().await;
    let mut foreign = Authority::new().department("EDU");
    foreign.authority_pem = broker.authority.department("EDU").authority_pem;
    let error = connect(&broker.url, &foreign, "EDU").await.unwrap_err();
    assert!(matches!(error, NatsError::Connect { .. }), "{error:?}");
}
