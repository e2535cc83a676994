//! The rules that a city sets, as data: they come with Hutong (`deploy/rules/subsidies.toml`), or a city brings its own by
//! `subsidies.rules_file`. They are read and checked before a port binds.

use std::io;
use std::path::{Path, PathBuf};

use kernel::Month;
use serde::Deserialize;

use crate::domain::Rules;
use crate::domain::rules::{RuleVersion, RulesError};

/// The name of the rules that come with Hutong.
const BUILT_IN: &str = "subsidies.toml";

/// Why a city's rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file is missing or cannot be read.
    #[error("cannot read {}: {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not as it should be.
    #[error("{}: {}", file.display(), .source.message())]
    Form {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: Box<toml::de::Error>,
    },
    /// A month that is none.
    #[error("{}: version `{version}`: valid_from must be a month as 2024-01", file.display())]
    Month {
        /// The file.
        file: PathBuf,
        /// The version's name.
        version: String,
    },
    /// The versions do not make rules together.
    #[error("{}: {source}", file.display())]
    Rules {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: RulesError,
    },
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    #[serde(default)]
    version: Vec<VersionTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionTable {
    version: String,
    valid_from: String,
    top_up: bool,
}

/// The rules that come with Hutong.
///
/// # Errors
/// [`PolicyError`] if this binary was built with wrong ones.
pub fn built_in() -> Result<Rules, PolicyError> {
    parse(Path::new(BUILT_IN), include_str!("../../../deploy/rules/subsidies.toml"))
}

/// A city's own.
///
/// # Errors
/// [`PolicyError`] with the file and the reason.
pub fn read(file: &Path) -> Result<Rules, PolicyError> {
    let text = std::fs::read_to_string(file);
    parse(file, &text.map_err(|source| PolicyError::Unreadable { file: file.to_owned(), source })?)
}

fn parse(file: &Path, text: &str) -> Result<Rules, PolicyError> {
    let form = |source| PolicyError::Form { file: file.to_owned(), source: Box::new(source) };
    let RulesFile { version } = toml::from_str(text).map_err(form)?;
    let versions = version.into_iter().map(|table| {
        let VersionTable { version, valid_from, top_up } = table;
        match valid_from.parse::<Month>() {
            Ok(from) => Ok(RuleVersion { version, from, top_up }),
            Err(_) => Err(PolicyError::Month { file: file.to_owned(), version }),
        }
    });
    Rules::of(versions.collect::<Result<_, _>>()?)
        .map_err(|source| PolicyError::Rules { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_come_with_hutong_top_up() {
        assert_eq!(built_in().unwrap().to_string(), "2024-1@2024-01+top-up");
    }

    #[test]
    fn a_mistake_is_refused_with_file_and_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.toml");
        let version = |name: &str, from: &str| {
            format!("[[version]]\nversion = \"{name}\"\nvalid_from = \"{from}\"\ntop_up = false\n")
        };
        let good = version("1", "2024-01");
        for (text, reason) in [
            (String::new(), "needs a version"),
            (good.replace("top_up", "topup"), "topup"),
            (good.replace("top_up = false\n", ""), "top_up"),
            (version("1", "January"), "version `1`: valid_from must be a month"),
            (version("a b", "2024-01"), "`a b`"),
            (good.clone() + &version("2", "2024-01"), "two versions begin in 2024-01"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = read(&file).unwrap_err().to_string();
            assert!(error.contains("own.toml: ") && error.contains(reason) && !error.contains('\n'), "{error}");
        }
        std::fs::write(&file, good + &version("2", "2025-01")).unwrap();
        assert_eq!(read(&file).unwrap().to_string(), "1@2024-01;2@2025-01");
        assert!(read(folder.path()).unwrap_err().to_string().starts_with("cannot read "));
    }
}
