//! Where files lie: tables, their rows, and the workspace that loads and writes them for the journal.
//!
//! **Architecture Invariant:** what identifies or describes a child is sealed by the vault before it reaches the
//! database; a citizen ID, a name and a roster's row are found by keyed hashes. Every sealed column stands in
//! [`sealed_columns::SEALED_COLUMNS`], or no change of keys would find it.

pub mod migrations;

pub mod category_class;
pub mod entity;
pub mod sealed;
pub mod sealed_columns;
pub mod standing;

pub mod row;

pub mod fact;
pub mod matching;
pub mod merger;
pub mod versions;

pub mod visit;
pub mod worker;

pub mod adulthood;
pub mod application;
mod evidence;
pub mod family;
pub mod liaison;
pub mod migrant;
pub mod reconciliation;

pub mod erasing;
pub mod listing;
pub mod reading;
pub mod writing;

mod surroundings;
pub mod whereabouts;
mod workspace;

pub use family::{Families, FamilyNeeds};
pub use migrations::Migrator;
pub use row::{InconsistentRow, StoredChild};
pub use workspace::{Environment, Needs, Workspace};
