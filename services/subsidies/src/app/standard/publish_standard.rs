use contract::subsidies::v1;
use kernel::{Division, Fen, Month, StandardId, Tier};
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::app::answer;
use crate::domain::Standard;
use crate::events;
use crate::store::{Needs, Workspace};

/// Publishes a version of a standard.
#[derive(Clone, Debug)]
pub struct PublishStandard {
    /// The tier.
    pub tier: Tier,
    /// The city or a county of it.
    pub area: Division,
    /// The first month.
    pub from: Month,
    /// For a child and month.
    pub monthly: Fen,
    /// The document by which it was set.
    pub legal_basis: String,
}

impl UseCase<Workspace> for PublishStandard {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.standards = true;
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let standard = Standard {
            id: StandardId::generate(context.clock()),
            tier: self.tier,
            area: self.area,
            from: self.from,
            monthly: self.monthly,
            legal_basis: self.legal_basis.clone(),
            published: workspace.knowledge.next(context.now()),
            previous: None,
        };
        let published = workspace.standards.publish(standard);
        let standard = published
            .cloned()
            .map_err(|error| ServiceError::already_exists("STANDARD_PUBLISHED", error.to_string()))?;
        let reply = v1::PublishStandardResponse { standard: Some(answer::standard(&standard)) };
        let reply = workspace.seal(&reply)?;
        events::published(&standard, context);
        workspace.publish(standard);
        Ok(reply)
    }
}
