//! The payroll: what children are due, and that it reaches them.
//!
//! The service learns of children only by the registry's events, as any subscriber does. A request goes one way: `grpc`
//! parses it, `app` carries it out, `domain` decides, `store` loads and writes; `events` gives a decided fact the shape of the
//! contract. Nothing points back. The `inbox` is a caller like `grpc`.

#![expect(
    clippy::missing_panics_doc,
    reason = "an expect here states what holds by construction; no caller can cause a panic"
)]

pub mod app;
pub mod bank;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod inbox;
pub mod policy;
pub mod store;

mod subsidies;
mod whereabouts;

pub use store::Migrator;
pub use subsidies::{Services, Subsidies, SubsidiesSettings};

/// The service's name, in subjects, streams and certificates.
pub const SERVICE: &str = "subsidies";
