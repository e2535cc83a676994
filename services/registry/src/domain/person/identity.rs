//! Who a person is, and how it is reached.

use std::ops::Deref;

use kernel::{CitizenId, Date, Division, Sex};

use crate::domain::secret::secret;

/// The parts of an [`Identity`], not yet checked against one another. All text is trimmed.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityParts {
    /// The name.
    pub full_name: String,
    /// The citizen ID, where it is known.
    pub citizen_id: Option<CitizenId>,
    /// The day of birth, where it is known.
    pub birth_date: Option<Date>,
    /// The sex.
    pub sex: Sex,
}

/// Who a person is: with a citizen ID, the birth date and the sex are the ID's.
///
/// **Sensitive (level 3).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity(IdentityParts);

/// Why the parts of an identity do not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The name is empty.
    #[error("the name is empty")]
    NameMissing,
    /// The birth date is another than the citizen ID's.
    #[error("the citizen id and the day of birth disagree")]
    BirthMismatch,
    /// The day of birth is after the day on which it is written down.
    #[error("the day of birth lies in the future")]
    BornInFuture,
}

impl Identity {
    /// Checks the parts on the day on which they are written down.
    ///
    /// # Errors
    /// [`IdentityError`] with the first rule that is broken.
    pub fn new(parts: IdentityParts, today: Date) -> Result<Self, IdentityError> {
        if parts.full_name.trim().is_empty() {
            return Err(IdentityError::NameMissing);
        }
        let parts = match parts.citizen_id {
            None => parts,
            Some(id) if parts.birth_date.is_none_or(|day| day == id.birth_date()) => {
                IdentityParts { birth_date: Some(id.birth_date()), sex: id.sex(), ..parts }
            }
            Some(_) => return Err(IdentityError::BirthMismatch),
        };
        if parts.birth_date.is_some_and(|day| day > today) {
            return Err(IdentityError::BornInFuture);
        }
        Ok(Self(parts))
    }
}

impl Deref for Identity {
    type Target = IdentityParts;

    fn deref(&self) -> &IdentityParts {
        &self.0
    }
}

/// How a person is reached (联系方式). All text is trimmed, empty where nothing is known.
///
/// **Sensitive (level 3).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The phone.
    pub phone: String,
    /// Where the person lives, anywhere in the country.
    pub division: Option<Division>,
    /// The address within it.
    pub address: String,
}

secret!(IdentityParts, Identity, Contact);
