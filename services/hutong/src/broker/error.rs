use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::binary::OLDEST;

/// Why our own nats-server does not run. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// None was found.
    #[error(
        "no nats-server {OLDEST} or later was found on PATH or at .tools/bin/nats-server: `make tools` gets one, \
         or name it in nats.server_binary"
    )]
    NotFound,
    /// The only ones found are too old.
    #[error(
        "{} is nats-server {version}, but {OLDEST} or later is needed: `make tools` gets one, or name it in \
         nats.server_binary",
        binary.display()
    )]
    TooOld {
        /// The binary.
        binary: PathBuf,
        /// What it said of itself.
        version: String,
    },
    /// The configured binary is not nats-server.
    #[error("{} is no nats-server that can be run (nats.server_binary)", binary.display())]
    NotNatsServer {
        /// The binary.
        binary: PathBuf,
    },
    /// A file below the data directory cannot be used.
    #[error("cannot use {}: {reason}", path.display(), reason = source.kind())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else listens there.
    #[error(
        "the NATS port {0} is in use: end what listens there, or set nats.listen to another (port 0 takes a free one)"
    )]
    PortInUse(SocketAddr),
    /// The address is not ours to listen at.
    #[error("cannot listen at {address} (nats.listen): {reason}", reason = source.kind())]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier run's server still has the store.
    #[error("a nats-server of an earlier run still uses {} (process {pid}): end it first", directory.display())]
    LeftOver {
        /// The broker's directory.
        directory: PathBuf,
        /// Its process id.
        pid: i32,
    },
    /// It ended before it was ready.
    #[error("nats-server did not start: {reason} (see {})", log.display())]
    Ended {
        /// Its own last words.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// It refuses a configuration, and goes on with the one before.
    #[error("nats-server refuses its new configuration and goes on with the one before: {reason} (see {})", log.display())]
    Refused {
        /// Its own words.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// It runs but does not answer.
    #[error("nats-server did not answer at {address} within {seconds} seconds (see {})", log.display())]
    Silent {
        /// Where it should listen.
        address: SocketAddr,
        /// How long was waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
}
