//! A whole city in one process, or some of its services: started in order, stopped in order.
//!
//! Everything is read and checked before a port binds: settings, departments, divisions, certificates, keys. Stopping goes
//! the other way round, in bounded time: the door drains, the services write what they hold, the broker ends last.

mod directory;
mod endpoints;
mod error;
mod settings;

mod divisions;
mod mailboxes;

mod prepare;
mod start;
mod stop;

mod databases;
mod exchange_audit;
mod ground;
mod keeper;
mod metrics;
mod parts;
mod refusals;
mod vault;

pub use databases::{audits, migrate};
pub use directory::{DataDirectory, DirectoryError, DirectoryLock};
pub use endpoints::Endpoints;
pub use error::CityError;
pub use mailboxes::{DepartmentsError, read_mailboxes};
pub use prepare::server_subject;
pub use settings::{CitySettings, Part, SERVICES};
pub use start::City;
pub use vault::{registrys_keys, registrys_retention};
