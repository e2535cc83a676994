//! From the contract's profile to the domain's.

use contract::date::to_date;
use contract::registry::v1;
use contract::validation::{Refusal, check_message};
use kernel::spelling::trimmed;
use kernel::{CitizenId, CitizenIdError, Date, DisabilityGrade, DivisionDirectory, SchoolStage, Sex};
use platform::error::ServiceError;
use platform::request::Violations;
use prost::{Message, Name};

use super::request::household;
use crate::domain::profile::ProfilePatch;
use crate::domain::{Profile, ProfileParts};

/// A whole profile, written down today.
pub fn profile(
    profile: &v1::ChildProfile,
    divisions: &DivisionDirectory,
    today: Date,
) -> Result<Profile, ServiceError> {
    let mut wrong = Violations::default();
    let citizen_id = citizen_id("profile.citizen_id", &profile.citizen_id, &mut wrong);
    let birth_date = birth_date(profile, &mut wrong);
    let sex = sex(profile, &mut wrong);
    let school_stage = school_stage(profile, &mut wrong);
    let disability_grade = disability_grade(profile, &mut wrong);
    let home = household("profile.household_division", &profile.household_division, divisions);
    let (Some(birth_date), Ok(home)) = (birth_date, &home) else {
        wrong.none()?;
        home?;
        return Err(ServiceError::invalid("profile.birth_date", "INVALID_FIELDS", "must be set"));
    };
    wrong.none()?;
    let text = |text: &str| trimmed(text).to_owned();
    let parts = ProfileParts {
        full_name: text(&profile.full_name),
        citizen_id,
        birth_date,
        sex,
        household: *home,
        guardian_name: text(&profile.guardian_name),
        guardian_relation: text(&profile.guardian_relation),
        phone: text(&profile.phone),
        bank_account: text(&profile.bank_account),
        school_stage,
        disability_grade,
        remarks: text(&profile.remarks),
    };
    Ok(Profile::new(parts, today)?)
}

/// The fields of a profile that a mask names.
pub fn patch(profile: &v1::ChildProfile, paths: &[String]) -> Result<ProfilePatch, ServiceError> {
    let mut wrong = Violations::default();
    if paths.is_empty() {
        wrong.add("update_mask", "INVALID_FIELDS", "must name a field of the profile");
    }
    masked_rules("profile", profile, paths, &mut wrong);
    let mut patch = ProfilePatch::default();
    let text = |text: &str| Some(trimmed(text).to_owned());
    for (index, path) in paths.iter().enumerate() {
        match path.as_str() {
            "full_name" => patch.full_name = text(&profile.full_name),
            "citizen_id" => {
                let id = citizen_id("profile.citizen_id", &profile.citizen_id, &mut wrong);
                patch.citizen_id = Some(id);
            }
            "birth_date" => patch.birth_date = birth_date(profile, &mut wrong),
            "sex" => patch.sex = Some(sex(profile, &mut wrong)),
            "guardian_name" => patch.guardian_name = text(&profile.guardian_name),
            "guardian_relation" => patch.guardian_relation = text(&profile.guardian_relation),
            "phone" => patch.phone = text(&profile.phone),
            "bank_account" => patch.bank_account = text(&profile.bank_account),
            "school_stage" => patch.school_stage = Some(school_stage(profile, &mut wrong)),
            "disability_grade" => {
                patch.disability_grade = Some(disability_grade(profile, &mut wrong));
            }
            "remarks" => patch.remarks = text(&profile.remarks),
            other => wrong.add(
                format!("update_mask.paths[{index}]"),
                "INVALID_FIELDS",
                match other {
                    "household_division" => "the household division changes by TransferChild",
                    _ => "must be a field of the profile",
                },
            ),
        }
    }
    wrong.none()?;
    Ok(patch)
}

/// The contract's rules for the fields of the message at `at` that a mask names; the others may be empty.
pub fn masked_rules<M: Message + Name>(at: &str, message: &M, paths: &[String], wrong: &mut Violations) {
    let Err(Refusal::Violations(violations)) = check_message(message) else {
        return;
    };
    for violation in violations {
        let field = violation.field.split(['.', '[']).next().unwrap_or_default();
        if paths.iter().any(|path| path == field) {
            let field = format!("{at}.{}", violation.field);
            wrong.add(field, "INVALID_FIELDS", violation.expected);
        }
    }
}

/// A citizen ID in a field; `None` if it is empty or wrong.
pub fn citizen_id(field: &str, text: &str, wrong: &mut Violations) -> Option<CitizenId> {
    if trimmed(text).is_empty() {
        return None;
    }
    match CitizenId::parse(text) {
        Ok(id) => Some(id),
        Err(error) => {
            let reason = match error {
                CitizenIdError::Length { .. } => "ID_LENGTH",
                CitizenIdError::Character { .. } | CitizenIdError::CheckDigit => "ID_CHECK_DIGIT",
                CitizenIdError::BirthDate => "ID_BIRTH_MISMATCH",
            };
            wrong.add(field, reason, error.to_string());
            None
        }
    }
}

fn birth_date(profile: &v1::ChildProfile, wrong: &mut Violations) -> Option<Date> {
    let date = profile.birth_date.as_ref()?;
    match to_date(date) {
        Ok(day) => Some(day),
        Err(error) => {
            wrong.add("profile.birth_date", "BIRTH_DATE_INVALID", error.to_string());
            None
        }
    }
}

fn sex(profile: &v1::ChildProfile, wrong: &mut Violations) -> Sex {
    let sex = u8::try_from(profile.sex).ok().and_then(Sex::from_code);
    sex.unwrap_or_else(|| {
        wrong.add("profile.sex", "INVALID_FIELDS", "must be a code of GB/T 2261.1");
        Sex::Unknown
    })
}

fn school_stage(profile: &v1::ChildProfile, wrong: &mut Violations) -> Option<SchoolStage> {
    if profile.school_stage == 0 {
        return None;
    }
    let code = u8::try_from(profile.school_stage).ok();
    let stage = code.and_then(SchoolStage::from_code);
    if stage.is_none() {
        let expected = "must be a code of GB/T 4658 or our own for preschool";
        wrong.add("profile.school_stage", "INVALID_FIELDS", expected);
    }
    stage
}

fn disability_grade(profile: &v1::ChildProfile, wrong: &mut Violations) -> Option<DisabilityGrade> {
    if profile.disability_grade == 0 {
        return None;
    }
    let code = u8::try_from(profile.disability_grade).ok();
    let grade = code.and_then(DisabilityGrade::from_code);
    if grade.is_none() {
        wrong.add("profile.disability_grade", "INVALID_FIELDS", "must be 1 to 4, or 0");
    }
    grade
}
