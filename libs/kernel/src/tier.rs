//! The support tiers, by which children are paid.

use std::fmt;

/// The support tier (保障档次): all that a payment or another department needs of a category. Tiers sort from the one that
/// is paid most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Institutional.
    A = 1,
    /// Scattered; it does not say for which of three reasons.
    B = 2,
    /// Key difficulty.
    C = 3,
}

impl Tier {
    /// Every tier, by number.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The number in the contract, 1 to 3.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The tier of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.number() == number)
    }
}

/// Its letter.
impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
