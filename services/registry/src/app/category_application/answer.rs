//! Applications as the contract shapes them.

use contract::date::{from_date, timestamp};
use contract::registry::v1;

use crate::app::person::answer::evidence;
use crate::domain::CategoryApplication;
use crate::domain::Tier;
use crate::domain::application::{ApplicationState, Check, Decision, Proposal};

/// The etag of an application as it stands.
#[must_use]
pub fn etag(application: &CategoryApplication) -> String {
    format!("v{:x}", application.version)
}

/// An application.
#[must_use]
pub fn application(application: &CategoryApplication) -> v1::CategoryApplication {
    let submission = &application.submission;
    let (state, decision, withdrawn_on) = match &application.state {
        ApplicationState::Submitted { .. } => (v1::ApplicationState::Submitted, None, None),
        ApplicationState::Checked { .. } => (v1::ApplicationState::Checked, None, None),
        ApplicationState::Confirmed { decision, record } => {
            let made = v1::ApplicationDecision { record: record.to_string(), ..taken(decision) };
            (v1::ApplicationState::Confirmed, Some(made), None)
        }
        ApplicationState::Refused { decision } => (v1::ApplicationState::Refused, Some(taken(decision)), None),
        ApplicationState::Withdrawn { on } => (v1::ApplicationState::Withdrawn, None, Some(from_date(*on))),
    };
    let waiting = application.waiting().map(|(_, due)| due);
    v1::CategoryApplication {
        id: application.id.to_string(),
        etag: etag(application),
        child: application.child.to_string(),
        county: application.county.to_string(),
        state: state.into(),
        category: submission.category.number(),
        applicant: submission.applicant.number(),
        received_on: Some(from_date(submission.received_on)),
        evidence: evidence(&submission.evidence),
        proposals: proposals(&submission.proposal),
        due_on: waiting.map(|due| from_date(due.last_day)),
        reminders: waiting.map_or(0, |due| i32::try_from(due.reminders).unwrap_or(i32::MAX)),
        check: application.check.as_ref().map(check),
        decision,
        withdrawn_on,
        create_time: Some(timestamp(application.submitted_at)),
        update_time: Some(timestamp(application.changed_at)),
    }
}

fn check(check: &Check) -> v1::ApplicationCheck {
    v1::ApplicationCheck {
        checked_on: Some(from_date(check.on)),
        supports: check.supports,
        opinion: check.opinion.clone(),
        evidence: evidence(&check.evidence),
    }
}

fn taken(decision: &Decision) -> v1::ApplicationDecision {
    v1::ApplicationDecision {
        decided_on: Some(from_date(decision.on)),
        reasons: decision.reasons.clone(),
        proposals: proposals(&decision.proposal),
        record: String::new(),
    }
}

/// What the registry proposes.
#[must_use]
pub fn proposals(proposals: &[Proposal]) -> Vec<v1::Proposal> {
    let proposal = |proposal: &Proposal| v1::Proposal {
        version: proposal.version.clone(),
        rule: proposal.rule.clone(),
        category: proposal.category.number(),
        tier: proposal.category.tier().map_or(0, Tier::number),
        for_a_person: proposal.for_a_person,
        legal_basis: proposal.legal_basis.clone(),
        reason_zh: proposal.zh.clone(),
        reason_en: proposal.en.clone(),
    };
    proposals.iter().map(proposal).collect()
}
