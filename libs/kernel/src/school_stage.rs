//! Schooling, GB/T 4658.

/// A stage of schooling, attended or completed, with the codes of GB/T 4658 and codes of our own below 10, where
/// the standard has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchoolStage {
    /// 未入学, our own code.
    NotEnrolled = 0,
    /// 学前, our own code.
    Preschool = 1,
    /// 博士, doctoral.
    Doctoral = 11,
    /// 硕士.
    Master = 14,
    /// 本科.
    Bachelor = 20,
    /// 大专.
    College = 30,
    /// 中职, secondary vocational.
    SecondaryVocational = 40,
    /// 高中, senior secondary.
    Senior = 60,
    /// 初中, junior secondary.
    Junior = 70,
    /// 小学.
    Primary = 80,
}

impl SchoolStage {
    /// Every value, by code. The standard's codes fall as schooling rises, so the order of codes is no order of
    /// schooling.
    pub const ALL: [Self; 10] = [
        Self::NotEnrolled,
        Self::Preschool,
        Self::Doctoral,
        Self::Master,
        Self::Bachelor,
        Self::College,
        Self::SecondaryVocational,
        Self::Senior,
        Self::Junior,
        Self::Primary,
    ];

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The stage of a code, `None` if it is none of ours.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// The short Chinese label that the offices' forms use.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotEnrolled => "未入学",
            Self::Preschool => "学前",
            Self::Doctoral => "博士",
            Self::Master => "硕士",
            Self::Bachelor => "本科",
            Self::College => "大专",
            Self::SecondaryVocational => "中职",
            Self::Senior => "高中",
            Self::Junior => "初中",
            Self::Primary => "小学",
        }
    }

    /// The stage of a form's label, `None` if it is none of ours.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.label() == label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_labels_lead_back() {
        for stage in SchoolStage::ALL {
            assert_eq!(SchoolStage::from_code(stage.code()), Some(stage));
            assert_eq!(SchoolStage::from_label(stage.label()), Some(stage));
        }
        assert_eq!(SchoolStage::from_code(90), None);
        assert_eq!(SchoolStage::from_label("大学"), None);
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        let code = |label| SchoolStage::from_label(label).map(SchoolStage::code);
        let standard =
            [("硕士", 14), ("本科", 20), ("大专", 30), ("中职", 40), ("高中", 60), ("初中", 70), ("小学", 80)];
        for (label, want) in standard {
            assert_eq!(code(label), Some(want), "{label}");
        }
    }
}
