use std::io;
use std::path::PathBuf;

use messaging::seal::KeyError;
use platform::database::{DatabaseError, MigrationError};
use platform::error::ServiceError;
use platform::identity::CredentialsError;
use platform::nats::NatsError;
use platform::secret_file::SecretFileError;
use platform::server::ServerError;
use platform::vault::KeyFileError;
use registry::policy::PolicyError;

use super::{DepartmentsError, DirectoryError};
use crate::broker::BrokerError;
use crate::certificates::CertificateError;

/// Why a city does not start, or did not stop in order.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The departments' entries.
    #[error(transparent)]
    Departments(#[from] DepartmentsError),
    /// The table of divisions.
    #[error("the table of divisions is damaged")]
    Divisions(#[from] kernel::DirectoryError),
    /// What the city sets for its registry.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// What the city sets for its payroll.
    #[error(transparent)]
    Rules(#[from] subsidies::policy::PolicyError),
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The certificate authority.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// A certificate that was just issued.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// A signing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A public key that is none.
    #[error("a service's public key is none")]
    ServiceKey(#[from] evidence::key::KeyError),
    /// The public key of a service that runs elsewhere.
    #[error("cannot read {service}'s public key at {} (bring it from where {service} runs): {reason}", file.display(), reason = source.kind())]
    PublicKey {
        /// Whose.
        service: String,
        /// Where.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The key of the departments' references, in a process without the registry.
    #[error("cannot read the key of the departments' references at {} (bring it from where registry runs): {reason}", file.display(), reason = source.kind())]
    ReferencesKey {
        /// Where.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key file with one key.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The key under which personal fields are sealed.
    #[error(transparent)]
    Vault(#[from] KeyFileError),
    /// Our own nats-server.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The broker's connection.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// A database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A database's version.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A service.
    #[error("{service} does not start")]
    Service {
        /// Which.
        service: &'static str,
        /// Why.
        source: ServiceError,
    },
    /// The door.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A file in the data directory.
    #[error("cannot write {}: {reason}", path.display(), reason = source.kind())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
