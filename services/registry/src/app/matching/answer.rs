//! What callers get of comparisons.

use contract::date::timestamp;
use contract::registry::v1;

use super::list_duplicates::Duplicate;
use super::search_candidates::Candidate;
use crate::app::answer::child;
use crate::domain::matching::{Assessment, Band, Contribution, Limit, PairMarks};

/// A comparison.
#[must_use]
pub fn assessment(assessment: &Assessment) -> v1::MatchAssessment {
    v1::MatchAssessment {
        total: assessment.total,
        band: assessment.band.map_or(0, Band::number),
        contributions: assessment.contributions.iter().map(contribution).collect(),
        limit: assessment.limit.map_or(0, Limit::number),
    }
}

fn contribution(contribution: &Contribution) -> v1::MatchContribution {
    v1::MatchContribution {
        field: contribution.reason.field() as i32,
        reason: contribution.reason.number(),
        points: contribution.points,
    }
}

/// A file that may be meant.
#[must_use]
pub fn candidate(candidate: &Candidate) -> v1::Candidate {
    v1::Candidate { child: Some(child(&candidate.child)), assessment: Some(assessment(&candidate.assessment)) }
}

/// Two files that may be of one child.
#[must_use]
pub fn duplicate(pair: &Duplicate) -> v1::DuplicatePair {
    v1::DuplicatePair {
        first: Some(child(&pair.first)),
        second: Some(child(&pair.second)),
        assessment: Some(assessment(&pair.assessment)),
    }
}

/// What was said of a pair last, `None` if nothing was.
#[must_use]
pub fn mark(marks: &PairMarks) -> Option<v1::DifferenceMark> {
    let said = marks.marks.open()?;
    Some(v1::DifferenceMark {
        first_child: marks.pair.first().to_string(),
        second_child: marks.pair.second().to_string(),
        different: said.value.different,
        reason: said.value.reason.clone(),
        record_time: Some(timestamp(said.recorded)),
    })
}
