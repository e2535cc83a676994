//! Calls in an emergency: written down before they are carried out, reviewed by a person by the end of the next working day.
//!
//! The platform decides whether a call is one (`platform::access`). What caller and reviewer wrote lies sealed.

mod desk;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod unreviewed;

pub use desk::{Emergencies, EmergencySettings};
pub use service::EmergencyHandler;
pub use store::Emergency;
pub use unreviewed::UnreviewedEmergencies;
