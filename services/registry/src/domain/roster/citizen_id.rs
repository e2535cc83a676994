//! The citizen ID in a cell.

use kernel::spelling::plain;
use kernel::{CitizenId, CitizenIdError, Date};

use super::remark::Reason;

/// The first digit of the birth date.
const BIRTH: u16 = 7;

/// The check digit.
const CHECK: u16 = 18;

/// Why a cell is no citizen ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CitizenIdFault {
    /// What is wrong.
    pub reason: Reason,
    /// The first character at fault, from 1; 0 if it is the whole value.
    pub position: u16,
}

/// The citizen ID of a cell; nothing if the cell is empty. Length, characters, check digit and day of birth are judged in
/// this order, and the first fault counts.
///
/// # Errors
/// [`CitizenIdFault`].
pub fn citizen_id(cell: &str, birth_date: Option<Date>) -> Result<Option<CitizenId>, CitizenIdFault> {
    let cell = plain(cell);
    if cell.is_empty() {
        return Ok(None);
    }
    let (reason, position) = match CitizenId::parse(&cell) {
        Ok(id) if birth_date.is_none_or(|day| day == id.birth_date()) => return Ok(Some(id)),
        Ok(_) | Err(CitizenIdError::BirthDate) => (Reason::IdBirthMismatch, BIRTH),
        Err(CitizenIdError::Length { .. }) => (Reason::IdLength, 0),
        Err(CitizenIdError::Character { position }) => {
            (Reason::IdCheckDigit, u16::try_from(position).unwrap_or(u16::MAX))
        }
        Err(CitizenIdError::CheckDigit) => (Reason::IdCheckDigit, CHECK),
    };
    Err(CitizenIdFault { reason, position })
}
