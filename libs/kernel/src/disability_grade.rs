//! Disability grades, GB/T 26341.

/// A disability's grade (残疾等级). One is the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisabilityGrade {
    /// 一级.
    One = 1,
    /// 二级.
    Two = 2,
    /// 三级.
    Three = 3,
    /// 四级.
    Four = 4,
}

impl DisabilityGrade {
    /// Every grade, the gravest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// The grade's number, 1 to 4.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The grade of a number, `None` outside 1 to 4.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.code() == code)
    }

    /// The Chinese label: 一级 to 四级.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::One => "一级",
            Self::Two => "二级",
            Self::Three => "三级",
            Self::Four => "四级",
        }
    }

    /// The grade of a form's label, `None` for anything else.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.label() == label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_labels_lead_back_and_the_gravest_is_first() {
        for grade in DisabilityGrade::ALL {
            assert_eq!(DisabilityGrade::from_code(grade.code()), Some(grade));
            assert_eq!(DisabilityGrade::from_label(grade.label()), Some(grade));
        }
        assert_eq!(DisabilityGrade::from_label("二级"), Some(DisabilityGrade::Two));
        assert_eq!(DisabilityGrade::from_label("五级"), None);
        assert_eq!(DisabilityGrade::from_code(0), None);
        assert!(DisabilityGrade::One < DisabilityGrade::Four);
    }
}
