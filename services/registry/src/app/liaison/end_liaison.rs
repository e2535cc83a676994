//! Says that nobody answers for a liaison point any more.

use contract::registry::v1;
use kernel::{Date, Division, ErrorCode};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, unchanged};
use crate::app::answer::SealedReply;
use crate::store::{Needs, Workspace};

/// Nobody answers for a division's point from a day on.
#[derive(Clone, Debug)]
pub struct EndLiaison {
    /// The province, a city or a county.
    pub division: Division,
    /// The etag that the caller read; empty changes whatever stands.
    pub etag: String,
    /// The first day on which nobody does.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndLiaison {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.liaison_points.insert(self.division);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let point = workspace.liaison_points.of(self.division).ok_or_else(not_found)?;
        unchanged(&self.etag, Some(point))?;
        let change = point
            .end(self.ended_on, context.now())
            .map_err(|error| ServiceError::failed_precondition("LIAISON_NOT_ASSIGNED", error.to_string()))?;
        let point = answer::point(&change.point, self.ended_on, change.point.changed_at);
        let reply = workspace.seal(&v1::EndLiaisonResponse { point: Some(point) })?;
        workspace.liaison_points.put(change.point);
        Ok(reply)
    }
}

fn not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "LIAISON_POINT_NOT_FOUND", "the division has no liaison point")
}
