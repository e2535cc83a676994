use std::io;
use std::path::PathBuf;

use kernel::HolidayError;
use rules::{RuleBookError, RuleSetError};

use super::matching::MatchingError;
use crate::domain::migrant::rules::UrbanDistrictsError;

/// Why a city's policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file is missing or cannot be read.
    #[error("cannot read {}: {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The policy's file is not as it should be.
    #[error("policy.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// A name that is no category of the contract.
    #[error("{name:?} is no category, write one as INSTITUTIONAL_ORPHAN")]
    UnknownCategory {
        /// What stands there.
        name: String,
    },
    /// A number outside its range.
    #[error("policy.toml: {key} must be {from} to {to}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// The smallest.
        from: u16,
        /// The largest.
        to: u16,
    },
    /// A rule set is not as it should be.
    #[error("{file}: {source}")]
    RuleSet {
        /// The file, within the policy's directory.
        file: String,
        /// What is wrong, with its line and what to do.
        source: RuleSetError,
    },
    /// Two rule sets cannot stand beside one another.
    #[error("categories: {0}")]
    RuleBook(#[from] RuleBookError),
    /// There is no rule set.
    #[error("{} holds no rule set: put at least one file with the ending .toml there", directory.display())]
    NoRules {
        /// Where one is looked for.
        directory: PathBuf,
    },
    /// The table of urban districts is not as it should be.
    #[error("urban-districts.csv: {0}")]
    UrbanDistricts(#[from] UrbanDistrictsError),
    /// The weights of matching are not as they should be.
    #[error("matching.toml, {0}")]
    Matching(#[from] MatchingError),
    /// The holiday calendar is not as it should be.
    #[error("holidays.csv: {0}")]
    Holidays(#[from] HolidayError),
}
