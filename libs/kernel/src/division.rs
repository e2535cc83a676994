//! Administrative divisions, GB/T 2260 and the statistical codes below the county.

use std::fmt;
use std::str::FromStr;

/// The level of a [`Division`], the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// 省, two digits.
    Province,
    /// 市, four digits.
    City,
    /// 县, 县级市, 区: six digits.
    County,
    /// 乡, 镇, 街道: nine digits.
    Township,
    /// 村, 社区: twelve digits.
    Village,
}

impl DivisionLevel {
    /// Every level, the largest first.
    pub const ALL: [Self; 5] = [Self::Province, Self::City, Self::County, Self::Township, Self::Village];

    /// How many digits of a code name a division of this level.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::County => 6,
            Self::Township => 9,
            Self::Village => 12,
        }
    }

    /// The level's name: `county`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

impl fmt::Display for DivisionLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An administrative division by its code, from a province (`37`) to a village (`371602001001`).
///
/// A division's own digits are the beginning of the code of everything inside it: 37 → 3716 → 371602 → 371602xxx.
/// Codes are filled with zeros to a customary length (`370000`, `371600`, `371602000000`); those zeros say
/// nothing and are dropped, so that 371600 is 3716 and contains 371602. Divisions sort by code, the larger
/// before what it contains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division {
    /// The level's digits in ASCII, then NULs.
    digits: [u8; 12],
    level: DivisionLevel,
}

/// A text that is not a division's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DivisionError {
    /// Not 2, 4, 6, 9 or 12 characters long.
    #[error("a division code has 2, 4, 6, 9 or 12 digits, not {found}")]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// Not a digit.
    #[error("character {position} of the division code is not a digit")]
    Character {
        /// Which character, from 1.
        position: usize,
    },
    /// The code begins with 00, which is no province.
    #[error("the division code names no province")]
    Province,
}

impl Division {
    /// The level.
    #[must_use]
    pub const fn level(self) -> DivisionLevel {
        self.level
    }

    /// The division's own digits: 2, 4, 6, 9 or 12 of them. What lies inside has a code that begins with these.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.digits[..self.level.digits()]).expect("the code is ASCII")
    }

    /// The code in its customary length, six digits for a province or a city: `371600`.
    #[must_use]
    pub fn padded(&self) -> String {
        format!("{:0<6}", self.as_str())
    }

    /// The division of `level` around this one, itself if it is of that level. `None` if this one is larger, or if
    /// there is none between: Dongguan's townships (`441900003`) lie in a city without counties.
    #[must_use]
    pub fn ancestor(self, level: DivisionLevel) -> Option<Self> {
        if level > self.level {
            return None;
        }
        let around = Self::new(self.digits, level);
        (around.level == level).then_some(around)
    }

    /// The next larger division, `None` for a province.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let larger = match self.level {
            DivisionLevel::Province => return None,
            DivisionLevel::City => DivisionLevel::Province,
            DivisionLevel::County => DivisionLevel::City,
            DivisionLevel::Township => DivisionLevel::County,
            DivisionLevel::Village => DivisionLevel::Township,
        };
        Some(Self::new(self.digits, larger))
    }

    /// The county (six digits) in which this lies or which it is.
    #[must_use]
    pub fn county(self) -> Option<Self> {
        self.ancestor(DivisionLevel::County)
    }

    /// Whether `other` is this division or lies inside it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.as_str())
    }

    /// The division of the first digits that `level` has, or a larger one if the last of them only fill up.
    fn new(digits: [u8; 12], level: DivisionLevel) -> Self {
        let level = DivisionLevel::ALL
            .into_iter()
            .zip([0, 2, 4, 6, 9])
            .take_while(|(candidate, _)| *candidate <= level)
            .filter(|(candidate, from)| digits[*from..candidate.digits()].iter().any(|digit| *digit != b'0'))
            .last()
            .map_or(DivisionLevel::Province, |(level, _)| level);
        let mut own = [0; 12];
        own[..level.digits()].copy_from_slice(&digits[..level.digits()]);
        Self { digits: own, level }
    }
}

impl FromStr for Division {
    type Err = DivisionError;

    fn from_str(text: &str) -> Result<Self, DivisionError> {
        let found = text.chars().count();
        let level = DivisionLevel::ALL
            .into_iter()
            .find(|level| level.digits() == found)
            .ok_or(DivisionError::Length { found })?;
        if let Some(index) = text.chars().position(|char| !char.is_ascii_digit()) {
            return Err(DivisionError::Character { position: index + 1 });
        }
        if text.starts_with("00") {
            return Err(DivisionError::Province);
        }
        let mut digits = [0; 12];
        digits[..found].copy_from_slice(text.as_bytes());
        Ok(Self::new(digits, level))
    }
}

/// The division's own digits, as [`Division::as_str`].
impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The area for which somebody is responsible: a division with everything inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction(pub Division);

impl Jurisdiction {
    /// Whether `division` lies in this area.
    #[must_use]
    pub fn covers(&self, division: &Division) -> bool {
        self.0.contains(division)
    }
}

#[cfg(test)]
mod tests;
