//! One PostgreSQL server for the whole run, a database of its own for each test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use crate::free_port;
use crate::keeper::{Kept, User};
use crate::tools;

/// Whether commits reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `fsync = on`: for measuring.
    Disk,
    /// `fsync = off`: no test here cuts the machine's power.
    Memory,
}

/// A running server.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    binaries: PathBuf,
    databases: AtomicU32,
    _server: Kept,
}

const READY: Duration = Duration::from_secs(60);

impl PostgresServer {
    /// The run's server; the first test that asks starts it.
    ///
    /// # Panics
    /// If PostgreSQL is missing or does not start: the suite fails, it never skips.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<PostgresServer> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(Durability::Memory))
    }

    /// Starts a server in a temporary folder, which goes with it.
    ///
    /// # Panics
    /// If PostgreSQL is missing or does not start.
    #[must_use]
    pub fn start(durability: Durability) -> Self {
        let binaries = tools::postgres().unwrap_or_else(|missing| panic!("{missing}"));
        let user = User::instead_of_root();
        let folder = tempfile::Builder::new().prefix("hutong-postgres-").tempdir().expect("a temporary folder").keep();
        if let Some(user) = user {
            std::os::unix::fs::chown(&folder, Some(user.uid), Some(user.gid)).expect("root may give a folder away");
        }
        let data = folder.join("data");
        init(&binaries, &data, user);
        for _ in 0..5 {
            let port = free_port();
            let mut server = launch(&binaries, &folder, port, durability, user);
            if is_ready(&binaries, port, &mut server) {
                return Self { port, binaries, databases: AtomicU32::new(0), _server: server };
            }
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL of {} does not start:\n{log}", binaries.display());
    }

    /// Creates a database and gives its URL.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn create_database(&self) -> String {
        let name = format!("city_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut options = ConnectOptions::new(self.url("postgres"));
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.expect("the server runs");
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a new database");
        connection.close().await.expect("an idle connection closes");
        self.url(&name)
    }

    /// The URL of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://hutong@127.0.0.1:{}/{database}", self.port)
    }

    /// The port on the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// One of PostgreSQL's programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }
}

fn init(binaries: &Path, data: &Path, user: Option<User>) {
    let mut initdb = Command::new(binaries.join("initdb"));
    initdb
        .args([
            "--auth=trust",
            "--username=hutong",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
            "-D",
        ])
        .arg(data);
    if let Some(user) = user {
        user.run_as(&mut initdb);
    }
    let output = initdb.output().expect("initdb starts");
    assert!(output.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
}

fn launch(binaries: &Path, folder: &Path, port: u16, durability: Durability, user: Option<User>) -> Kept {
    let postgres = binaries.join("postgres").display().to_string();
    let data = folder.join("data").display().to_string();
    let sockets = format!("unix_socket_directories={}", folder.display());
    let port = format!("port={port}");
    let settings = ["listen_addresses=127.0.0.1", "max_connections=400", "max_wal_size=4GB", "shared_buffers=256MB"];
    let durability = match durability {
        // A delivery is measured from the commit's own time.
        Durability::Disk => &["track_commit_timestamp=on"][..],
        Durability::Memory => &["fsync=off", "full_page_writes=off", "synchronous_commit=off"][..],
    };
    let mut command = vec![postgres.as_str(), "-D", &data];
    for setting in settings.iter().chain(durability).copied().chain([sockets.as_str(), port.as_str()]) {
        command.extend(["-c", setting]);
    }
    Kept::spawn(command, Some(folder), &folder.join("log"), user).expect("a shell")
}

fn is_ready(binaries: &Path, port: u16, server: &mut Kept) -> bool {
    let deadline = Instant::now() + READY;
    while Instant::now() < deadline && server.is_running() {
        let port = port.to_string();
        let probe = Command::new(binaries.join("pg_isready"))
            .args(["-q", "-t", "1", "-h", "127.0.0.1", "-U", "hutong", "-p", &port])
            .status();
        match probe {
            Ok(status) if status.success() => return true,
            Ok(_) => std::thread::yield_now(),
            Err(_) => return false,
        }
    }
    false
}
