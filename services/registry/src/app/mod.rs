//! The registry's use cases, one a file. Those that write are submitted to the journal, which loads, decides, stores and
//! commits them in groups; those that read ask the store.

pub mod application;
pub use application::Application;

pub mod end_child;
pub mod merge_children;
pub mod register_child;
pub mod transfer_child;
pub mod update_child;

pub mod confirm_category;
pub mod end_category;
pub mod reclassify_category;

pub mod import_roster;
pub mod import_rows;

pub mod reseal;

pub mod export_roster;
pub mod get_children;
pub mod list_children;
pub mod list_support;
pub mod search_children;

pub mod answer;
pub mod as_of;
pub mod refusal;

pub mod target;

mod loader;
mod page_token;
