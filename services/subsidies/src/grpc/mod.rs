//! The services of the contract. Each method parses its request, hands it to a use case and answers; nothing is decided
//! here.

mod budget_service;
mod entitlement_service;
mod insurance_service;
mod payment_task_service;
mod payroll_service;
mod request;
mod standard_service;

pub use budget_service::BudgetEndpoint;
pub use entitlement_service::EntitlementEndpoint;
pub use insurance_service::InsuranceEndpoint;
pub use payment_task_service::PaymentTaskEndpoint;
pub use payroll_service::PayrollEndpoint;
pub use standard_service::StandardEndpoint;
