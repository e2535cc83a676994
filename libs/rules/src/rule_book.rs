use kernel::Date;

use crate::rule_set::RuleSet;

/// The versions of one rule set, each valid until the next begins.
#[derive(Debug, Default)]
pub struct RuleBook {
    /// By their first day.
    versions: Vec<RuleSet>,
}

/// Versions that contradict one another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleBookError {
    /// Two files have one version.
    #[error("two rule sets have the version `{version}`: rename one")]
    Version {
        /// Which.
        version: String,
    },
    /// Two versions begin on one day.
    #[error("the rule sets `{one}` and `{other}` are both valid from {day}: change one or remove it")]
    Day {
        /// The first day of both.
        day: Date,
        /// One version.
        one: String,
        /// The other.
        other: String,
    },
}

impl RuleBook {
    /// A book of these versions, in any order.
    ///
    /// # Errors
    /// [`RuleBookError`] if two have one version or one first day.
    pub fn new(versions: impl IntoIterator<Item = RuleSet>) -> Result<Self, RuleBookError> {
        let mut versions: Vec<RuleSet> = versions.into_iter().collect();
        versions.sort_by(|one, other| one.version().cmp(other.version()));
        if let Some([one, _]) = versions.array_windows().find(|[one, other]| one.version() == other.version()) {
            return Err(RuleBookError::Version { version: one.version().to_owned() });
        }
        versions.sort_by_key(RuleSet::valid_from);
        if let Some([one, other]) = versions.array_windows().find(|[one, other]| one.valid_from() == other.valid_from())
        {
            return Err(RuleBookError::Day {
                day: one.valid_from(),
                one: one.version().to_owned(),
                other: other.version().to_owned(),
            });
        }
        Ok(Self { versions })
    }

    /// The version that is valid on `day`: the newest that begins on it or before. `None` before the first.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&RuleSet> {
        self.versions[..self.versions.partition_point(|set| set.valid_from() <= day)].last()
    }

    /// A version by its name, to explain or recompute what was decided by it.
    #[must_use]
    pub fn version(&self, version: &str) -> Option<&RuleSet> {
        self.versions.iter().find(|set| set.version() == version)
    }

    /// All versions, by their first day.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RuleSet> {
        self.versions.iter()
    }
}
