//! The ledger's terms. Their numbers are the contract's and the database's.

macro_rules! numbered {
    ($name:ident, $count:literal: $($value:ident),+) => {
        impl $name {
            /// Every value, by number.
            pub const ALL: [Self; $count] = [$(Self::$value),+];

            /// The number in the contract and in the database.
            #[must_use]
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// The value of a number, `None` if it is none of ours.
            #[must_use]
            pub fn from_number(number: i32) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.number() == number)
            }
        }
    };
}

/// Which survey reported a child. A proposal [P]: the source says only that several did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// 学校排查.
    School = 1,
    /// 村(居)走访.
    Village = 2,
    /// 公安居住证.
    ResidencePermit = 3,
    /// 医疗机构.
    Hospital = 4,
    /// 热线.
    Hotline = 5,
    /// 网格员.
    Grid = 6,
    /// 监护人申报.
    Guardian = 7,
    /// 其他.
    Other = 8,
}
numbered!(Source, 8: School, Village, ResidencePermit, Hospital, Hotline, Grid, Guardian, Other);

/// Why a child is a special migrant child (特殊流动儿童), who is visited every month [S]. The list is a proposal [P].
///
/// **Secret (level 4).** `Debug` hides which it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpecialReason {
    /// 监护缺失或不当.
    Guardianship = 1,
    /// 家庭生活困难.
    Poverty = 2,
    /// 残疾或患病.
    Health = 3,
    /// 失学辍学.
    OutOfSchool = 4,
    /// 心理或行为异常.
    MindOrConduct = 5,
    /// 其他.
    Other = 6,
}
numbered!(SpecialReason, 6: Guardianship, Poverty, Health, OutOfSchool, MindOrConduct, Other);

/// Says only that there is one.
impl std::fmt::Debug for SpecialReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpecialReason(****)")
    }
}

/// Why an entry does not count as a migrant child on a day [L].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotMigrant {
    /// Does not stay in the city: not yet arrived, or left.
    NotStaying = 1,
    /// Stays in the county of household registration.
    SameCounty = 2,
    /// 市辖区人户分离: registered in one urban district, staying in another of the same city.
    UrbanDistricts = 3,
    /// Not yet six months outside the county of registration.
    UnderSixMonths = 4,
    /// 16 or over.
    Age = 5,
}
numbered!(NotMigrant, 5: NotStaying, SameCounty, UrbanDistricts, UnderSixMonths, Age);

/// What the ledger and another list disagree on, or what is odd with the list's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// The day of arrival.
    Arrival = 1,
    /// The residence.
    Residence = 2,
    /// The school.
    School = 3,
    /// The ledger says that the child does not stay on that day.
    NotStaying = 4,
    /// Only one of them knows the citizen ID.
    CitizenId = 5,
    /// The list has the child in an earlier row.
    Repeated = 6,
    /// Several entries bear the name and day of birth.
    Ambiguous = 7,
}
numbered!(Difference, 7: Arrival, Residence, School, NotStaying, CitizenId, Repeated, Ambiguous);
