//! Money.

use std::fmt;
use std::str::FromStr;

/// An amount of money in whole fen (分), a hundredth of a yuan (元); negative where something is owed back.
///
/// Arithmetic is checked: an overflow is the caller's to answer, never a wrong amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// A text that is not an amount in yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FenError {
    /// The text is not of the form `2140`, `2140.5` or `2140.50`, with `-` before it or not.
    #[error("not an amount of the form 2140.50")]
    Form,
    /// The amount does not fit 64 bits of fen.
    #[error("amount out of range")]
    Range,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// An amount of whole yuan, for amounts that stand in the code; amounts from outside are parsed.
    ///
    /// # Panics
    /// If the amount in fen does not fit 64 bits.
    #[must_use]
    pub const fn from_yuan(yuan: i64) -> Self {
        match yuan.checked_mul(100) {
            Some(fen) => Self(fen),
            None => panic!("an amount in yuan written in the code fits 64 bits of fen"),
        }
    }

    /// The amount in fen.
    #[must_use]
    pub const fn as_fen(self) -> i64 {
        self.0
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The difference, or `None` on overflow.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The amount so many times, or `None` on overflow.
    #[must_use]
    pub const fn checked_mul(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The sum of all, or `None` on overflow.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Yuan with two decimals: `2140.50`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.unsigned_abs();
        f.pad_integral(self.0 >= 0, "", &format!("{}.{:02}", fen / 100, fen % 100))
    }
}

/// Reads yuan with at most two decimals.
impl FromStr for Fen {
    type Err = FenError;

    fn from_str(text: &str) -> Result<Self, FenError> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (yuan, decimals) = match digits.split_once('.') {
            Some((_, "")) => return Err(FenError::Form),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || decimals.len() > 2 || !all_digits(yuan) || !all_digits(decimals) {
            return Err(FenError::Form);
        }
        let fen = yuan
            .bytes()
            .chain(decimals.bytes())
            .chain(std::iter::repeat_n(b'0', 2 - decimals.len()))
            .try_fold(0_i64, |fen, digit| fen.checked_mul(10)?.checked_add(sign * i64::from(digit - b'0')));
        fen.map(Self).ok_or(FenError::Range)
    }
}

#[cfg(test)]
mod tests;
