//! The registry's use cases, one a file. Those that write are submitted to the journal, which loads, decides, stores and
//! commits them in groups; those that read ask the store.

pub mod application;
pub use application::Application;

pub mod end_child;
pub mod erase_file;
pub mod merge_children;
pub mod register_child;
pub mod transfer_child;
pub mod unmerge_children;
pub mod update_child;

pub mod confirm_category;
pub mod end_category;
pub mod reclassify_category;
pub mod remind_of_reviews;
pub mod review_category;

pub mod adulthood;
pub mod category_application;

pub mod circumstance;
pub mod guardianship;
pub mod household;
pub mod person;

pub mod import_roster;
pub mod import_rows;

pub mod reseal;

pub mod check_support;
pub mod export_roster;
pub mod get_children;
pub mod list_children;
pub mod list_support;
pub mod matching;
pub mod search_children;

pub mod liaison;
pub mod migrant;
pub mod reconciliation;
pub mod remove_comparisons;
pub mod visit;
pub mod worker;

pub mod workbook;

pub mod surroundings;

pub mod published;
pub mod report_children;

pub mod answer;
pub mod refusal;
pub mod whereabouts;

pub mod target;

mod loader;
