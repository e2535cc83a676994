//! What is compared of a child.

use kernel::{CitizenId, Date, Division, DivisionLevel, Sex};

use super::name::Name;
use crate::domain::Profile;

/// What is known of a child, in a file or by a person who looks for one. **Sensitive**: `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Traits {
    /// The citizen ID.
    pub citizen_id: Option<CitizenId>,
    /// The child's name.
    pub name: Option<Name>,
    /// The day of birth.
    pub birth_date: Date,
    /// The sex.
    pub sex: Sex,
    /// Where the household is registered.
    pub division: Option<Division>,
    /// The guardian's name.
    pub guardian: Option<Name>,
}

impl Traits {
    /// What a file says.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        Self {
            citizen_id: profile.citizen_id,
            name: Name::of(&profile.full_name),
            birth_date: profile.birth_date,
            sex: profile.sex,
            division: Some(profile.household.division()),
            guardian: Name::of(&profile.guardian_name),
        }
    }

    /// The sex, if it is known.
    #[must_use]
    pub fn known_sex(&self) -> Option<Sex> {
        matches!(self.sex, Sex::Male | Sex::Female).then_some(self.sex)
    }

    /// The township, if the division is as exact as that.
    #[must_use]
    pub fn township(&self) -> Option<&str> {
        let division = self.division.as_ref()?;
        matches!(division.level(), DivisionLevel::Township | DivisionLevel::Village).then(|| &division.as_str()[..9])
    }
}

/// Says only that they are some.
impl std::fmt::Debug for Traits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traits(****)")
    }
}
