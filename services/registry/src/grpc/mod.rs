//! The services of the contract. Each method parses its request, hands it to a use case and answers; nothing is
//! decided here.

mod application_service;
mod category_service;
mod child_service;
mod matching_service;
mod reference_service;
mod roster_service;
mod statistics_service;
mod support_service;
mod visit_service;
mod workbook_service;
mod worker_service;

mod circumstance_service;
mod guardianship_service;
mod person_service;

mod evidence;
mod fact;
mod guardianship;
mod liaison_service;
mod migrant_service;
mod person;
mod reconciliation_service;

mod migrant;
mod profile;
mod request;

pub use application_service::ApplicationEndpoint;
pub use category_service::CategoryEndpoint;
pub use child_service::ChildEndpoint;
pub use circumstance_service::CircumstanceEndpoint;
pub use guardianship_service::GuardianshipEndpoint;
pub use liaison_service::LiaisonEndpoint;
pub use matching_service::MatchingEndpoint;
pub use migrant_service::MigrantEndpoint;
pub use person_service::PersonEndpoint;
pub use reconciliation_service::ReconciliationEndpoint;
pub use reference_service::ReferenceEndpoint;
pub use roster_service::RosterEndpoint;
pub use statistics_service::StatisticsEndpoint;
pub use support_service::SupportEndpoint;
pub use visit_service::VisitEndpoint;
pub use workbook_service::WorkbookEndpoint;
pub use worker_service::WorkerEndpoint;
