//! What is wrong, or odd, with a cell. A remark never repeats the value.

use super::row::Column;

/// What is wrong, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The citizen ID does not have 18 characters.
    IdLength = 1,
    /// Its check digit, or a character of it, is wrong.
    IdCheckDigit = 2,
    /// Its day of birth is another than the row's.
    IdBirthMismatch = 3,
    /// An earlier row that may be registered has the same citizen ID.
    DuplicateInFile = 4,
    /// The citizen ID has a file already.
    AlreadyRegistered = 5,
    /// The county, township or village is not known.
    UnknownDivision = 6,
    /// A category is not known, or none is given.
    UnknownCategory = 7,
    /// The name is empty.
    NameMissing = 8,
    /// 18 or over on the reference date.
    AgeOutOfRange = 9,
    /// The day of birth is no date, or after the reference date.
    BirthDateInvalid = 10,
    /// Warning: the sex differs from the citizen ID's, which wins.
    SexMismatch = 11,
    /// Warning: no citizen ID.
    NoCitizenId = 12,
    /// The day of confirmation is no date.
    ConfirmationDateInvalid = 13,
    /// A text is longer than the registry keeps.
    TextTooLong = 14,
}

impl Reason {
    /// The number in the contract, 1 to 14.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }
}

/// A remark on one cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The cell's column.
    pub column: Column,
    /// What is wrong, or odd.
    pub reason: Reason,
    /// The first character at fault, from 1, after spaces are taken away; 0 if it is the whole value.
    pub position: u16,
}

impl Remark {
    /// A remark on a whole cell.
    #[must_use]
    pub const fn new(column: Column, reason: Reason) -> Self {
        Self { column, reason, position: 0 }
    }

    /// The same remark at the character `position`, from 1.
    #[must_use]
    pub fn at(self, position: usize) -> Self {
        Self { position: u16::try_from(position).unwrap_or(u16::MAX), ..self }
    }
}
