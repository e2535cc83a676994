use kernel::time::parse_iso;
use kernel::{Date, DisabilityGrade};
use prost::Message;

use crate::domain::evidence::{Disability, DisabilityType, Evidence};
use crate::domain::secret::secret;

/// A document behind a fact.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedEvidence {
    /// What it is.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Its number.
    #[prost(string, tag = "2")]
    pub number: String,
    /// Who issued it.
    #[prost(string, tag = "3")]
    pub issuer: String,
    /// When, or empty.
    #[prost(string, tag = "4")]
    pub issued_on: String,
}

/// A disability.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedDisability {
    /// Its type.
    #[prost(int32, tag = "1")]
    pub kind: i32,
    /// Its grade.
    #[prost(uint32, tag = "2")]
    pub grade: u32,
    /// The documents behind it.
    #[prost(message, repeated, tag = "3")]
    pub evidence: Vec<SealedEvidence>,
}

secret!(SealedEvidence, SealedDisability);

/// A day, or an empty text.
pub(super) fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// A day of such a text; the outer `None` if it is none.
#[expect(clippy::option_option, reason = "no day, and no text of a day, are two things")]
pub(super) fn day_of(text: &str) -> Option<Option<Date>> {
    match text {
        "" => Some(None),
        text => parse_iso(text).ok().map(Some),
    }
}

pub(super) fn sealed(evidence: &[Evidence]) -> Vec<SealedEvidence> {
    let seal = |one: &Evidence| SealedEvidence {
        kind: one.kind.clone(),
        number: one.number.clone(),
        issuer: one.issuer.clone(),
        issued_on: day(one.issued_on),
    };
    evidence.iter().map(seal).collect()
}

pub(super) fn opened(sealed: Vec<SealedEvidence>) -> Option<Vec<Evidence>> {
    let open = |one: SealedEvidence| {
        let issued_on = day_of(&one.issued_on)?;
        Some(Evidence { kind: one.kind, number: one.number, issuer: one.issuer, issued_on })
    };
    sealed.into_iter().map(open).collect()
}

/// Type and grade of two numbers.
pub(super) fn kind_and_grade(kind: i32, grade: u32) -> Option<(DisabilityType, DisabilityGrade)> {
    Some((DisabilityType::from_number(kind)?, DisabilityGrade::from_code(u8::try_from(grade).ok()?)?))
}

impl SealedDisability {
    pub(super) fn of(disability: &Disability) -> Self {
        Self {
            kind: disability.kind.number(),
            grade: u32::from(disability.grade.code()),
            evidence: sealed(&disability.evidence),
        }
    }

    pub(super) fn opened(self) -> Option<Disability> {
        let (kind, grade) = kind_and_grade(self.kind, self.grade)?;
        Some(Disability { kind, grade, evidence: opened(self.evidence)? })
    }
}
