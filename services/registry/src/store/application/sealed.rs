use kernel::time::parse_iso;
use kernel::{ApplicationId, CategoryRecordId, Instant};
use platform::vault::{Vault, VaultError};
use prost::Message;
use uuid::Uuid;

use super::state;
use crate::domain::application::{
    Applicant, ApplicationState, Check, Decision, Due, Proposal, Step, Submission, Waited,
};
use crate::domain::secret::secret;
use crate::domain::{Category, CategoryApplication};
use crate::store::evidence::{SealedEvidence, opened, sealed};
use crate::store::sealed::row_place;

/// What the vault seals of an application. The tags are this table's own; they never change their meaning.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedApplication {
    #[prost(int32, tag = "1")]
    category: i32,
    #[prost(int32, tag = "2")]
    applicant: i32,
    #[prost(string, tag = "3")]
    received_on: String,
    #[prost(message, repeated, tag = "4")]
    evidence: Vec<SealedEvidence>,
    #[prost(message, repeated, tag = "5")]
    proposal: Vec<SealedProposal>,
    #[prost(message, optional, tag = "6")]
    check: Option<SealedCheck>,
    #[prost(message, optional, tag = "7")]
    decision: Option<SealedDecision>,
    #[prost(bytes = "vec", tag = "8")]
    record: Vec<u8>,
    #[prost(string, tag = "9")]
    withdrawn_on: String,
    #[prost(message, repeated, tag = "10")]
    earlier: Vec<SealedWaiting>,
}

/// How it waited once.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedWaiting {
    #[prost(uint32, tag = "1")]
    version: u32,
    #[prost(int32, tag = "2")]
    step: i32,
    #[prost(string, tag = "3")]
    last_day: String,
    #[prost(uint32, tag = "4")]
    reminders: u32,
    #[prost(int64, tag = "5")]
    recorded: i64,
}

/// A proposal.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedProposal {
    #[prost(string, tag = "1")]
    version: String,
    #[prost(string, tag = "2")]
    rule: String,
    #[prost(int32, tag = "3")]
    category: i32,
    #[prost(bool, tag = "4")]
    for_a_person: bool,
    #[prost(string, tag = "5")]
    legal_basis: String,
    #[prost(string, tag = "6")]
    zh: String,
    #[prost(string, tag = "7")]
    en: String,
}

/// A township's check.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedCheck {
    #[prost(string, tag = "1")]
    on: String,
    #[prost(bool, tag = "2")]
    supports: bool,
    #[prost(string, tag = "3")]
    opinion: String,
    #[prost(message, repeated, tag = "4")]
    evidence: Vec<SealedEvidence>,
}

/// A county's decision.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedDecision {
    #[prost(string, tag = "1")]
    on: String,
    #[prost(string, tag = "2")]
    reasons: String,
    #[prost(message, repeated, tag = "3")]
    proposal: Vec<SealedProposal>,
}

secret!(SealedApplication, SealedWaiting, SealedProposal, SealedCheck, SealedDecision);

/// Submission, check, state and earlier waiting of an application.
pub(super) type Opened = (Submission, Option<Check>, ApplicationState, Vec<Waited>);

impl SealedApplication {
    pub(super) fn of(application: &CategoryApplication) -> Self {
        let Submission { category, applicant, received_on, evidence, proposal } = &application.submission;
        let (decision, record, withdrawn_on) = match &application.state {
            ApplicationState::Confirmed { decision, record } => (Some(decision), Some(record), None),
            ApplicationState::Refused { decision } => (Some(decision), None, None),
            ApplicationState::Withdrawn { on } => (None, None, Some(on)),
            ApplicationState::Submitted { .. } | ApplicationState::Checked { .. } => (None, None, None),
        };
        Self {
            category: category.number(),
            applicant: applicant.number(),
            received_on: received_on.to_string(),
            evidence: sealed(evidence),
            proposal: proposals(proposal),
            check: application.check.as_ref().map(|check| SealedCheck {
                on: check.on.to_string(),
                supports: check.supports,
                opinion: check.opinion.clone(),
                evidence: sealed(&check.evidence),
            }),
            decision: decision.map(|decision| SealedDecision {
                on: decision.on.to_string(),
                reasons: decision.reasons.clone(),
                proposal: proposals(&decision.proposal),
            }),
            record: record.map_or_else(Vec::new, |record| record.as_uuid().into_bytes().to_vec()),
            withdrawn_on: withdrawn_on.map_or_else(String::new, ToString::to_string),
            earlier: application.earlier.iter().map(waiting).collect(),
        }
    }

    pub(super) fn seal(&self, vault: &Vault, id: ApplicationId) -> Result<Vec<u8>, VaultError> {
        vault.seal(&row_place("category_application", id.as_uuid()), &self.encode_to_vec())
    }

    pub(super) fn open(vault: &Vault, id: ApplicationId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&row_place("category_application", id.as_uuid()), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }

    /// What was sealed, with the state's number and its deadline; `None` if they cannot belong together.
    pub(super) fn opened(self, number: i64, due: Option<Due>) -> Option<Opened> {
        let submission = Submission {
            category: Category::from_number(self.category)?,
            applicant: Applicant::from_number(self.applicant)?,
            received_on: parse_iso(&self.received_on).ok()?,
            evidence: opened(self.evidence)?,
            proposal: opened_proposals(self.proposal)?,
        };
        let check = match self.check {
            None => None,
            Some(check) => Some(Check {
                on: parse_iso(&check.on).ok()?,
                supports: check.supports,
                opinion: check.opinion,
                evidence: opened(check.evidence)?,
            }),
        };
        let decision = match self.decision {
            None => None,
            Some(decision) => Some(Decision {
                on: parse_iso(&decision.on).ok()?,
                reasons: decision.reasons,
                proposal: opened_proposals(decision.proposal)?,
            }),
        };
        let state = match (number, due, decision) {
            (state::SUBMITTED, Some(due), None) => ApplicationState::Submitted { due },
            (state::CHECKED, Some(due), None) => ApplicationState::Checked { due },
            (state::CONFIRMED, None, Some(decision)) => {
                let record = CategoryRecordId::from_uuid(Uuid::from_slice(&self.record).ok()?);
                ApplicationState::Confirmed { decision, record }
            }
            (state::REFUSED, None, Some(decision)) => ApplicationState::Refused { decision },
            (state::WITHDRAWN, None, None) => ApplicationState::Withdrawn { on: parse_iso(&self.withdrawn_on).ok()? },
            _ => return None,
        };
        let earlier = self.earlier.iter().map(waited).collect::<Option<_>>()?;
        Some((submission, check, state, earlier))
    }
}

fn waiting(waited: &Waited) -> SealedWaiting {
    SealedWaiting {
        version: waited.version,
        step: waited.step.number(),
        last_day: waited.due.last_day.to_string(),
        reminders: waited.due.reminders,
        recorded: waited.recorded.as_micros(),
    }
}

fn waited(sealed: &SealedWaiting) -> Option<Waited> {
    Some(Waited {
        version: sealed.version,
        step: Step::from_number(sealed.step)?,
        due: Due { last_day: parse_iso(&sealed.last_day).ok()?, reminders: sealed.reminders },
        recorded: Instant::from_micros(sealed.recorded),
    })
}

fn proposals(proposals: &[Proposal]) -> Vec<SealedProposal> {
    let seal = |proposal: &Proposal| SealedProposal {
        version: proposal.version.clone(),
        rule: proposal.rule.clone(),
        category: proposal.category.number(),
        for_a_person: proposal.for_a_person,
        legal_basis: proposal.legal_basis.clone(),
        zh: proposal.zh.clone(),
        en: proposal.en.clone(),
    };
    proposals.iter().map(seal).collect()
}

fn opened_proposals(sealed: Vec<SealedProposal>) -> Option<Vec<Proposal>> {
    let open = |proposal: SealedProposal| {
        Some(Proposal {
            version: proposal.version,
            rule: proposal.rule,
            category: Category::from_number(proposal.category)?,
            for_a_person: proposal.for_a_person,
            legal_basis: proposal.legal_basis,
            zh: proposal.zh,
            en: proposal.en,
        })
    };
    sealed.into_iter().map(open).collect()
}
