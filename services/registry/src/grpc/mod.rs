//! The services of the contract. Each method parses its request, hands it to a use case and answers; nothing is
//! decided here.

mod category_service;
mod child_service;
mod roster_service;

mod liaison_service;
mod migrant_service;
mod reconciliation_service;

mod migrant;
mod profile;
mod request;

pub use category_service::CategoryEndpoint;
pub use child_service::ChildEndpoint;
pub use liaison_service::LiaisonEndpoint;
pub use migrant_service::MigrantEndpoint;
pub use reconciliation_service::ReconciliationEndpoint;
pub use roster_service::RosterEndpoint;
