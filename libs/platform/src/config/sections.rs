use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::Division;
use serde::Deserialize;

use super::read;
use super::unusual::UnusualConfig;

/// Every setting, checked. `default.toml` documents each key; the names here are the same, without the unit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which city this is.
    pub city: CityConfig,
    /// Where data lives.
    pub data: DataConfig,
    /// The gRPC door.
    pub server: ServerConfig,
    /// The services' databases.
    pub database: DatabaseConfig,
    /// The broker.
    pub nats: NatsConfig,
    /// Group commit.
    pub journal: JournalConfig,
    /// From an event log to its stream.
    pub relay: RelayConfig,
    /// Proofs of what stands in the logs.
    pub evidence: EvidenceConfig,
    /// What is out of the ordinary.
    pub unusual: UnusualConfig,
    /// What the registry alone needs.
    pub registry: RegistryConfig,
    /// What the payroll alone needs.
    pub subsidies: SubsidiesConfig,
    /// After how many years data is erased.
    pub retention: RetentionConfig,
    /// From the streams to the mailboxes.
    pub exchange: ExchangeConfig,
    /// Logs, traces, metrics.
    pub telemetry: TelemetryConfig,
    /// The departments' entries.
    pub departments: DepartmentsConfig,
    /// Certificates and keys.
    pub tls: TlsConfig,
}

/// `[city]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityConfig {
    /// SPIFFE trust domain of every certificate.
    #[serde(deserialize_with = "read::trust_domain")]
    pub trust_domain: String,
    /// The city's name, for people.
    #[serde(deserialize_with = "read::text")]
    pub name: String,
    /// The city's own division.
    #[serde(deserialize_with = "read::division")]
    pub division: Division,
}

/// `[data]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The directory of everything that must survive.
    #[serde(deserialize_with = "read::path")]
    pub directory: PathBuf,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port; port 0 takes a free one.
    #[serde(deserialize_with = "read::address")]
    pub listen: SocketAddr,
    /// How long calls under way may take to end at shutdown.
    #[serde(rename = "drain_seconds", deserialize_with = "read::seconds::<0, 3600, _>")]
    pub drain: Duration,
    /// Largest message in either direction, bytes.
    #[serde(deserialize_with = "read::whole::<65_536, 268_435_456, _, _>")]
    pub max_message_bytes: usize,
    /// Open connections at once.
    #[serde(deserialize_with = "read::whole::<1, 100_000, _, _>")]
    pub max_connections: usize,
    /// Calls at once on one connection.
    #[serde(deserialize_with = "read::whole::<1, 10_000, _, _>")]
    pub max_calls_per_connection: u32,
    /// Calls at once of one partner, over all its connections.
    #[serde(deserialize_with = "read::whole::<1, 10_000, _, _>")]
    pub partner_calls_at_once: usize,
    /// Calls a second of one partner; a burst may be as large.
    #[serde(deserialize_with = "read::whole::<1, 1_000_000, _, _>")]
    pub partner_calls_per_second: u32,
    /// Longest life of a call.
    #[serde(rename = "max_call_seconds", deserialize_with = "read::seconds::<1, 86_400, _>")]
    pub max_call: Duration,
    /// Longest TLS handshake.
    #[serde(rename = "handshake_seconds", deserialize_with = "read::seconds::<1, 300, _>")]
    pub handshake: Duration,
    /// Interval and timeout of HTTP/2 pings.
    #[serde(rename = "keepalive_seconds", deserialize_with = "read::seconds::<1, 3600, _>")]
    pub keepalive: Duration,
}

/// `[database]`
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// A PostgreSQL URL; nothing means SQLite under the data directory. May hold a password: never log it.
    #[serde(deserialize_with = "read::database_url")]
    pub url: Option<String>,
    /// Reading connections of each service.
    #[serde(deserialize_with = "read::whole::<1, 200, _, _>")]
    pub read_connections: u32,
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &self.url.as_ref().map(|_| "(not shown)"))
            .field("read_connections", &self.read_connections)
            .finish()
    }
}

/// `[nats]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConfig {
    /// A running server's URL; nothing means our own child.
    #[serde(deserialize_with = "read::nats_url")]
    pub url: Option<String>,
    /// Address and port of our own child; port 0 takes a free one.
    #[serde(deserialize_with = "read::address")]
    pub listen: SocketAddr,
    /// Our child's binary; nothing means the one on `PATH`, else under `.tools`.
    #[serde(deserialize_with = "read::optional_path")]
    pub server_binary: Option<PathBuf>,
    /// How often our child flushes to disk.
    #[serde(deserialize_with = "read::sync_interval")]
    pub sync_interval: SyncInterval,
    /// What our child's memory should stay within.
    #[serde(deserialize_with = "read::whole::<32, 65_536, _, _>")]
    pub memory_mb: u32,
}

/// How often JetStream flushes to disk. `Display` is nats-server's own spelling: `always` or `120s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncInterval {
    /// Before each acknowledgement.
    Always,
    /// In the background, this often.
    Every(Duration),
}

impl std::fmt::Display for SyncInterval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Every(interval) => write!(f, "{}s", interval.as_secs()),
        }
    }
}

/// `[journal]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalConfig {
    /// Writes in one transaction at most.
    #[serde(deserialize_with = "read::whole::<1, 10_000, _, _>")]
    pub max_batch: usize,
    /// How long a write waits for others.
    #[serde(rename = "max_wait_us", deserialize_with = "read::microseconds::<0, 100_000, _>")]
    pub max_wait: Duration,
    /// Writes that may wait for their turn.
    #[serde(deserialize_with = "read::whole::<1, 1_000_000, _, _>")]
    pub queue: usize,
    /// How long the answer to a request is kept for when the request is sent again.
    #[serde(rename = "keep_answers_days", deserialize_with = "read::days::<1, 3_650, _>")]
    pub keep_answers: Duration,
}

/// `[relay]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayConfig {
    /// Published and not yet acknowledged.
    #[serde(deserialize_with = "read::whole::<1, 256, _, _>")]
    pub in_flight: usize,
    /// How often the log itself is looked at.
    #[serde(rename = "scan_interval_ms", deserialize_with = "read::milliseconds::<10, 60_000, _>")]
    pub scan_interval: Duration,
}

/// `[evidence]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceConfig {
    /// How often a checkpoint of each log is made.
    #[serde(rename = "checkpoint_seconds", deserialize_with = "read::seconds::<1, 86_400, _>")]
    pub checkpoint: Duration,
    /// The word of a third party.
    pub time_stamp: TimeStampConfig,
}

/// `[evidence.time_stamp]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampConfig {
    /// A time-stamp authority (RFC 3161); nothing means nobody's word.
    #[serde(deserialize_with = "read::http_url")]
    pub url: Option<String>,
    /// Its certificates, PEM.
    #[serde(deserialize_with = "read::optional_path")]
    pub authority: Option<PathBuf>,
    /// How often its word is taken.
    #[serde(rename = "interval_seconds", deserialize_with = "read::seconds::<1, 86_400, _>")]
    pub interval: Duration,
    /// How long one answer may take.
    #[serde(rename = "timeout_seconds", deserialize_with = "read::seconds::<1, 300, _>")]
    pub timeout: Duration,
    /// How long a checkpoint may wait for it.
    #[serde(rename = "stale_seconds", deserialize_with = "read::seconds::<1, 604_800, _>")]
    pub stale: Duration,
}

/// `[registry]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryConfig {
    /// How often passed deadlines are looked for, at the latest.
    #[serde(rename = "sweep_seconds", deserialize_with = "read::seconds::<1, 86_400, _>")]
    pub sweep: Duration,
    /// The city's own policy; nothing means the one that comes with Hutong.
    #[serde(deserialize_with = "read::optional_path")]
    pub policy_directory: Option<PathBuf>,
    /// The categories whose children are visited every month, between spaces.
    #[serde(deserialize_with = "read::text")]
    pub visit_duty: String,
}

/// `[subsidies]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubsidiesConfig {
    /// The city's own rules; nothing means those that come with Hutong.
    #[serde(deserialize_with = "read::optional_path")]
    pub rules_file: Option<PathBuf>,
    /// Days in which a person is to decide about money that came back or was too much.
    #[serde(deserialize_with = "read::whole::<1, 1_000, _, _>")]
    pub task_days: u16,
    /// Children of one payee's account at most.
    #[serde(deserialize_with = "read::whole::<1, 10_000, _, _>")]
    pub children_of_account: u64,
    /// A county's total may differ from last month's by so many hundredths.
    #[serde(deserialize_with = "read::whole::<1, 1_000, _, _>")]
    pub jump_percent: u32,
}

/// `[retention]`: after how many years data is erased, by its class; nothing means never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Children's files, after they ended.
    #[serde(rename = "files_years", deserialize_with = "read::years::<1, _>")]
    pub files: Option<u16>,
    /// What events say, after they happened.
    #[serde(rename = "event_contents_years", deserialize_with = "read::years::<3, _>")]
    pub event_contents: Option<u16>,
    /// Calls in an emergency, after their review.
    #[serde(rename = "emergencies_years", deserialize_with = "read::years::<3, _>")]
    pub emergencies: Option<u16>,
    /// Comparisons with other lists, after they ended.
    #[serde(rename = "comparisons_years", deserialize_with = "read::years::<1, _>")]
    pub comparisons: Option<u16>,
}

/// `[exchange]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeConfig {
    /// Events taken at once.
    #[serde(deserialize_with = "read::whole::<1, 10_000, _, _>")]
    pub batch: usize,
    /// Published to one mailbox and not yet acknowledged.
    #[serde(deserialize_with = "read::whole::<1, 256, _, _>")]
    pub in_flight: usize,
    /// How often mailboxes are compared with the logs.
    #[serde(rename = "repair_interval_seconds", deserialize_with = "read::seconds::<1, 86_400, _>")]
    pub repair_interval: Duration,
}

/// `[telemetry]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// OTLP receiver (gRPC); nothing is sent without one.
    #[serde(deserialize_with = "read::http_url")]
    pub otlp_endpoint: Option<String>,
    /// Share of traces recorded that begin here.
    #[serde(deserialize_with = "read::ratio")]
    pub sample_ratio: f64,
    /// Log directives in `EnvFilter`'s language.
    #[serde(deserialize_with = "read::log")]
    pub log: String,
    /// How log lines look.
    #[serde(deserialize_with = "read::log_format")]
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[departments]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentsConfig {
    /// The city's own list; nothing means the one that comes with Hutong.
    #[serde(deserialize_with = "read::optional_path")]
    pub file: Option<PathBuf>,
}

/// `[tls]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// Where certificates and keys lie; nothing means `tls` under the data directory.
    #[serde(deserialize_with = "read::optional_path")]
    pub directory: Option<PathBuf>,
    /// How long certificates of services and doors are good.
    #[serde(rename = "service_days", deserialize_with = "read::days::<3, 397, _>")]
    pub service_life: Duration,
    /// How long certificates of departments are good.
    #[serde(rename = "department_days", deserialize_with = "read::days::<3, 397, _>")]
    pub department_life: Duration,
}

impl Config {
    /// The directory of certificates and keys.
    #[must_use]
    pub fn tls_directory(&self) -> PathBuf {
        self.tls.directory.clone().unwrap_or_else(|| self.data.directory.join("tls"))
    }

    /// Reads the defaults, then `file` (or `./hutong.toml` if there is one), then the environment.
    ///
    /// # Errors
    /// The first unreadable file, unknown key or impossible value, by name.
    pub fn load(file: Option<&Path>) -> Result<Self, super::ConfigError> {
        super::load::load(file, std::env::vars_os())
    }

    /// As [`Config::load`], with an environment given.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with<N: Into<std::ffi::OsString>, V: Into<std::ffi::OsString>>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, super::ConfigError> {
        super::load::load(file, environment.into_iter().map(|(name, value)| (name.into(), value.into())))
    }

    /// The embedded file: the defaults and the manual.
    #[must_use]
    pub fn defaults_text() -> &'static str {
        super::load::DEFAULTS
    }
}

impl Default for Config {
    /// The embedded defaults alone.
    fn default() -> Self {
        super::load::defaults()
    }
}
