use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use async_nats::{Client, ConnectOptions};
use contract::mailboxes::Mailboxes;
use contract::nats::{NatsSettings, server_config};
use tempfile::TempDir;

use super::authority::Authority;

const TRUST_DOMAIN: &str = "city.test";

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A real nats-server with the accounts of the contract.
pub(crate) struct Broker {
    folder: TempDir,
    authority: Authority,
    port: u16,
    child: Child,
}

impl Broker {
    pub(crate) async fn start(mailboxes: &Mailboxes) -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::new(folder.path());
        let [certificate, key, authority_pem] = authority.server();
        let port = free_port();
        let settings = NatsSettings {
            admitted_keys: None,
            listen_host: "127.0.0.1".to_owned(),
            port: port.into(),
            store_directory: folder.path().join("jetstream"),
            sync_interval: "120s".to_owned(),
            certificate,
            key,
            authority: authority_pem,
            trust_domain: TRUST_DOMAIN.to_owned(),
            pid_file: folder.path().join("pid"),
            log_file: folder.path().join("log"),
            services: ["registry", "subsidies", "exchange", "operator"].map(str::to_owned).to_vec(),
        };
        let config = folder.path().join("nats.conf");
        std::fs::write(&config, server_config(&settings, mailboxes)).unwrap();
        let child = spawn(&config);
        let broker = Self { folder, authority, port, child };
        broker.answers().await;
        broker
    }

    /// Kills the server, as a power cut would, and starts it again. With `wiped`, its disk is new.
    pub(crate) async fn restart(&mut self, wiped: bool) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if wiped {
            std::fs::remove_dir_all(self.folder.path().join("jetstream")).unwrap();
        }
        self.child = spawn(&self.folder.path().join("nats.conf"));
        self.answers().await;
    }

    pub(crate) async fn service(&self, name: &str) -> Client {
        let options = ConnectOptions::new().custom_inbox_prefix(format!("_INBOX.{name}"));
        self.connect(options, &format!("service/{name}")).await.unwrap()
    }

    /// A stock client with a department's certificate.
    pub(crate) async fn department(&self, code: &str) -> Client {
        self.connect(ConnectOptions::new(), &format!("department/{code}")).await.unwrap()
    }

    pub(crate) async fn connect(
        &self,
        options: ConnectOptions,
        identity: &str,
    ) -> Result<Client, async_nats::ConnectError> {
        let [certificate, key, authority] = self.authority.client(&format!("spiffe://{TRUST_DOMAIN}/{identity}"));
        options
            .require_tls(true)
            .add_root_certificates(authority)
            .add_client_certificate(certificate, key)
            .request_timeout(Some(Duration::from_secs(5)))
            .reconnect_delay_callback(|_| Duration::from_millis(20))
            .connect(format!("tls://127.0.0.1:{}", self.port))
            .await
    }

    /// A client that trusts the authority and shows no certificate.
    pub(crate) async fn without_certificate(&self) -> Result<Client, async_nats::ConnectError> {
        ConnectOptions::new()
            .require_tls(true)
            .add_root_certificates(self.folder.path().join("authority.pem"))
            .connect(format!("tls://127.0.0.1:{}", self.port))
            .await
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn answers(&self) {
        platform::identity::install_crypto_provider();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(tokio::time::Instant::now() < deadline, "nats-server does not start: {}", self.log());
            ticks.tick().await;
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(config: &Path) -> Child {
    let server = nats_server();
    Command::new(&server)
        .arg("-c")
        .arg(config)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", server.display()))
}

/// `HUTONG_NATS_SERVER`, the one on PATH, or `.tools/`.
fn nats_server() -> PathBuf {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::var_os("HUTONG_NATS_SERVER")
        .map(PathBuf::from)
        .into_iter()
        .chain(std::env::split_paths(&path).map(|folder| folder.join("nats-server")))
        .chain([root.join(".tools/nats-server"), root.join(".tools/bin/nats-server")])
        .find(|file| file.is_file())
        .expect("a nats-server: run `make tools`, or set HUTONG_NATS_SERVER to its path")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
