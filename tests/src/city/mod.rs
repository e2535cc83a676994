//! A whole city in a temporary directory: the real binary with its own nats-server, on either database.

mod database;
mod log;
mod mailbox;
mod options;
mod process;

mod calls;
mod samples;
mod settle;

pub use database::Backend;
pub use log::LoggedEvent;
pub use mailbox::Delivered;
pub use options::CityOptions;
pub use process::{City, Endpoints};
pub use samples::{Samples, citizen_id};

/// Makes of each `async fn name(backend: Backend)` two tests: `sqlite::name` and `postgres::name`.
#[macro_export]
macro_rules! both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[test]
                fn $name() {
                    $crate::bounded(|| super::$name($crate::city::Backend::Sqlite));
                }
            )+
        }
        mod postgres {
            $(
                #[test]
                fn $name() {
                    $crate::bounded(|| super::$name($crate::city::Backend::Postgres));
                }
            )+
        }
    };
}
