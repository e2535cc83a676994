//! How much each finding counts, and from where on a pair is proposed. A city's data [P], checked as a whole.

use super::keys::finds;
use super::reason::{Field, Reason};

/// Points and thresholds that fit together:
/// - within a field the better finding counts at least as much, and a field that agrees never counts against the pair;
/// - two files that agree in all but the citizen ID, which one of them lacks, reach `same`;
/// - no pair that the keys do not find reaches `possible`: a search misses nothing that it would propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    version: String,
    points: [i32; Reason::ALL.len()],
    bands: Bands,
}

/// The least totals of the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    /// From here on it is the same child, as far as a comparison can say.
    pub same: i32,
    /// From here on it is likely.
    pub likely: i32,
    /// From here on it is possible; below nothing is proposed.
    pub possible: i32,
}

/// Why points and thresholds do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// A worse finding counts more than a better one of its field.
    #[error("counts more than the better finding before it: lower it, or raise the better one")]
    Disorder(Reason),
    /// A field that agrees counts against the pair.
    #[error("agreement counts against the pair: give it 0 points or more")]
    Against(Reason),
    /// The thresholds are not in order.
    #[error("the thresholds must fall from same to likely to possible, and possible must be above 0")]
    Bands,
    /// Nothing without a citizen ID could be the same child.
    #[error(
        "files that agree in all but a citizen id reach {reached} points and are not the same: lower `same` to that"
    )]
    OutOfReach {
        /// Their points.
        reached: i32,
    },
    /// A search would miss pairs that it should propose.
    #[error(
        "pairs that no search finds reach {reached} points ({findings}): raise `possible` above that, \
         or lower those points"
    )]
    Missed {
        /// Their points.
        reached: i32,
        /// What is found of them, by the numbers of the contract.
        findings: String,
    },
}

impl Weights {
    /// Points by finding and thresholds, if they fit together. Findings that say that something is not known count 0.
    ///
    /// # Errors
    /// [`WeightsError`] with the first thing that does not fit.
    pub fn new(version: String, points: impl Fn(Reason) -> i32, bands: Bands) -> Result<Self, WeightsError> {
        let points = Reason::ALL.map(|reason| if reason.is_unknown() { 0 } else { points(reason) });
        let weights = Self { version, points, bands };
        weights.check_order()?;
        if bands.same <= bands.likely || bands.likely <= bands.possible || bands.possible <= 0 {
            return Err(WeightsError::Bands);
        }
        let reached = FIELDS.into_iter().skip(1).map(|field| weights.best(field)).sum();
        if reached < bands.same {
            return Err(WeightsError::OutOfReach { reached });
        }
        weights.check_searchable()?;
        Ok(weights)
    }

    /// Its name, by which an explanation is understood later.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a finding counts.
    #[must_use]
    pub fn points(&self, reason: Reason) -> i32 {
        let index = Reason::ALL.iter().position(|other| *other == reason).expect("all reasons are listed");
        self.points[index]
    }

    /// The thresholds.
    #[must_use]
    pub fn bands(&self) -> Bands {
        self.bands
    }

    /// What two descriptions reach that agree in everything.
    #[must_use]
    pub fn maximum(&self) -> i32 {
        FIELDS.into_iter().map(|field| self.best(field)).sum()
    }

    fn best(&self, field: Field) -> i32 {
        Reason::of(field).next().map_or(0, |reason| self.points(reason))
    }

    fn check_order(&self) -> Result<(), WeightsError> {
        for field in FIELDS {
            let reasons: Vec<Reason> = Reason::of(field).collect();
            if self.points(reasons[0]) < 0 {
                return Err(WeightsError::Against(reasons[0]));
            }
            if let Some(pair) = reasons.windows(2).find(|pair| self.points(pair[0]) < self.points(pair[1])) {
                return Err(WeightsError::Disorder(pair[1]));
            }
        }
        Ok(())
    }

    fn check_searchable(&self) -> Result<(), WeightsError> {
        let mut worst: Option<(i32, [Reason; 6])> = None;
        for findings in all_findings() {
            // The worst case for the keys: years as far apart as the finding allows.
            let far = findings[2] == Reason::BirthDifferent;
            let reached = findings.iter().map(|reason| self.points(*reason)).sum();
            if !finds(&findings, far) && worst.is_none_or(|(most, _)| reached > most) {
                worst = Some((reached, findings));
            }
        }
        match worst {
            Some((reached, findings)) if reached >= self.bands.possible => {
                let numbers = findings.map(|reason| reason.number().to_string());
                Err(WeightsError::Missed { reached, findings: numbers.join(", ") })
            }
            _ => Ok(()),
        }
    }
}

const FIELDS: [Field; 6] = [Field::CitizenId, Field::Name, Field::Birth, Field::Sex, Field::Place, Field::Guardian];

/// Every combination of findings.
fn all_findings() -> impl Iterator<Item = [Reason; 6]> {
    let of = |field: Field| Reason::ALL.into_iter().filter(move |reason| reason.field() == field);
    of(Field::CitizenId).flat_map(move |id| {
        of(Field::Name).flat_map(move |name| {
            of(Field::Birth).flat_map(move |birth| {
                of(Field::Sex).flat_map(move |sex| {
                    of(Field::Place).flat_map(move |place| {
                        of(Field::Guardian).map(move |guardian| [id, name, birth, sex, place, guardian])
                    })
                })
            })
        })
    })
}
