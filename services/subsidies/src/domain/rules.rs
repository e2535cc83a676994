//! The rules of basic living that a city sets, in versions.

use std::fmt;
use std::str::FromStr;

use kernel::Month;

/// The rules, by the month from which each version counts. A run keeps them as a text and computes anew from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(Vec<RuleVersion>);

/// The rules from a month on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleVersion {
    /// Its name: letters, digits, `-`, `.`.
    pub version: String,
    /// The first month.
    pub from: Month,
    /// Another grant for minimum living is deducted: basic living is topped up to the standard (补差) [P].
    pub top_up: bool,
}

/// Why rules are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// There is none.
    #[error("needs a version")]
    None,
    /// A version's name cannot be written.
    #[error("version `{0}`: a name has letters, digits, `-` and `.`")]
    Name(String),
    /// Two begin together.
    #[error("two versions begin in {0}")]
    Twice(Month),
    /// The text is not one of ours.
    #[error("not the text of rules")]
    Form,
}

impl Rules {
    /// These versions.
    ///
    /// # Errors
    /// [`RulesError`].
    pub fn of(mut versions: Vec<RuleVersion>) -> Result<Self, RulesError> {
        versions.sort_by_key(|version| version.from);
        let letters =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if let Some(wrong) = versions.iter().find(|version| version.version.is_empty() || !letters(&version.version)) {
            return Err(RulesError::Name(wrong.version.clone()));
        }
        if let Some(pair) = versions.windows(2).find(|pair| pair[0].from == pair[1].from) {
            return Err(RulesError::Twice(pair[0].from));
        }
        if versions.is_empty() { Err(RulesError::None) } else { Ok(Self(versions)) }
    }

    /// The version for a month; before the first, the first.
    #[must_use]
    pub fn at(&self, month: Month) -> &RuleVersion {
        self.0.iter().rev().find(|version| version.from <= month).unwrap_or(&self.0[0])
    }

    /// Those that a run of this month may use: later ones do not belong to it.
    #[must_use]
    pub fn until(&self, month: Month) -> Self {
        let mut versions: Vec<_> = self.0.iter().filter(|version| version.from <= month).cloned().collect();
        if versions.is_empty() {
            versions.push(self.0[0].clone());
        }
        Self(versions)
    }
}

/// `2024-1@2024-01+top-up;2025-1@2025-01`
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, version) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { ";" };
            let top_up = if version.top_up { "+top-up" } else { "" };
            write!(f, "{between}{}@{}{top_up}", version.version, version.from)?;
        }
        Ok(())
    }
}

impl FromStr for Rules {
    type Err = RulesError;

    fn from_str(text: &str) -> Result<Self, RulesError> {
        let versions = text.split(';').map(|part| {
            let (version, rest) = part.split_once('@').ok_or(RulesError::Form)?;
            let (from, top_up) = match rest.split_once('+') {
                None => (rest, false),
                Some((from, "top-up")) => (from, true),
                Some(_) => return Err(RulesError::Form),
            };
            let from = from.parse().map_err(|_| RulesError::Form)?;
            Ok(RuleVersion { version: version.to_owned(), from, top_up })
        });
        Self::of(versions.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::month;

    #[test]
    fn rules_are_read_as_they_are_written_and_each_month_has_its_version() {
        let rules: Rules = "2025-1@2025-01;2024-1@2024-01+top-up".parse().unwrap();
        assert_eq!(rules.to_string(), "2024-1@2024-01+top-up;2025-1@2025-01");
        assert!(rules.at(month("2024-12")).top_up && rules.at(month("2020-01")).top_up);
        assert!(!rules.at(month("2025-01")).top_up);
        assert_eq!(rules.until(month("2024-06")).to_string(), "2024-1@2024-01+top-up");
        for wrong in ["", "a@2024-01+", "a@2024-13", "a b@2024-01", "a@2024-01;b@2024-01"] {
            assert!(wrong.parse::<Rules>().is_err(), "{wrong}");
        }
    }
}
