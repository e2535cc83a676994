//! What a comparison finds, field by field.

/// A field that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The citizen ID.
    CitizenId = 1,
    /// The name.
    Name = 2,
    /// The day of birth.
    Birth = 3,
    /// The sex.
    Sex = 4,
    /// Where the household is registered.
    Place = 5,
    /// The guardian's name.
    Guardian = 6,
}

/// What was found of a field. Within a field the better comes first. The numbers are the contract's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Both have the same citizen ID.
    CitizenIdSame = 1,
    /// Both have one, and they differ.
    CitizenIdDifferent = 2,
    /// One has none.
    CitizenIdUnknown = 3,
    /// The whole name is the same.
    NameSame = 11,
    /// The family name is the same, and the given name but for one character.
    NameNear = 12,
    /// The given name is the same, the family name another: the mother's and the father's.
    GivenNameSame = 13,
    /// The family name is the same alone.
    FamilyNameSame = 14,
    /// Neither is the same.
    NameDifferent = 15,
    /// No name is given.
    NameUnknown = 16,
    /// The day of birth is the same.
    BirthSame = 21,
    /// Day and month are exchanged.
    BirthSwapped = 22,
    /// Day and month are the same, the years next to each other.
    BirthYearNear = 23,
    /// Year and month are the same.
    BirthMonthSame = 24,
    /// None of these.
    BirthDifferent = 25,
    /// The sex is the same.
    SexSame = 31,
    /// The sex differs.
    SexDifferent = 32,
    /// One is not known.
    SexUnknown = 33,
    /// The township is the same.
    TownshipSame = 41,
    /// The county is the same, the township another or not known.
    CountySame = 42,
    /// The county differs.
    PlaceDifferent = 43,
    /// No place is given.
    PlaceUnknown = 44,
    /// The guardian's name is the same.
    GuardianSame = 51,
    /// The guardian's name differs.
    GuardianDifferent = 52,
    /// One has no guardian's name.
    GuardianUnknown = 53,
}

impl Reason {
    /// Every reason, by number.
    pub const ALL: [Self; 24] = [
        Self::CitizenIdSame,
        Self::CitizenIdDifferent,
        Self::CitizenIdUnknown,
        Self::NameSame,
        Self::NameNear,
        Self::GivenNameSame,
        Self::FamilyNameSame,
        Self::NameDifferent,
        Self::NameUnknown,
        Self::BirthSame,
        Self::BirthSwapped,
        Self::BirthYearNear,
        Self::BirthMonthSame,
        Self::BirthDifferent,
        Self::SexSame,
        Self::SexDifferent,
        Self::SexUnknown,
        Self::TownshipSame,
        Self::CountySame,
        Self::PlaceDifferent,
        Self::PlaceUnknown,
        Self::GuardianSame,
        Self::GuardianDifferent,
        Self::GuardianUnknown,
    ];

    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The field of which it speaks.
    #[must_use]
    pub const fn field(self) -> Field {
        match self.number() {
            ..10 => Field::CitizenId,
            10..20 => Field::Name,
            20..30 => Field::Birth,
            30..40 => Field::Sex,
            40..50 => Field::Place,
            _ => Field::Guardian,
        }
    }

    /// Whether nothing was found because something is not known. That never counts.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        matches!(
            self,
            Self::CitizenIdUnknown | Self::NameUnknown | Self::SexUnknown | Self::PlaceUnknown | Self::GuardianUnknown
        )
    }

    /// Those of a field that count, the better first.
    pub fn of(field: Field) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |reason| reason.field() == field && !reason.is_unknown())
    }
}

/// It tells of a child: says only that it is one.
impl std::fmt::Debug for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reason({:?}: ****)", self.field())
    }
}
