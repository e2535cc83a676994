//! Standards of basic living.

mod list_standards;
mod publish_standard;

pub use publish_standard::PublishStandard;
