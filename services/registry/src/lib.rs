//! The registry: the files of children and the categories under which they are helped.
//!
//! A request goes one way: `grpc` parses it, `app` carries it out, `domain` decides, `store` loads and writes; `events` gives
//! a decided fact the shape of the contract. Nothing points back. The `sweeper` is a caller like `grpc`, woken by the clock, and
//! so are the `keys`, woken by a change of the vault's, and `retention`, which a person wakes.

#![expect(
    clippy::missing_panics_doc,
    reason = "an expect here states what holds by construction; no caller can cause a panic"
)]

mod registry;
pub use registry::{Registry, RegistrySettings, SERVICE, Services, sweeps};

pub mod settings;

pub mod grpc;

pub mod app;
pub mod domain;
pub mod events;
pub mod store;

pub mod keys;
pub mod retention;
pub mod sweeper;

pub mod workbook;

pub mod policy;

pub use store::Migrator;
