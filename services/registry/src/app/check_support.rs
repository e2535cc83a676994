//! Tells a partner whether a child is supported.

use kernel::{ChildId, CitizenId, Division, Instant, Month};
use platform::error::ServiceError;

use super::Application;
use super::refusal::child_not_found;
use crate::domain::Child;
use crate::store::reading;

/// Whom a partner asks about.
#[derive(Clone, Copy)]
pub enum About {
    /// A child that it has a reference to.
    Child(ChildId),
    /// Whoever has this citizen ID.
    CitizenId(CitizenId),
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Whether the child is supported in the month.
    pub supported: bool,
    /// The child; nothing where that would tell more than was asked.
    pub child: Option<ChildId>,
    /// The child that was found, which is not for the partner.
    pub found: Option<ChildId>,
}

impl Application {
    /// Whether a child whose home is in the asker's area is supported in a month.
    ///
    /// # Errors
    /// `NOT_FOUND` (`CHILD_NOT_FOUND`) for a reference that is none, or to a child elsewhere.
    pub async fn check_support(
        &self,
        about: About,
        month: Month,
        covers: impl Fn(Division) -> bool,
    ) -> Result<Support, ServiceError> {
        let now = self.clock.now();
        match about {
            About::Child(id) => {
                let child = self.with_past(id).await?;
                if !covers(child.profile().household.division()) {
                    return Err(child_not_found());
                }
                Ok(Support { supported: is_supported(&child, month, now), child: Some(id), found: Some(id) })
            }
            About::CitizenId(citizen_id) => {
                let holders = reading::holders(self.database.reader(), &self.vault, [citizen_id]).await?;
                let Some(&id) = holders.values().next() else { return Ok(Support::default()) };
                let child = self.with_past(id).await?;
                let supported = covers(child.profile().household.division()) && is_supported(&child, month, now);
                Ok(Support { supported, child: supported.then_some(id), found: Some(id) })
            }
        }
    }
}

fn is_supported(child: &Child, month: Month, now: Instant) -> bool {
    child.support(month, now).is_some()
}
