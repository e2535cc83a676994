//! Says who answers for a liaison point.

use contract::registry::v1;
use kernel::{Date, Division};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, unchanged};
use crate::app::answer::SealedReply;
use crate::domain::liaison::{Contact, LiaisonPoint, LiaisonPointId, above};
use crate::events;
use crate::store::{Needs, Workspace};

/// Assigns a division's point, and sets it up if there is none.
#[derive(Clone, Debug)]
pub struct AssignLiaison {
    /// The province, a city or a county.
    pub division: Division,
    /// The etag that the caller read; empty changes whatever stands.
    pub etag: String,
    /// Who answers for it.
    pub contact: Contact,
    /// Since when; without a day, today.
    pub since: Option<Date>,
}

impl UseCase<Workspace> for AssignLiaison {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.liaison_points.insert(self.division);
        needs.liaison_points.extend(above(self.division).ok().flatten());
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let (now, since) = (context.now(), self.since.unwrap_or_else(|| context.today()));
        let known = workspace.liaison_points.of(self.division);
        unchanged(&self.etag, known)?;
        let change = match known {
            Some(point) => point.assign(self.contact.clone(), since, now),
            None => {
                let parent = match above(self.division) {
                    Ok(Some(above)) => Some(workspace.liaison_points.of(above).ok_or_else(parent_missing)?.id),
                    Ok(None) | Err(_) => None,
                };
                let id = LiaisonPointId::generate(context.clock());
                LiaisonPoint::open(id, self.division, parent, self.contact.clone(), since, now)
            }
        };
        let point = answer::point(&change.point, since, change.point.changed_at);
        let reply = workspace.seal(&v1::AssignLiaisonResponse { point: Some(point) })?;
        events::liaison::record(&change, context);
        workspace.liaison_points.put(change.point);
        Ok(reply)
    }
}

fn parent_missing() -> ServiceError {
    ServiceError::failed_precondition("LIAISON_PARENT_MISSING", "the division around it has no liaison point yet")
}
