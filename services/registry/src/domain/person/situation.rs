//! What befell a person so that it matters for the care of children.

use kernel::{Date, DisabilityGrade};

use crate::domain::evidence::{DisabilityType, Evidence};
use crate::domain::secret::secret;

/// A condition. The first eight are those of de-facto unattended children (事实无人抚养儿童) [L: 民发〔2019〕62号].
///
/// **Secret (level 4).** `Debug` hides which it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Condition {
    /// 残疾: severe if grade 1 or 2, or if intellectual or mental [L].
    Disability {
        /// Its type.
        kind: DisabilityType,
        /// Its grade.
        grade: DisabilityGrade,
    },
    /// 重病, by the local list [L].
    SeriousIllness,
    /// 服刑在押.
    Custody {
        /// The last day of the term that was ordered, where it is known.
        term_ends_on: Option<Date>,
    },
    /// 强制隔离戒毒.
    DrugIsolation {
        /// The last day of the term that was ordered, where it is known.
        term_ends_on: Option<Date>,
    },
    /// 被执行其他限制人身自由的措施.
    LibertyRestricted {
        /// The last day of the term that was ordered, where it is known.
        term_ends_on: Option<Date>,
    },
    /// 失联.
    OutOfContact {
        /// When the police accepted the report (报警受理), from which months count [L].
        police_accepted_on: Option<Date>,
    },
    /// 撤销监护资格.
    GuardianshipRevoked,
    /// 被遣送(驱逐)出境.
    Deported,
    /// 死亡, or declared dead by a court.
    Dead,
    /// 宣告失踪, by a court.
    DeclaredMissing,
    /// 外出务工.
    Away {
        /// Where, as a division or in words; or empty.
        whereabouts: String,
    },
    /// 无监护能力.
    UnableToGuard,
}

impl Condition {
    /// The number in the contract and in what is sealed, 1 to 12.
    #[must_use]
    pub fn number(&self) -> i32 {
        match self {
            Self::Disability { .. } => 1,
            Self::SeriousIllness => 2,
            Self::Custody { .. } => 3,
            Self::DrugIsolation { .. } => 4,
            Self::LibertyRestricted { .. } => 5,
            Self::OutOfContact { .. } => 6,
            Self::GuardianshipRevoked => 7,
            Self::Deported => 8,
            Self::Dead => 9,
            Self::DeclaredMissing => 10,
            Self::Away { .. } => 11,
            Self::UnableToGuard => 12,
        }
    }
}

/// What befell a person.
///
/// **Secret (level 4).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Situation {
    /// The condition.
    pub condition: Condition,
    /// What else the office wrote down.
    pub note: String,
    /// The documents behind it.
    pub evidence: Vec<Evidence>,
}

secret!(Condition, Situation);
