//! Settings: an embedded file that is also the manual, a file of the city's, the environment. All read and checked
//! before anything starts; `default.toml` beside this file names every key, its unit, default and range.

mod error;
mod load;
mod read;
mod sections;
#[cfg(test)]
mod tests;
mod unusual;

pub use error::{ConfigError, Place};
pub use load::{ENVIRONMENT_PREFIX, IMPLICIT_FILE};
pub use sections::{
    CityConfig, Config, DataConfig, DatabaseConfig, DepartmentsConfig, EvidenceConfig, ExchangeConfig, JournalConfig,
    LogFormat, NatsConfig, RegistryConfig, RelayConfig, RetentionConfig, ServerConfig, SubsidiesConfig, SyncInterval,
    TelemetryConfig, TimeStampConfig, TlsConfig,
};
pub use unusual::{DailySpan, UnusualConfig};
