//! The documents behind a fact, by reference.

use kernel::{Date, DisabilityGrade};

use super::secret::secret;

/// A document behind a fact (佐证材料). The document itself stays with its office.
///
/// **Sensitive (level 3, behind a parent's situation 4).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is, in the office's word: 判决书.
    pub kind: String,
    /// Its number, or empty.
    pub number: String,
    /// Who issued it, or empty.
    pub issuer: String,
    /// When it was issued.
    pub issued_on: Option<Date>,
}

/// The type of a disability (残疾类别), GB/T 26341.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisabilityType {
    /// 视力残疾.
    Visual = 1,
    /// 听力残疾.
    Hearing = 2,
    /// 言语残疾.
    Speech = 3,
    /// 肢体残疾.
    Physical = 4,
    /// 智力残疾.
    Intellectual = 5,
    /// 精神残疾.
    Mental = 6,
    /// 多重残疾.
    Multiple = 7,
}

impl DisabilityType {
    /// Every type, by number.
    pub const ALL: [Self; 7] =
        [Self::Visual, Self::Hearing, Self::Speech, Self::Physical, Self::Intellectual, Self::Mental, Self::Multiple];

    /// The number in the contract and in the standard, 1 to 7.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The type of a number, `None` outside 1 to 7.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether grade 3 and 4 count as severe too (智力、精神残疾) [L].
    #[must_use]
    pub fn is_of_the_mind(self) -> bool {
        matches!(self, Self::Intellectual | Self::Mental)
    }
}

/// A disability as its certificate has it (残疾人证).
///
/// **Sensitive (level 3).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Disability {
    /// Its type.
    pub kind: DisabilityType,
    /// Its grade.
    pub grade: DisabilityGrade,
    /// The certificate and other documents.
    pub evidence: Vec<Evidence>,
}

secret!(Evidence, DisabilityType, Disability);
