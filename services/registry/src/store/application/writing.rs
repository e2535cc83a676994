use platform::database::Rows;
use platform::vault::{Vault, VaultError};

use super::sealed::SealedApplication;
use super::state;
use crate::domain::CategoryApplication;
use crate::domain::application::ApplicationState;

/// The rows of the table `category_application`.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn rows(applications: &[&CategoryApplication], vault: &Vault) -> Result<Rows, VaultError> {
    let seal = |one: &&CategoryApplication| SealedApplication::of(one).seal(vault, one.id);
    let sealed = applications.iter().map(seal).collect::<Result<_, _>>()?;
    let all = applications.iter();
    Ok(Rows::new("category_application")
        .uuid("id", all.clone().map(|one| one.id.as_uuid()).collect())
        .int("version", all.clone().map(|one| i64::from(one.version)).collect())
        .uuid("child_id", all.clone().map(|one| one.child.as_uuid()).collect())
        .text("county", all.clone().map(|one| one.county.to_string()).collect())
        .int("state", all.clone().map(|one| number(&one.state)).collect())
        .optional_text("due_on", all.clone().map(|one| Some(one.waiting()?.1.last_day.to_string())).collect())
        .int("reminders", all.clone().map(|one| one.waiting().map_or(0, |(_, due)| due.reminders.into())).collect())
        .blob("sealed", sealed)
        .int("created_at", all.clone().map(|one| one.submitted_at.as_micros()).collect())
        .int("updated_at", all.map(|one| one.changed_at.as_micros()).collect()))
}

pub(super) fn number(application: &ApplicationState) -> i64 {
    match application {
        ApplicationState::Submitted { .. } => state::SUBMITTED,
        ApplicationState::Checked { .. } => state::CHECKED,
        ApplicationState::Confirmed { .. } => state::CONFIRMED,
        ApplicationState::Refused { .. } => state::REFUSED,
        ApplicationState::Withdrawn { .. } => state::WITHDRAWN,
    }
}
