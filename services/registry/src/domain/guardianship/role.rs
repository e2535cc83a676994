//! What a person is to a child.

use kernel::PersonId;

use crate::domain::evidence::Evidence;
use crate::domain::secret::secret;

/// What a person is to a child.
///
/// **Sensitive (level 3).** `Debug` hides which it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleKind {
    /// 父亲.
    Father,
    /// 母亲.
    Mother,
    /// 祖父母或外祖父母.
    Grandparent,
    /// 其他亲属.
    OtherRelative,
    /// 监护人.
    Guardian(GuardianBasis),
    /// 委托照护人.
    EntrustedCarer,
    /// 寄养家庭照护人.
    FosterCarer,
    /// 机构负责人.
    InstitutionRepresentative,
}

/// On what a guardianship rests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardianBasis {
    /// 法定监护 [L: 民法典 27].
    Law = 1,
    /// 指定监护, by the village committee or civil affairs [L: 民法典 31].
    Appointment = 2,
    /// 法院判决 [L: 民法典 31, 36].
    Judgment = 3,
}

impl GuardianBasis {
    /// Every basis, by number.
    pub const ALL: [Self; 3] = [Self::Law, Self::Appointment, Self::Judgment];

    /// The number in the contract and in what is sealed, 1 to 3.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The basis of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.number() == number)
    }
}

impl RoleKind {
    /// The number in the contract and in what is sealed, 1 to 8.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Father => 1,
            Self::Mother => 2,
            Self::Grandparent => 3,
            Self::OtherRelative => 4,
            Self::Guardian(_) => 5,
            Self::EntrustedCarer => 6,
            Self::FosterCarer => 7,
            Self::InstitutionRepresentative => 8,
        }
    }

    /// The kind of two numbers, `None` if there is none, or if a basis stands where none belongs or lacks.
    #[must_use]
    pub fn from_numbers(kind: i32, basis: i32) -> Option<Self> {
        match (kind, GuardianBasis::from_number(basis)) {
            (5, Some(basis)) => Some(Self::Guardian(basis)),
            (5, None) | (_, Some(_)) => None,
            (1, None) => Some(Self::Father),
            (2, None) => Some(Self::Mother),
            (3, None) => Some(Self::Grandparent),
            (4, None) => Some(Self::OtherRelative),
            (6, None) => Some(Self::EntrustedCarer),
            (7, None) => Some(Self::FosterCarer),
            (8, None) => Some(Self::InstitutionRepresentative),
            _ => None,
        }
    }

    /// The basis of a guardianship, 0 for other roles.
    #[must_use]
    pub fn basis_number(self) -> i32 {
        match self {
            Self::Guardian(basis) => basis.number(),
            _ => 0,
        }
    }

    /// Of which a child has one at most.
    #[must_use]
    pub fn is_parent(self) -> bool {
        matches!(self, Self::Father | Self::Mother)
    }
}

/// What one person is to a child.
///
/// **Sensitive (level 3).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Role {
    /// Who.
    pub person: PersonId,
    /// What.
    pub kind: RoleKind,
    /// The documents behind it.
    pub evidence: Vec<Evidence>,
}

secret!(RoleKind, GuardianBasis, Role);
