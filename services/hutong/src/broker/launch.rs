use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract::mailboxes::Mailboxes;
use contract::nats::{NatsSettings, server_config};
use platform::config::NatsConfig;

use super::child::{Child, Program};
use super::{BrokerControl, BrokerError, address, binary};
use crate::certificates::Issued;

/// A large store takes its time to be recovered.
const READY_WITHIN: Duration = Duration::from_secs(60);
const LEFT_OVER_ENDS_WITHIN: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(5);
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What our own nats-server needs.
pub struct BrokerSettings<'a> {
    /// Its directory: configuration, store, log.
    pub directory: PathBuf,
    /// `[nats]`.
    pub config: &'a NatsConfig,
    /// The executable that knows `hutong supervised`: our own, but for a test that runs in another.
    pub hutong: PathBuf,
    /// The server's certificate.
    pub certificate: &'a Issued,
    /// The trust domain of the clients' certificates.
    pub trust_domain: &'a str,
    /// The accounts to make.
    pub mailboxes: &'a Mailboxes,
    /// The services that get a user.
    pub services: Vec<String>,
    /// The keys whose certificates are let in.
    pub admitted_keys: BTreeSet<String>,
}

/// Our own nats-server, running and watched.
pub struct Broker {
    child: Child,
    address: SocketAddr,
    control: BrokerControl,
}

impl Broker {
    /// Writes the configuration, starts the server, waits until it answers.
    ///
    /// # Errors
    /// [`BrokerError`], each one line that says what to do.
    pub async fn start(settings: BrokerSettings<'_>) -> Result<Self, BrokerError> {
        let binary = binary::find(settings.config.server_binary.as_deref())?;
        let directory = absolute(&settings.directory)?;
        let store = directory.join("jetstream");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&store).map_err(|source| file(&store, source))?;
        let configuration = directory.join("nats-server.conf");
        let log = directory.join("nats-server.log");
        let pid_file = directory.join("nats-server.pid");
        wait_for_left_over(&pid_file, &configuration, &directory).await?;

        let listen = address::choose(settings.config.listen, &directory.join("port"))?;
        let nats = NatsSettings {
            listen_host: listen.ip().to_string(),
            port: listen.port().into(),
            store_directory: store,
            sync_interval: settings.config.sync_interval.to_string(),
            certificate: absolute(&settings.certificate.certificate)?,
            key: absolute(&settings.certificate.key)?,
            authority: absolute(&settings.certificate.authority)?,
            trust_domain: settings.trust_domain.to_owned(),
            pid_file,
            log_file: log.clone(),
            services: settings.services,
            admitted_keys: Some(settings.admitted_keys),
        };
        let text = server_config(&nats, settings.mailboxes);
        fs::write(&configuration, text).map_err(|source| file(&configuration, source))?;

        let before = fs::metadata(&log).map_or(0, |log| log.len());
        let child = Child::start(Program {
            hutong: settings.hutong,
            command: vec![binary.into(), "--config".into(), configuration.clone().into()],
            // The Go runtime's soft limit.
            environment: vec![("GOMEMLIMIT", format!("{}MiB", settings.config.memory_mb))],
            output: log.clone(),
        })
        .map_err(|source| file(&log, source))?;
        let control = BrokerControl::new(child.handle(), nats, configuration, log);
        let mut broker = Self { child, address: address::reached_at(listen), control };
        match broker.wait_until_ready(before).await {
            Ok(()) => Ok(broker),
            Err(error) => {
                broker.end();
                Err(error)
            }
        }
    }

    /// Where clients reach it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("tls://{}", self.address)
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.control.log()
    }

    /// What gives it another configuration while it runs.
    #[must_use]
    pub fn control(&self) -> BrokerControl {
        self.control.clone()
    }

    /// Its process id; nothing while it is being started again.
    #[must_use]
    pub fn process_id(&self) -> Option<i32> {
        self.child.pid()
    }

    /// How often it has been started again.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.child.exits()
    }

    /// Ends it, in bounded time.
    pub async fn stop(mut self) {
        // Blocking is short and bounded; the thread pool may be shutting down already.
        let ended = tokio::task::spawn_blocking(move || self.end()).await;
        if let Err(error) = ended {
            tracing::error!(%error, "nats-server was not ended");
        }
    }

    fn end(&mut self) {
        self.child.stop(STOP_WITHIN);
    }

    async fn wait_until_ready(&self, log_start: u64) -> Result<(), BrokerError> {
        let address = self.address;
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            if self.child.exits() > 0 {
                return Err(BrokerError::Ended {
                    reason: last_words(self.log(), log_start),
                    log: self.log().to_owned(),
                });
            }
            let answers = tokio::task::spawn_blocking(move || address::answers(address));
            if self.child.pid().is_some() && answers.await.unwrap_or(false) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(BrokerError::Silent { address, seconds: READY_WITHIN.as_secs(), log: self.log().to_owned() })
    }
}

/// The server of a run that was killed is killed with it, but it may take a moment to go.
async fn wait_for_left_over(pid_file: &Path, configuration: &Path, directory: &Path) -> Result<(), BrokerError> {
    let Some(pid) = fs::read_to_string(pid_file).ok().and_then(|text| text.trim().parse::<i32>().ok()) else {
        return Ok(());
    };
    let begun = Instant::now();
    while runs_with(pid, configuration) {
        if begun.elapsed() > LEFT_OVER_ENDS_WITHIN {
            return Err(BrokerError::LeftOver { directory: directory.to_owned(), pid });
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Whether this process was started with our configuration file; ids are used again.
fn runs_with(pid: i32, configuration: &Path) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
        line.split(|byte| *byte == 0).any(|argument| argument == configuration.as_os_str().as_encoded_bytes())
    })
}

/// What the server wrote last since it was started: its error, else its last line.
fn last_words(log: &Path, start: u64) -> String {
    let mut text = String::new();
    let read = fs::File::open(log).and_then(|mut file| {
        file.seek(SeekFrom::Start(start))?;
        file.take(64 * 1024).read_to_string(&mut text)
    });
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().rfind(|line| line.contains("[FTL]") || line.contains("[ERR]"));
    match error.or_else(|| lines().next_back()) {
        Some(line) if read.is_ok() => {
            line.split_once("[FTL] ").or_else(|| line.split_once("[ERR] ")).map_or(line, |(_, words)| words).to_owned()
        }
        _ => "it said nothing".to_owned(),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, BrokerError> {
    std::path::absolute(path).map_err(|source| file(path, source))
}

fn file(path: &Path, source: std::io::Error) -> BrokerError {
    BrokerError::File { path: path.to_owned(), source }
}
