//! Who a migrant child is, and who guards it.

use std::fmt;

use kernel::{CitizenId, Date, Sex};

/// The parts of an [`Identity`], not yet checked against one another.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityParts {
    /// The child's name, trimmed.
    pub full_name: String,
    /// The citizen ID, where a survey knows it.
    pub citizen_id: Option<CitizenId>,
    /// The day of birth.
    pub birth_date: Date,
    /// The sex.
    pub sex: Sex,
}

/// Who a child is. With a citizen ID, birth date and sex are the ID's.
///
/// **Sensitive (level 3).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity(IdentityParts);

/// Why the parts do not agree.
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
    /// Checks the parts on the day on which they are written down. The citizen ID's sex wins over another.
    ///
    /// # Errors
    /// [`IdentityError`] with the first rule that is broken.
    pub fn new(parts: IdentityParts, today: Date) -> Result<Self, IdentityError> {
        if parts.full_name.trim().is_empty() {
            return Err(IdentityError::NameMissing);
        }
        if parts.birth_date > today {
            return Err(IdentityError::BornInFuture);
        }
        match parts.citizen_id {
            None => Ok(Self(parts)),
            Some(id) if id.birth_date() == parts.birth_date => Ok(Self(IdentityParts { sex: id.sex(), ..parts })),
            Some(_) => Err(IdentityError::BirthMismatch),
        }
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &IdentityParts {
        &self.0
    }

    /// By what the child is known where a list has no citizen ID.
    #[must_use]
    pub fn name_key(&self) -> NameKey {
        NameKey::new(&self.0.full_name, self.0.birth_date)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(****)")
    }
}

/// A name without its spaces, and a day of birth.
///
/// **Sensitive (level 3).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(String, Date);

impl NameKey {
    /// Spaces in the name do not count.
    #[must_use]
    pub fn new(full_name: &str, birth_date: Date) -> Self {
        Self(full_name.chars().filter(|letter| !letter.is_whitespace()).collect(), birth_date)
    }

    /// The text of which a keyed hash is made.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.0, self.1)
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(****)")
    }
}

/// Who guards the child in the city.
///
/// **Sensitive (level 3).** `Debug` hides all of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Guardian {
    /// The name, trimmed; may be empty.
    pub name: String,
    /// The phone; may be empty.
    pub phone: String,
}

impl Guardian {
    /// Nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.name.is_empty() && self.phone.is_empty()
    }

    /// This one, with what it lacks taken from another.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let pick = |one: &String, two: &String| if one.is_empty() { two.clone() } else { one.clone() };
        Self { name: pick(&self.name, &other.name), phone: pick(&self.phone, &other.phone) }
    }
}

impl fmt::Debug for Guardian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guardian(****)")
    }
}
