//! The services of the contract. Each method parses its request, hands it to a use case and answers; nothing is
//! decided here.

mod application_service;
mod category_service;
mod child_service;
mod matching_service;
mod roster_service;

mod evidence;
mod profile;
mod request;

pub use application_service::ApplicationEndpoint;
pub use category_service::CategoryEndpoint;
pub use child_service::ChildEndpoint;
pub use matching_service::MatchingEndpoint;
pub use roster_service::RosterEndpoint;
