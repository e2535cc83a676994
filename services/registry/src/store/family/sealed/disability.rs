use kernel::DisabilityGrade;
use prost::Message;

use crate::domain::evidence::{Disability, DisabilityType};
use crate::domain::secret::secret;
use crate::store::evidence::{SealedEvidence, opened, sealed};

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

secret!(SealedDisability);

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
