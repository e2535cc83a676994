//! Enters what a survey reports of many children.

use std::sync::Arc;

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::record_migrant::{enter, need};
use crate::app::answer::SealedReply;
use crate::domain::migrant::MigrantRules;
use crate::domain::migrant::reporting::Report;
use crate::store::{Needs, Workspace};

/// Enters the reports of a survey, each by itself: one that is refused does not stop the others.
#[derive(Clone, Debug)]
pub struct BatchRecordMigrants {
    /// The reports, in order, or why one is none.
    pub reports: Vec<Result<Report, ServiceError>>,
    /// Who counts.
    pub rules: Arc<MigrantRules>,
}

impl UseCase<Workspace> for BatchRecordMigrants {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        for report in self.reports.iter().flatten() {
            need(report, needs);
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let mut results = Vec::with_capacity(self.reports.len());
        for (index, report) in self.reports.iter().enumerate() {
            let entered = match report {
                Ok(report) => enter(report, &self.rules, workspace, context),
                Err(error) => Err(error.clone()),
            };
            results.push(match entered {
                Ok((entry, outcome)) => v1::MigrantResult {
                    migrant: entry.id.to_string(),
                    outcome: outcome as i32,
                    ..v1::MigrantResult::default()
                },
                Err(error) => refused(&error, index),
            });
        }
        workspace.seal(&v1::BatchRecordMigrantsResponse { results })
    }
}

fn refused(error: &ServiceError, index: usize) -> v1::MigrantResult {
    let field = error.violations.first().map(|violation| violation.field.as_str()).unwrap_or_default();
    v1::MigrantResult {
        reason: error.reason.to_owned(),
        field: field
            .strip_prefix("report.")
            .map_or_else(|| field.to_owned(), |rest| format!("reports[{index}].{rest}")),
        ..v1::MigrantResult::default()
    }
}
