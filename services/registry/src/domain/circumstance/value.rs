//! What may be so of a child.

use kernel::{Division, PersonId, SchoolStage};

use crate::domain::evidence::{Disability, Evidence};
use crate::domain::household::FamilyMeans;
use crate::domain::secret::secret;

/// A side of a child's life of which one thing is so on a day. The numbers are the contract's.
///
/// **Secret (level 4): that something was recorded of HIV says all.** `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// 居住地.
    Residence = 1,
    /// 就学.
    Schooling = 2,
    /// 残疾.
    Disability = 3,
    /// 重病.
    SeriousIllness = 4,
    /// 受艾滋病影响.
    Hiv = 5,
    /// 家庭经济状况, where no household is kept.
    FamilyMeans = 6,
    /// 养育方式.
    CareSetting = 7,
    /// 监护缺失或不当, so that safety is threatened [L].
    GuardianshipFailure = 8,
    /// 暂时无人监护.
    WithoutGuardian = 9,
    /// 特殊监护困境 [S], undefined there: the office's word counts.
    SpecialGuardianship = 10,
    /// 重点困境, by the province's own definition [P].
    KeyDifficulty = 11,
    /// 留守.
    LeftBehind = 12,
    /// 移交同意: that the human-resources office is told of the 18th birthday.
    HandoverConsent = 13,
}

impl Aspect {
    /// Every aspect, by number.
    pub const ALL: [Self; 13] = [
        Self::Residence,
        Self::Schooling,
        Self::Disability,
        Self::SeriousIllness,
        Self::Hiv,
        Self::FamilyMeans,
        Self::CareSetting,
        Self::GuardianshipFailure,
        Self::WithoutGuardian,
        Self::SpecialGuardianship,
        Self::KeyDifficulty,
        Self::LeftBehind,
        Self::HandoverConsent,
    ];

    /// The number in the contract and in what is sealed, 1 to 13.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The aspect of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|aspect| aspect.number() == number)
    }
}

/// Where a child lives (居住地), as distinct from its household registration.
#[derive(Clone, PartialEq, Eq)]
pub struct Residence {
    /// The division, anywhere in the country.
    pub division: Division,
    /// The address within it, or empty.
    pub address: String,
}

/// A child's schooling (就学).
#[derive(Clone, PartialEq, Eq)]
pub struct Schooling {
    /// The stage.
    pub stage: SchoolStage,
    /// The school, or empty.
    pub school: String,
    /// Whether the child is enrolled there.
    pub enrolled: bool,
    /// The proof of schooling and the like.
    pub evidence: Vec<Evidence>,
}

/// Something that is so while its period lasts, in words and with documents.
#[derive(Clone, PartialEq, Eq)]
pub struct Remark {
    /// What the office wrote down.
    pub text: String,
    /// The documents behind it.
    pub evidence: Vec<Evidence>,
}

/// Where a child is raised (养育方式).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CareSetting {
    /// 机构养育.
    Institution = 1,
    /// 社会散居.
    Community = 2,
}

/// A left-behind child's situation (留守).
#[derive(Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// Where the father is, as a division or in words; empty if at home.
    pub father_whereabouts: String,
    /// Where the mother is, as a division or in words; empty if at home.
    pub mother_whereabouts: String,
    /// The entrusted carer (委托照护人).
    pub carer: Option<PersonId>,
}

/// Who gave a consent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ConsentGiver {
    /// 本人.
    Child = 1,
    /// 监护人.
    Guardian = 2,
}

impl ConsentGiver {
    /// The giver of a number of the contract, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::Child, Self::Guardian].into_iter().find(|giver| *giver as i32 == number)
    }
}

/// A consent that stands while its period lasts: given on the first day, withdrawn on the day of its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who gave it.
    pub given_by: ConsentGiver,
    /// The paper on which it was given.
    pub evidence: Vec<Evidence>,
}

/// One thing that is so of a child.
///
/// **Sensitive to secret (level 3 to 4).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Circumstance {
    /// See [`Residence`].
    Residence(Residence),
    /// See [`Schooling`].
    Schooling(Schooling),
    /// See [`Disability`].
    Disability(Disability),
    /// Seriously ill by the local list; the text says which illness.
    SeriousIllness(Remark),
    /// Affected by HIV.
    Hiv(Remark),
    /// See [`FamilyMeans`].
    FamilyMeans(FamilyMeans),
    /// See [`CareSetting`].
    CareSetting(CareSetting),
    /// See [`Aspect::GuardianshipFailure`].
    GuardianshipFailure(Remark),
    /// See [`Aspect::WithoutGuardian`].
    WithoutGuardian(Remark),
    /// See [`Aspect::SpecialGuardianship`].
    SpecialGuardianship(Remark),
    /// See [`Aspect::KeyDifficulty`]; the text says by which clause.
    KeyDifficulty(Remark),
    /// See [`LeftBehind`].
    LeftBehind(LeftBehind),
    /// See [`Aspect::HandoverConsent`].
    HandoverConsent(Consent),
}

impl Circumstance {
    /// Of which side of life it is.
    #[must_use]
    pub fn aspect(&self) -> Aspect {
        match self {
            Self::Residence(_) => Aspect::Residence,
            Self::Schooling(_) => Aspect::Schooling,
            Self::Disability(_) => Aspect::Disability,
            Self::SeriousIllness(_) => Aspect::SeriousIllness,
            Self::Hiv(_) => Aspect::Hiv,
            Self::FamilyMeans(_) => Aspect::FamilyMeans,
            Self::CareSetting(_) => Aspect::CareSetting,
            Self::GuardianshipFailure(_) => Aspect::GuardianshipFailure,
            Self::WithoutGuardian(_) => Aspect::WithoutGuardian,
            Self::SpecialGuardianship(_) => Aspect::SpecialGuardianship,
            Self::KeyDifficulty(_) => Aspect::KeyDifficulty,
            Self::LeftBehind(_) => Aspect::LeftBehind,
            Self::HandoverConsent(_) => Aspect::HandoverConsent,
        }
    }
}

secret!(Aspect, Residence, Schooling, Remark, CareSetting, LeftBehind, ConsentGiver, Consent, Circumstance);
