//! The services of the contract. Each method parses its request, hands it to a use case and answers; nothing is
//! decided here.

mod category_service;
mod child_service;
mod roster_service;
mod visit_service;
mod worker_service;

mod profile;
mod request;

pub use category_service::CategoryEndpoint;
pub use child_service::ChildEndpoint;
pub use roster_service::RosterEndpoint;
pub use visit_service::VisitEndpoint;
pub use worker_service::WorkerEndpoint;
