//! The registry: the files of children and the categories under which they are helped.
//!
//! A request goes one way: `grpc` parses it, `app` carries it out, `domain` decides, `store` loads and writes; `events` gives
//! a decided fact the shape of the contract. Nothing points back.

mod registry;
pub use registry::{Registry, RegistrySettings, SERVICE, Services};

pub mod grpc;

pub mod app;
pub mod domain;
pub mod events;
pub mod store;

pub mod workbook;

pub use store::Migrator;
