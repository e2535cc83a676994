//! The citizen ID (公民身份号码), GB 11643.
//!
//! Six digits of the division where it was first issued, eight of the birth date, three of a sequence whose last
//! is odd for a male, and a check character (ISO 7064, MOD 11-2).

use std::borrow::Cow;
use std::fmt;

use crate::sex::Sex;
use crate::time::{Date, date};

/// A citizen ID that keeps every rule of GB 11643: 18 characters, a day of the calendar for the birth date, a right
/// check character.
///
/// The division is not looked up: codes of abolished divisions stay in the IDs of those who got them.
///
/// **Sensitive (level 3).** It has no `Display`, and `Debug` hides it; [`as_str`](Self::as_str) and
/// [`masked`](Self::masked) are the only ways out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId([u8; 18]);

/// Why a text is no citizen ID. Positions count characters from 1, after [`normalise`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters long; 17 is a mistyped one, 15 an ID from before 1999.
    #[error("a citizen id has 18 characters, not {found}")]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// Not a digit, or at the end neither a digit nor X.
    #[error("character {position} of the citizen id is not allowed there")]
    Character {
        /// Which character, 1 to 18.
        position: usize,
    },
    /// The last character does not follow from the others.
    #[error("the check digit of the citizen id does not match")]
    CheckDigit,
    /// Characters 7 to 14 are no day of the calendar.
    #[error("the citizen id contains no possible birth date")]
    BirthDate,
}

/// The weights of the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character for each remainder of the weighted sum by 11.
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

/// Undoes what offices do to an ID: full-width characters (`３７１６Ｘ`) become ASCII, white space and invisible
/// marks inside and around go, a small `x` becomes `X`. Nothing else changes.
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .map(|char| match char {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
            _ => char,
        })
        .map(|char| if char == 'x' { 'X' } else { char })
        .collect()
}

impl CitizenId {
    /// Reads an ID in any spelling that [`normalise`] understands.
    ///
    /// The check digit is judged before the birth date: where both are wrong, a digit was mistyped.
    ///
    /// # Errors
    /// The first of [`CitizenIdError::Length`], [`Character`](CitizenIdError::Character),
    /// [`CheckDigit`](CitizenIdError::CheckDigit) and [`BirthDate`](CitizenIdError::BirthDate) that applies.
    pub fn parse(text: &str) -> Result<Self, CitizenIdError> {
        let text = if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X') {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(normalise(text))
        };
        check_characters(&text, 18)?;
        let characters: [u8; 18] = text.as_bytes().try_into().expect("18 ASCII characters were counted");
        let (body, check) = characters.split_last_chunk::<1>().expect("18 is more than 1");
        if check_character(body) != check[0] {
            return Err(CitizenIdError::CheckDigit);
        }
        let id = Self(characters);
        id.birth().ok_or(CitizenIdError::BirthDate)?;
        Ok(id)
    }

    /// The ID whose first 17 digits are given, for fixtures and samples: the check character is worked out.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), with 17 characters for 18.
    pub fn complete(first_17: &str) -> Result<Self, CitizenIdError> {
        check_characters(first_17, 17)?;
        let mut characters = [0; 18];
        characters[..17].copy_from_slice(first_17.as_bytes());
        characters[17] = check_character(first_17.as_bytes());
        let id = Self(characters);
        id.birth().ok_or(CitizenIdError::BirthDate)?;
        Ok(id)
    }

    /// The 18 characters, in full. For matching, sealing and the departments that are granted it; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("a citizen id is ASCII")
    }

    /// The division and the last four characters with eight stars between them, for people to recognise it by:
    /// `371699********0039`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}********{}", &self.as_str()[..6], &self.as_str()[14..])
    }

    /// The first six digits, the GB/T 2260 code of the county that issued it, perhaps one that is no more.
    #[must_use]
    pub fn division_prefix(&self) -> &str {
        &self.as_str()[..6]
    }

    /// The birth date.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.birth().expect("the birth date was checked when the id was made")
    }

    /// The sex: male if the 17th digit is odd.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.0[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    fn birth(&self) -> Option<Date> {
        let number = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        date(number(&self.0[6..10]), number(&self.0[10..12]), number(&self.0[12..14])).ok()
    }
}

/// Whether `text` has `length` characters, all of them digits but an X allowed in the 18th place.
fn check_characters(text: &str, length: usize) -> Result<(), CitizenIdError> {
    let found = text.chars().count();
    if found != length {
        return Err(CitizenIdError::Length { found });
    }
    let wrong =
        text.chars().enumerate().find(|(index, char)| !(char.is_ascii_digit() || (*index == 17 && *char == 'X')));
    match wrong {
        Some((index, _)) => Err(CitizenIdError::Character { position: index + 1 }),
        None => Ok(()),
    }
}

/// The check character that belongs to 17 digits.
fn check_character(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}

/// Says only that it is one.
impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(****)")
    }
}

#[cfg(test)]
mod tests;
