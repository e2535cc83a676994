use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Clock, SystemClock};
use platform::config::Config;
use platform::shutdown::Shutdown;

/// All who have a user at the broker.
pub const SERVICES: [&str; 4] = ["registry", "subsidies", "exchange", "operator"];

/// A service that a process can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The files of children.
    Registry,
    /// The monthly payments to children.
    Subsidies,
    /// The mailboxes of departments.
    Exchange,
}

impl Part {
    /// All of them: a whole city.
    pub const ALL: [Self; 3] = [Self::Registry, Self::Subsidies, Self::Exchange];

    /// The service's name, in certificates, databases and streams.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Subsidies => "subsidies",
            Self::Exchange => "exchange",
        }
    }

    /// Whether the exchange carries its events into mailboxes. Those of the payroll stay in its stream for now: a mailbox is a
    /// function of one log.
    #[must_use]
    pub const fn fills_mailboxes(self) -> bool {
        matches!(self, Self::Registry)
    }
}

/// What a city is started with.
pub struct CitySettings {
    /// All settings, checked.
    pub config: Config,
    /// What this process serves.
    pub parts: Vec<Part>,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// The executable that knows `hutong supervised`, for our own nats-server.
    pub hutong: PathBuf,
    /// Asks the city to stop.
    pub shutdown: Shutdown,
}

impl CitySettings {
    /// A whole city by the machine's clock, in the `hutong` binary itself.
    #[must_use]
    pub fn new(config: Config, shutdown: Shutdown) -> Self {
        Self {
            config,
            parts: Part::ALL.to_vec(),
            clock: Arc::new(SystemClock),
            // The kernel's own name for us: it works even if the file was replaced by an update.
            hutong: PathBuf::from("/proc/self/exe"),
            shutdown,
        }
    }
}
