//! A bare nats-server with JetStream, for what needs a broker and no city.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::keeper::Kept;
use crate::tools;
use crate::wait::eventually;

/// How a bare server is set up.
#[derive(Debug, Clone, Default)]
pub struct NatsOptions {
    /// Flush before each acknowledgement.
    pub sync_always: bool,
    /// The server's certificate, key and authority, if clients must come over mutual TLS.
    pub tls: Option<[PathBuf; 3]>,
    /// The same of our clients.
    pub client: Option<[PathBuf; 3]>,
}

/// A running server. It keeps its port and its folder over restarts.
#[derive(Debug)]
pub struct NatsServer {
    binary: PathBuf,
    folder: TempDir,
    options: NatsOptions,
    port: u16,
    server: Option<Kept>,
}

impl NatsServer {
    /// Starts a server on any free port of the loopback.
    ///
    /// # Panics
    /// If nats-server is missing or does not start.
    pub async fn start(options: NatsOptions) -> Self {
        let binary = tools::nats_server().unwrap_or_else(|missing| panic!("{missing}"));
        let folder = tempfile::Builder::new().prefix("hutong-nats-").tempdir().expect("a temporary folder");
        let mut server = Self { binary, folder, options, port: 0, server: None };
        server.launch().await;
        server
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.options.tls.is_some() { "tls" } else { "nats" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Connects a client without rights or limits of its own.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn connect(&self) -> async_nats::Client {
        let mut options = async_nats::ConnectOptions::new()
            .max_reconnects(None)
            .reconnect_delay_callback(|_| Duration::from_millis(20))
            .client_capacity(16 * 1024)
            .subscription_capacity(256 * 1024);
        if let Some([certificate, key, authority]) = &self.options.client {
            platform::identity::install_crypto_provider();
            options = options
                .require_tls(true)
                .add_root_certificates(authority.clone())
                .add_client_certificate(certificate.clone(), key.clone());
        }
        options.connect(self.url()).await.expect("a running server takes a client")
    }

    /// Kills the server without a word, as a power cut would.
    ///
    /// # Panics
    /// If it is not running.
    pub fn kill(&mut self) {
        kill(Pid::from_raw(self.pid()), Signal::SIGKILL).expect("it was running");
        self.server.take().expect("it was running").end();
    }

    /// Removes all that it stored. Only while it is down.
    ///
    /// # Panics
    /// If it is running.
    pub fn wipe(&mut self) {
        assert!(self.server.is_none(), "a running server's disk is not wiped");
        std::fs::remove_dir_all(self.folder.path().join("jetstream")).expect("it stored something");
    }

    /// Starts it again at the same port.
    pub async fn restart(&mut self) {
        self.launch().await;
    }

    /// Its process id.
    ///
    /// # Panics
    /// If it never ran.
    #[must_use]
    pub fn pid(&self) -> i32 {
        let text = std::fs::read_to_string(self.folder.path().join("pid")).expect("a running server has a pid file");
        text.trim().parse().expect("a pid is a number")
    }

    async fn launch(&mut self) {
        let folder = self.folder.path().to_owned();
        let config = folder.join("nats.conf");
        std::fs::write(&config, self.config(&folder)).expect("a temporary folder can be written");
        let command = [self.binary.as_os_str(), "-c".as_ref(), config.as_os_str()];
        self.server = Some(Kept::spawn(command, None, &folder.join("log"), None).expect("a shell"));
        if self.port == 0 {
            self.port = eventually("nats-server tells its port", async || port(&folder)).await;
        }
        let address = format!("127.0.0.1:{}", self.port);
        eventually("nats-server listens", async || tokio::net::TcpStream::connect(&address).await.ok()).await;
    }

    fn config(&self, folder: &Path) -> String {
        let port = if self.port == 0 { "-1".to_owned() } else { self.port.to_string() };
        let sync = if self.options.sync_always { "sync_interval: always" } else { "" };
        let tls = self.options.tls.as_ref().map_or(String::new(), |[certificate, key, authority]| {
            let [certificate, key, authority] = [certificate, key, authority].map(|path| path.display());
            format!(
                "tls {{ cert_file: \"{certificate}\", key_file: \"{key}\", ca_file: \"{authority}\", verify: true, timeout: 10 }}"
            )
        });
        let folder = folder.display();
        format!(
            "listen: \"127.0.0.1:{port}\"\nports_file_dir: \"{folder}\"\npid_file: \"{folder}/pid\"\n\
             jetstream {{ store_dir: \"{folder}\", {sync} }}\n{tls}\n"
        )
    }
}

fn port(folder: &Path) -> Option<u16> {
    let file =
        std::fs::read_dir(folder).ok()?.flatten().find(|file| file.path().extension().is_some_and(|e| e == "ports"))?;
    let ports: serde_json::Value = serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok()?;
    ports["nats"][0].as_str()?.rsplit_once(':')?.1.parse().ok()
}
