//! What an office writes down of a child.

use std::fmt;
use std::ops::Deref;

use kernel::{CitizenId, Date, DisabilityGrade, Division, SchoolStage, Sex};

/// The division of household registration (户籍): a county or something inside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Household {
    division: Division,
    county: Division,
}

impl Household {
    /// A household in `division`, `None` if that is larger than a county.
    #[must_use]
    pub fn in_division(division: Division) -> Option<Self> {
        let county = division.county()?;
        Some(Self { division, county })
    }

    /// The division, as exact as the office knows it.
    #[must_use]
    pub fn division(self) -> Division {
        self.division
    }

    /// The county, which pays and visits.
    #[must_use]
    pub fn county(self) -> Division {
        self.county
    }
}

/// The parts of a [`Profile`], not yet checked against one another. All text is as the office spells it, trimmed;
/// empty where nothing is known.
#[derive(Clone, PartialEq, Eq)]
pub struct ProfileParts {
    /// The child's name.
    pub full_name: String,
    /// The citizen ID; a foundling without registration has none.
    pub citizen_id: Option<CitizenId>,
    /// The day of birth, known or estimated.
    pub birth_date: Date,
    /// The sex.
    pub sex: Sex,
    /// Where the household is registered.
    pub household: Household,
    /// The guardian's name.
    pub guardian_name: String,
    /// How the guardian is related, in the office's word: 祖母.
    pub guardian_relation: String,
    /// The guardian's phone.
    pub phone: String,
    /// The account that receives payments.
    pub bank_account: String,
    /// The level of schooling, if known.
    pub school_stage: Option<SchoolStage>,
    /// The grade of disability, if any.
    pub disability_grade: Option<DisabilityGrade>,
    /// The office's remarks.
    pub remarks: String,
}

/// A profile whose parts agree: it names the child, and with a citizen ID the birth date and the sex are the ID's.
///
/// **Sensitive (level 3, remarks 4).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile(ProfileParts);

/// Why the parts of a profile do not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
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

impl Profile {
    /// Checks the parts on the day on which they are written down. The citizen ID's sex wins over another.
    ///
    /// # Errors
    /// [`ProfileError`] with the first rule that is broken.
    pub fn new(parts: ProfileParts, today: Date) -> Result<Self, ProfileError> {
        if parts.full_name.trim().is_empty() {
            return Err(ProfileError::NameMissing);
        }
        if parts.birth_date > today {
            return Err(ProfileError::BornInFuture);
        }
        match parts.citizen_id {
            None => Ok(Self(parts)),
            Some(id) if id.birth_date() == parts.birth_date => Ok(Self(ProfileParts { sex: id.sex(), ..parts })),
            Some(_) => Err(ProfileError::BirthMismatch),
        }
    }

    /// The parts, to change some of them and check again.
    #[must_use]
    pub fn into_parts(self) -> ProfileParts {
        self.0
    }

    /// The same child moved to another division.
    #[must_use]
    pub fn moved_to(&self, household: Household) -> Self {
        Self(ProfileParts { household, ..self.0.clone() })
    }

    /// The same child with a citizen ID that was found elsewhere: its birth date and sex come with it.
    #[must_use]
    pub fn identified(&self, id: CitizenId) -> Self {
        Self(ProfileParts { citizen_id: Some(id), birth_date: id.birth_date(), sex: id.sex(), ..self.0.clone() })
    }

    /// The names of the fields in which `other` differs, in the contract's order.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let (one, other) = (&self.0, &other.0);
        [
            ("full_name", one.full_name != other.full_name),
            ("citizen_id", one.citizen_id != other.citizen_id),
            ("birth_date", one.birth_date != other.birth_date),
            ("sex", one.sex != other.sex),
            ("household_division", one.household != other.household),
            ("guardian_name", one.guardian_name != other.guardian_name),
            ("guardian_relation", one.guardian_relation != other.guardian_relation),
            ("phone", one.phone != other.phone),
            ("bank_account", one.bank_account != other.bank_account),
            ("school_stage", one.school_stage != other.school_stage),
            ("disability_grade", one.disability_grade != other.disability_grade),
            ("remarks", one.remarks != other.remarks),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }
}

/// New values for some fields of a profile; the household is none of them, it moves by a transfer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProfilePatch {
    /// See [`ProfileParts::full_name`].
    pub full_name: Option<String>,
    /// See [`ProfileParts::citizen_id`]; `Some(None)` takes a wrong one away.
    pub citizen_id: Option<Option<CitizenId>>,
    /// See [`ProfileParts::birth_date`].
    pub birth_date: Option<Date>,
    /// See [`ProfileParts::sex`].
    pub sex: Option<Sex>,
    /// See [`ProfileParts::guardian_name`].
    pub guardian_name: Option<String>,
    /// See [`ProfileParts::guardian_relation`].
    pub guardian_relation: Option<String>,
    /// See [`ProfileParts::phone`].
    pub phone: Option<String>,
    /// See [`ProfileParts::bank_account`].
    pub bank_account: Option<String>,
    /// See [`ProfileParts::school_stage`].
    pub school_stage: Option<Option<SchoolStage>>,
    /// See [`ProfileParts::disability_grade`].
    pub disability_grade: Option<Option<DisabilityGrade>>,
    /// See [`ProfileParts::remarks`].
    pub remarks: Option<String>,
}

impl ProfilePatch {
    /// The profile with the new values.
    ///
    /// # Errors
    /// [`ProfileError`] if they cannot stand together.
    pub fn apply(&self, profile: &Profile, today: Date) -> Result<Profile, ProfileError> {
        let parts = profile.0.clone();
        let patch = self.clone();
        let parts = ProfileParts {
            full_name: patch.full_name.unwrap_or(parts.full_name),
            citizen_id: patch.citizen_id.unwrap_or(parts.citizen_id),
            birth_date: patch.birth_date.unwrap_or(parts.birth_date),
            sex: patch.sex.unwrap_or(parts.sex),
            household: parts.household,
            guardian_name: patch.guardian_name.unwrap_or(parts.guardian_name),
            guardian_relation: patch.guardian_relation.unwrap_or(parts.guardian_relation),
            phone: patch.phone.unwrap_or(parts.phone),
            bank_account: patch.bank_account.unwrap_or(parts.bank_account),
            school_stage: patch.school_stage.unwrap_or(parts.school_stage),
            disability_grade: patch.disability_grade.unwrap_or(parts.disability_grade),
            remarks: patch.remarks.unwrap_or(parts.remarks),
        };
        Profile::new(parts, today)
    }

    /// The part that says who the child is, which was so from birth.
    #[must_use]
    pub fn identity(&self) -> Self {
        Self {
            full_name: self.full_name.clone(),
            citizen_id: self.citizen_id,
            birth_date: self.birth_date,
            sex: self.sex,
            ..Self::default()
        }
    }

    /// The part that says how the child lives, which changes with time.
    #[must_use]
    pub fn circumstances(&self) -> Self {
        Self { full_name: None, citizen_id: None, birth_date: None, sex: None, ..self.clone() }
    }
}

impl Deref for Profile {
    type Target = ProfileParts;

    fn deref(&self) -> &ProfileParts {
        &self.0
    }
}

/// Says only that it is one.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(****)")
    }
}

/// Says only that it is one.
impl fmt::Debug for ProfileParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfileParts(****)")
    }
}

/// Says only that it is one.
impl fmt::Debug for ProfilePatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfilePatch(****)")
    }
}

#[cfg(test)]
mod tests;
