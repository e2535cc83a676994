//! Ages as the city's reports group them.

/// An age group (年龄段), by the schooling that is due [P].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgeGroup {
    /// Under three.
    Infant,
    /// Three to five.
    Preschool,
    /// Six to eleven.
    Primary,
    /// Twelve to fifteen.
    Junior,
    /// Sixteen and over: eighteen or more only where a category continues at school.
    Youth,
}

impl AgeGroup {
    /// Every group, the youngest first.
    pub const ALL: [Self; 5] = [Self::Infant, Self::Preschool, Self::Primary, Self::Junior, Self::Youth];

    /// Those under sixteen, the youngest first.
    pub const UNDER_SIXTEEN: [Self; 4] = [Self::Infant, Self::Preschool, Self::Primary, Self::Junior];

    /// The group of an age in full years.
    #[must_use]
    pub fn of(age: i32) -> Self {
        match age {
            ..3 => Self::Infant,
            3..6 => Self::Preschool,
            6..12 => Self::Primary,
            12..16 => Self::Junior,
            _ => Self::Youth,
        }
    }

    /// The ages.
    #[must_use]
    pub const fn ages(self) -> &'static str {
        match self {
            Self::Infant => "0-2",
            Self::Preschool => "3-5",
            Self::Primary => "6-11",
            Self::Junior => "12-15",
            Self::Youth => "16+",
        }
    }
}
