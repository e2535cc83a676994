//! The points and thresholds of `deploy/rules/matching.toml`, or the first thing that is wrong with them.

use serde::Deserialize;
use toml::Spanned;

use crate::domain::matching::weights::Bands;
use crate::domain::matching::{Reason, Weights, WeightsError};

/// Why a file is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct MatchingError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there, and what to do.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not TOML, a key is missing or unknown, or a value is of the wrong type.
    #[error("{0}")]
    Document(String),
    /// It has no name.
    #[error("`version` is empty: write one, such as 2025-01")]
    Version,
    /// Points or a threshold are out of range.
    #[error("points and thresholds are whole numbers from -{MOST} to {MOST}")]
    Range,
    /// The values do not fit together.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// The most that a finding counts, for or against a pair; thresholds have six times that.
const MOST: i32 = 1_000;

/// Reads a file's text.
///
/// # Errors
/// [`MatchingError`] with the first thing that is wrong.
pub fn parse(text: &str) -> Result<Weights, MatchingError> {
    let document: Document = toml::from_str(text).map_err(|error| MatchingError {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        problem: Problem::Document(error.message().to_owned()),
    })?;
    let refused = |place: usize, problem: Problem| Err(MatchingError { line: line_at(text, place), problem });
    if document.version.get_ref().trim().is_empty() {
        return refused(document.version.span().start, Problem::Version);
    }
    let points = document.points();
    if let Some((_, wrong)) = points.iter().find(|(_, value)| value.get_ref().abs() > MOST) {
        return refused(wrong.span().start, Problem::Range);
    }
    let of = |reason: Reason| points.iter().find(|(other, _)| *other == reason).map(|(_, value)| *value);
    let BandsEntry { same, likely, possible } = &document.bands;
    let bands = Bands { same: *same.get_ref(), likely: *likely.get_ref(), possible: *possible.get_ref() };
    let counted = |reason| of(reason).map_or(0, |value| *value.get_ref());
    Weights::new(document.version.get_ref().trim().to_owned(), counted, bands).or_else(|error| {
        let place = match &error {
            WeightsError::Disorder(reason) | WeightsError::Against(reason) => of(*reason).unwrap_or(same),
            WeightsError::Bands | WeightsError::OutOfReach { .. } => same,
            WeightsError::Missed { .. } => possible,
        };
        refused(place.span().start, error.into())
    })
}

fn line_at(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: Spanned<String>,
    bands: BandsEntry,
    citizen_id: Two,
    name: NameEntry,
    birth: BirthEntry,
    sex: Two,
    place: PlaceEntry,
    guardian: Two,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandsEntry {
    same: Spanned<i32>,
    likely: Spanned<i32>,
    possible: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Two {
    same: Spanned<i32>,
    different: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameEntry {
    same: Spanned<i32>,
    near: Spanned<i32>,
    given: Spanned<i32>,
    family: Spanned<i32>,
    different: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BirthEntry {
    same: Spanned<i32>,
    swapped: Spanned<i32>,
    year_near: Spanned<i32>,
    month: Spanned<i32>,
    different: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    township: Spanned<i32>,
    county: Spanned<i32>,
    different: Spanned<i32>,
}

impl Document {
    fn points(&self) -> [(Reason, &Spanned<i32>); 19] {
        let Self { citizen_id, name, birth, sex, place, guardian, .. } = self;
        [
            (Reason::CitizenIdSame, &citizen_id.same),
            (Reason::CitizenIdDifferent, &citizen_id.different),
            (Reason::NameSame, &name.same),
            (Reason::NameNear, &name.near),
            (Reason::GivenNameSame, &name.given),
            (Reason::FamilyNameSame, &name.family),
            (Reason::NameDifferent, &name.different),
            (Reason::BirthSame, &birth.same),
            (Reason::BirthSwapped, &birth.swapped),
            (Reason::BirthYearNear, &birth.year_near),
            (Reason::BirthMonthSame, &birth.month),
            (Reason::BirthDifferent, &birth.different),
            (Reason::SexSame, &sex.same),
            (Reason::SexDifferent, &sex.different),
            (Reason::TownshipSame, &place.township),
            (Reason::CountySame, &place.county),
            (Reason::PlaceDifferent, &place.different),
            (Reason::GuardianSame, &guardian.same),
            (Reason::GuardianDifferent, &guardian.different),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../../deploy/rules/matching.toml");

    #[test]
    fn the_file_that_comes_with_hutong_is_sound() {
        let weights = parse(SHIPPED).unwrap();
        assert_eq!((weights.version(), weights.maximum()), ("2025-01", 1_200));
    }

    /// What is said of the file with one text replaced.
    fn refused(text: &str, by: &str) -> String {
        assert!(SHIPPED.contains(text), "{text} stands in the file");
        parse(&SHIPPED.replacen(text, by, 1)).unwrap_err().to_string()
    }

    #[test]
    fn every_mistake_is_refused_with_its_line() {
        let line = |text: &str| 1 + SHIPPED[..SHIPPED.find(text).unwrap()].matches('\n').count();
        for (text, by, at, said) in [
            ("version = \"2025-01\"", "version = \" \"", "version = \"2025-01\"", "`version` is empty"),
            ("near = 180", "near = \"much\"", "near = 180", "invalid type"),
            ("near = 180", "almost = 180", "near = 180", "unknown field `almost`"),
            ("near = 180", "near = 301", "near = 180", "counts more than the better finding"),
            ("near = 180", "near = 1001", "near = 180", "from -1000 to 1000"),
            ("township = 70", "township = -1", "township = 70", "agreement counts against"),
            ("likely = 520", "likely = 700", "same = 700", "must fall from same to likely to possible"),
            ("same = 700", "same = 801", "same = 700", "reach 800 points and are not the same"),
            ("possible = 350", "possible = 340", "possible = 350", "no search finds reach 340 points"),
            ("month = 60", "month = 80", "possible = 350", "no search finds reach 360 points"),
        ] {
            let message = refused(text, by);
            assert!(message.starts_with(&format!("line {}: ", line(at))), "{by}: {message}");
            assert!(message.contains(said), "{by}: {message}");
        }
    }
}
