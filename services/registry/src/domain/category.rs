//! The categories of help and the tier that follows from each.

use kernel::Tier;

/// A category under which a child is helped (儿童类别). A child may carry several at once.
///
/// **Secret (level 4 for one of them, 3 for the rest).** It has no `Display`; others learn the [`Tier`] only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// 机构养育孤儿.
    InstitutionalOrphan = 1,
    /// 社会散居孤儿.
    ScatteredOrphan = 2,
    /// 事实无人抚养儿童.
    DeFactoUnattended = 3,
    /// 受艾滋病影响儿童.
    HivAffected = 4,
    /// 重点困境儿童.
    KeyDifficulty = 5,
    /// 困境儿童.
    InDifficulty = 6,
    /// 留守儿童.
    LeftBehind = 7,
    /// 流动儿童.
    Migrant = 8,
    /// 特殊监护困境儿童.
    SpecialGuardianshipDifficulty = 9,
    /// 临时监护困境儿童.
    TemporaryGuardianshipDifficulty = 10,
    /// 残疾儿童.
    Disabled = 11,
}

impl Category {
    /// Every category, by number.
    pub const ALL: [Self; 11] = [
        Self::InstitutionalOrphan,
        Self::ScatteredOrphan,
        Self::DeFactoUnattended,
        Self::HivAffected,
        Self::KeyDifficulty,
        Self::InDifficulty,
        Self::LeftBehind,
        Self::Migrant,
        Self::SpecialGuardianshipDifficulty,
        Self::TemporaryGuardianshipDifficulty,
        Self::Disabled,
    ];

    /// The number in the contract and in the database, 1 to 11.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The category of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.number() == number)
    }

    /// The tier, `None` where the category carries no basic-living payment. Tier B is paid for three categories at
    /// one rate, so that it does not reveal which.
    #[must_use]
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::InstitutionalOrphan => Some(Tier::A),
            Self::ScatteredOrphan | Self::DeFactoUnattended | Self::HivAffected => Some(Tier::B),
            Self::KeyDifficulty => Some(Tier::C),
            Self::InDifficulty
            | Self::LeftBehind
            | Self::Migrant
            | Self::SpecialGuardianshipDifficulty
            | Self::TemporaryGuardianshipDifficulty
            | Self::Disabled => None,
        }
    }

    /// The categories that lead to a tier.
    pub fn of_tier(tier: Tier) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |category| category.tier() == Some(tier))
    }

    /// The age in full years at which a child is too old to be confirmed: 16 for left-behind and migrant children
    /// (国发〔2016〕13号), 18 for all others.
    #[must_use]
    pub const fn age_limit(self) -> i32 {
        match self {
            Self::LeftBehind | Self::Migrant => 16,
            _ => 18,
        }
    }
}

/// Says only that it is one.
impl std::fmt::Debug for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Category(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tier_b_covers_three_categories_and_no_more() {
        let of = |tier: Tier| Category::of_tier(tier).map(Category::number).collect::<Vec<_>>();
        assert_eq!(of(Tier::A), [1]);
        assert_eq!(of(Tier::B), [2, 3, 4]);
        assert_eq!(of(Tier::C), [5]);
    }

    #[test]
    fn numbers_lead_back() {
        for number in -1..20 {
            let category = Category::from_number(number);
            assert_eq!(category.is_some(), (1..=11).contains(&number), "{number}");
            assert!(category.is_none_or(|category| category.number() == number));
        }
    }
}
