//! Finds files that may be of the child that is described.

use std::collections::HashSet;

use kernel::ChildId;
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::Child;
use crate::domain::matching::{Assessment, Traits};
use crate::store::{matching, reading};

/// Files that are compared at most. They are those with the most in common.
const MOST: u64 = 500;

/// A file that may be meant.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The file.
    pub child: Child,
    /// How it compares.
    pub assessment: Assessment,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The best first.
    pub found: Vec<Candidate>,
    /// More files had something in common than were compared.
    pub truncated: bool,
}

impl Application {
    /// Up to `limit` files that are at least possible, the best first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_candidates(&self, wanted: &Traits, limit: usize) -> Result<Candidates, ServiceError> {
        let hashes = matching::sought_hashes(wanted, &self.vault);
        let reader = self.database.reader();
        let blocked = matching::found(reader, hashes, MOST).await?;
        let holders = reading::holders(reader, &self.vault, wanted.citizen_id).await?;
        let ids: HashSet<ChildId> = blocked.children.into_iter().chain(holders.into_values()).collect();
        let children = self.found(ids.into_iter().collect()).await?;
        let weights = &self.policy.matching;
        let compared = children.into_iter().map(|child| {
            let assessment = Assessment::of(wanted, &Traits::of(child.profile()), weights);
            Candidate { child, assessment }
        });
        let mut found: Vec<Candidate> = compared.filter(|candidate| candidate.assessment.band.is_some()).collect();
        found.sort_by_key(|candidate| (std::cmp::Reverse(candidate.assessment.total), candidate.child.id));
        let truncated = blocked.truncated || found.len() > limit;
        found.truncate(limit);
        Ok(Candidates { found, truncated })
    }
}
