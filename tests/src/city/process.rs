use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use contract::mailboxes::Mailboxes;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use tempfile::TempDir;

use super::database::CityDatabase;
use super::{Backend, CityOptions};
use crate::postgres::PostgresServer;
use crate::tools;
use crate::wait::within;

const STARTS_WITHIN: Duration = Duration::from_secs(60);
const STOPS_WITHIN: Duration = Duration::from_secs(60);

/// A running city. End it with [`City::close`], which also proves that nothing is left over.
#[derive(Debug)]
pub struct City {
    pub(super) backend: Backend,
    pub(super) database: CityDatabase,
    pub(super) mailboxes: Mailboxes,
    folder: TempDir,
    options: CityOptions,
    process: Option<Child>,
    endpoints: Endpoints,
    closed: bool,
}

/// How a city is reached: `endpoints.json` in its data directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Endpoints {
    /// The gRPC door, `host:port`.
    pub grpc: String,
    /// The broker, `tls://host:port`.
    pub nats: String,
}

impl City {
    /// A new city as it comes.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, CityOptions::default()).await
    }

    /// A new city that differs in some settings.
    ///
    /// # Panics
    /// If a tool is missing or the city does not start.
    pub async fn start_with(backend: Backend, options: CityOptions) -> Self {
        let folder = new_folder();
        let database = CityDatabase::create(backend, &folder.path().join("data")).await;
        Self::begin(backend, folder, database, options).await
    }

    /// A new city on a PostgreSQL server of one's own.
    pub async fn start_on(server: &PostgresServer, options: CityOptions) -> Self {
        let database = CityDatabase::create_on(server).await;
        Self::begin(Backend::Postgres, new_folder(), database, options).await
    }

    async fn begin(backend: Backend, folder: TempDir, database: CityDatabase, options: CityOptions) -> Self {
        let mailboxes = Mailboxes::parse(options.departments_text()).expect("the test's departments are valid");
        let mut city = Self {
            backend,
            database,
            mailboxes,
            folder,
            options,
            process: None,
            endpoints: Endpoints { grpc: String::new(), nats: String::new() },
            closed: false,
        };
        city.launch().await;
        city
    }

    /// Everything that must survive.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The process's output and error output.
    #[must_use]
    pub fn output(&self) -> String {
        fs::read_to_string(self.output_file()).unwrap_or_default()
    }

    /// How it is reached now.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// On which database it runs.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The URL of its PostgreSQL database; nothing for SQLite.
    #[must_use]
    pub fn database_url(&self) -> Option<String> {
        let url = self.database.setting();
        (!url.is_empty()).then(|| url.to_owned())
    }

    /// Its mailboxes, as configured.
    #[must_use]
    pub fn mailboxes(&self) -> &Mailboxes {
        &self.mailboxes
    }

    /// Writes another `departments.toml`, which the running city reads by itself.
    ///
    /// # Panics
    /// If the text is refused, or the city began without such a file.
    pub fn change_departments(&mut self, text: &str) {
        assert!(self.options.has_departments(), "the city reads a file of its own");
        self.mailboxes = Mailboxes::parse(text).expect("the test's departments are valid");
        self.options = std::mem::take(&mut self.options).departments(text);
        fs::write(self.folder.path().join("departments.toml"), text).expect("a temporary folder can be written");
    }

    /// Its process id.
    ///
    /// # Panics
    /// If it is down.
    #[must_use]
    pub fn pid(&self) -> i32 {
        let process = self.process.as_ref().expect("the city is up");
        i32::try_from(process.id()).expect("process ids fit in pid_t")
    }

    /// The process id of its nats-server.
    #[must_use]
    pub fn nats_pid(&self) -> Option<i32> {
        fs::read_to_string(self.data().join("nats/nats-server.pid")).ok()?.trim().parse().ok()
    }

    /// Kills it without a word. Its nats-server goes with it.
    ///
    /// # Panics
    /// If it is down.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("the city is up");
        process.kill().expect("our own child can be killed");
        process.wait().expect("a killed child ends");
    }

    /// Kills its nats-server alone, which it starts again by itself.
    pub fn kill_nats(&self) {
        if let Some(pid) = self.nats_pid() {
            // It may be down at this moment: then there is nothing to kill.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }

    /// Asks it to stop, as Ctrl-C does, and waits.
    ///
    /// # Panics
    /// If it is down or does not stop.
    pub async fn stop(&mut self) -> ExitStatus {
        kill(Pid::from_raw(self.pid()), Signal::SIGINT).expect("our own child takes signals");
        let mut process = self.process.take().expect("the city is up");
        within(STOPS_WITHIN, "the city stops when asked", async || process.try_wait().expect("our child")).await
    }

    /// Starts it again in the same directory.
    pub async fn restart(&mut self) {
        self.launch().await;
    }

    /// Starts it again in the same directory, with other options.
    pub async fn restart_with(&mut self, change: impl FnOnce(CityOptions) -> CityOptions) {
        self.options = change(std::mem::take(&mut self.options));
        self.launch().await;
    }

    /// Proves that nothing is left over, stops it, and proves that it went orderly.
    ///
    /// # Panics
    /// If an event has not reached its stream or a mailbox, the process reports an error at its end, or it panicked.
    pub async fn close(mut self) {
        self.settle().await;
        let status = self.stop().await;
        let output = self.output();
        assert!(status.success(), "the city ended with {status}:\n{output}");
        assert!(!output.contains("panicked at"), "the city panicked:\n{output}");
        let log = fs::read_to_string(self.data().join("logs/hutong.log")).unwrap_or_default();
        assert!(!log.contains("panicked at"), "the city panicked:\n{log}");
        self.closed = true;
    }

    /// Ends it whatever is left over, for tests that break it on purpose.
    pub fn abandon(mut self) {
        self.closed = true;
    }

    /// A command of the real binary with this city's settings, not yet run.
    ///
    /// # Panics
    /// If the binary is not built.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let hutong = tools::hutong().unwrap_or_else(|missing| panic!("{missing}"));
        let mut command = Command::new(hutong);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("HUTONG__") {
                command.env_remove(name);
            }
        }
        let nats = tools::nats_server().unwrap_or_else(|missing| panic!("{missing}"));
        let mut set = |path: &str, value: &str| {
            command.env(format!("HUTONG__{}", path.to_uppercase().replace('.', "__")), value);
        };
        set("data.directory", &self.data().display().to_string());
        set("server.listen", "127.0.0.1:0");
        set("nats.listen", "127.0.0.1:0");
        set("nats.server_binary", &nats.display().to_string());
        set("database.url", self.database.setting());
        // The samples are of past years: what is long due would be told in the middle of a test. A test of it asks for it.
        set("registry.sweep_seconds", "86400");
        // Nor is a test at night, or with many children, to find events among its own.
        set("unusual.look_seconds", "3600");
        if self.options.has_departments() {
            set("departments.file", &self.folder.path().join("departments.toml").display().to_string());
        }
        for (path, value) in self.options.settings() {
            set(path, value);
        }
        command.envs(self.options.variables().iter().map(|(name, value)| (name, value)));
        command
    }

    async fn launch(&mut self) {
        if self.options.has_departments() {
            let file = self.folder.path().join("departments.toml");
            fs::write(file, self.options.departments_text()).expect("a temporary folder can be written");
        }
        let endpoints = self.data().join("endpoints.json");
        // It may be left from the run before: then it would send us to the old port.
        let _ = fs::remove_file(&endpoints);
        let output = File::options().create(true).append(true).open(self.output_file()).expect("a temporary file");
        let mut command = match self.options.database_disk() {
            None => self.command(&self.options.arguments()),
            Some(megabytes) => self.on_small_disk(megabytes),
        };
        let process = command
            .stdout(output.try_clone().expect("a file handle"))
            .stderr(output)
            .spawn()
            .expect("the binary can be run");
        if self.options.database_disk().is_some() {
            let pid = i32::try_from(process.id()).expect("process ids fit in pid_t");
            self.database.within(pid, self.folder.path().join("looked-at"));
        }
        let process = self.process.insert(process);
        let read = within(STARTS_WITHIN, "the city starts", async || {
            if let Some(status) = process.try_wait().expect("our child") {
                let output = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
                panic!("the city did not start, it ended with {status}:\n{output}");
            }
            serde_json::from_slice(&fs::read(&endpoints).ok()?).ok()
        });
        self.endpoints = read.await;
        self.wait_until_serving().await;
    }

    /// `hutong up` in a mount namespace of its own, with a small disk for the databases. It goes with the process.
    fn on_small_disk(&self, megabytes: u32) -> Command {
        const SCRIPT: &str = r#"mkdir -p "$2" && mount -t tmpfs -o size="$1"m tmpfs "$2" && shift 2 && exec "$@""#;
        let city = self.command(&["up"]);
        let mut command = Command::new("unshare");
        command.arg("--mount");
        if !crate::keeper::is_root() {
            command.arg("--map-root-user");
        }
        let databases = self.data().join("databases");
        command.args(["sh", "-c", SCRIPT, "small-disk", &megabytes.to_string()]).arg(databases);
        command.arg(city.get_program()).args(city.get_args()).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in city.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Where the SQLite files lie.
    ///
    /// # Panics
    /// If the city runs on PostgreSQL.
    #[must_use]
    pub fn database_directory(&self) -> &Path {
        match &self.database {
            CityDatabase::Sqlite { directory, .. } => directory,
            CityDatabase::Postgres { .. } => panic!("this city has no SQLite files"),
        }
    }

    fn output_file(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    /// Its folder, in which its data directory lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn new_folder() -> TempDir {
    tempfile::Builder::new().prefix("hutong-city-").tempdir().expect("a temporary folder")
}

impl Drop for City {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // Both fail only if it has ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
        if !self.closed {
            let output = self.output();
            if std::thread::panicking() {
                let tail: Vec<_> = output.lines().rev().take(30).collect();
                eprintln!("-- the city's last words --");
                tail.iter().rev().for_each(|line| eprintln!("{line}"));
            } else {
                panic!("a city was dropped without City::close, which proves that nothing is left over");
            }
        }
    }
}
