//! The ledger of migrant children (流动儿童台账): one entry for each child that a survey reported, whether or not it counts.
//!
//! Whether an entry counts on a day is never stored. It follows from the entry and the [`MigrantRules`], so that six
//! months and a sixteenth birthday pass by themselves.

pub mod terms;

pub mod particulars;
pub mod rules;
pub mod whereabouts;

pub mod entry;
pub mod reporting;

pub mod amending;
pub mod departing;

pub mod review;
pub mod special;
pub mod standing;

pub mod report;

pub mod reconciliation;

pub mod event;

pub use self::rules::{MigrantRules, UrbanDistricts};
pub use entry::{MigrantEntry, MigrantId, Survey, View};
pub use event::{MigrantEvent, MigrantFact};
pub use particulars::{Guardian, Identity, IdentityParts};
pub use review::SurveyWatch;
pub use standing::Standing;
pub use terms::{Difference, NotMigrant, Source, SpecialReason};
pub use whereabouts::{Stay, Whereabouts};
