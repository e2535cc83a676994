use contract::subsidies::v1::PublishStandardRequest;
use kernel::{Fen, Month, RequestId, SystemClock, Tier};
use serde::Deserialize;

/// The standards that come with Hutong.
pub const STANDARDS: &str = include_str!("../../../../deploy/standards.toml");

/// Why a file of standards is refused.
#[derive(Debug, thiserror::Error)]
pub enum StandardsError {
    /// It is no such file.
    #[error("not a file of standards: {0}")]
    Form(#[from] toml::de::Error),
    /// An entry makes no sense.
    #[error("standard {number}: {expected}")]
    Entry {
        /// Which, from 1.
        number: usize,
        /// What is expected.
        expected: &'static str,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardsFile {
    standard: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    tier: String,
    from: String,
    yuan: String,
    basis: String,
    area: Option<String>,
}

/// Reads a file of standards; those that name no area are of the city.
///
/// # Errors
/// [`StandardsError`].
pub fn read_standards(text: &str, city: &str) -> Result<Vec<PublishStandardRequest>, StandardsError> {
    let file: StandardsFile = toml::from_str(text)?;
    let entries = file.standard.into_iter().enumerate().map(|(index, entry)| {
        let wrong = |expected| StandardsError::Entry { number: index + 1, expected };
        let tier = Tier::ALL.into_iter().find(|tier| tier.to_string() == entry.tier);
        let from: Month = entry.from.parse().map_err(|_| wrong("from is a month, such as 2025-01"))?;
        let monthly: Fen = entry.yuan.parse().map_err(|_| wrong("yuan is an amount, such as 2140.00"))?;
        Ok(PublishStandardRequest {
            request_id: RequestId::generate(&SystemClock).to_string(),
            tier: tier.ok_or_else(|| wrong("the tier is A, B or C"))?.number(),
            area: entry.area.unwrap_or_else(|| city.to_owned()),
            from_month: Some(contract::date::from_month(from)),
            monthly_fen: monthly.as_fen(),
            legal_basis: entry.basis,
        })
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_comes_with_hutong_is_read_and_a_wrong_one_is_refused_with_its_place() {
        let entries = read_standards(STANDARDS, "371600").unwrap();
        assert_eq!(entries.iter().map(|one| one.monthly_fen).max(), Some(267_500));
        let entry = |tier: &str, from: &str, yuan: &str| {
            format!("[[standard]]\ntier = \"{tier}\"\nfrom = \"{from}\"\nyuan = \"{yuan}\"\nbasis = \"x\"")
        };
        for (wrong, expected) in [
            (entry("D", "2024-01", "1"), "standard 1: the tier is A, B or C"),
            (entry("A", "2024-13", "1"), "standard 1: from is a month"),
            (entry("A", "2024-12", "one"), "standard 1: yuan is an amount"),
            ("x = 1".to_owned(), "unknown field"),
        ] {
            let error = read_standards(&wrong, "371600").unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
