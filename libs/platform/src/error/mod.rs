//! How a call fails: one error type for all services, mapped to gRPC in one place.

mod causes;
mod service_error;
mod status;
#[cfg(test)]
mod tests;

pub use causes::with_causes;
pub use service_error::{FieldViolation, ServiceError};
pub use status::DOMAIN;
