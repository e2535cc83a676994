//! Sex, GB/T 2261.1.

/// Sex with the codes of GB/T 2261.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 未知的性别, not known.
    #[default]
    Unknown = 0,
    /// 男性.
    Male = 1,
    /// 女性.
    Female = 2,
    /// 未说明的性别, not stated.
    Unstated = 9,
}

impl Sex {
    /// Every value, by code.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Male, Self::Female, Self::Unstated];

    /// The code of GB/T 2261.1: 0, 1, 2 or 9.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The sex of a code, `None` if the standard has no such code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.code() == code)
    }

    /// The sex of a form's 男 or 女 (also 男性, 女性), `None` for anything else.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        match label {
            "男" | "男性" => Some(Self::Male),
            "女" | "女性" => Some(Self::Female),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard_and_lead_back() {
        assert_eq!(Sex::ALL.map(Sex::code), [0, 1, 2, 9]);
        for code in 0..=u8::MAX {
            assert_eq!(Sex::from_code(code).map(Sex::code), [0, 1, 2, 9].contains(&code).then_some(code));
        }
    }

    #[test]
    fn forms_write_one_character() {
        assert_eq!(Sex::from_label("男"), Some(Sex::Male));
        assert_eq!(Sex::from_label("女"), Some(Sex::Female));
        assert_eq!(Sex::from_label("男女"), None);
    }
}
