//! A month's run of the payroll (月度发放), step by step.

use std::collections::BTreeMap;

use kernel::{ChildId, Division, Fen, Instant, Month, PayrollRunId, Tier};

use super::accrual::{Line, LineKind};
use super::payment::Payment;
use super::rules::Rules;

/// A month's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The run.
    pub id: PayrollRunId,
    /// Counts its changes.
    pub revision: u32,
    /// The month.
    pub month: Month,
    /// How far it has come.
    pub state: RunState,
    /// What was known at this instant counts.
    pub known: Instant,
    /// By what it computes.
    pub rules: Rules,
    /// Who opened it, and when.
    pub opened: (String, Instant),
    /// Who approved it, and when: from then on its payments count.
    pub approved: Option<(String, Instant)>,
    /// When every outcome was known.
    pub reconciled: Option<Instant>,
    /// Why it was given up.
    pub cancelled: Option<String>,
    /// How far the accrual has come.
    pub progress: Progress,
    /// What it pays, by county and tier, without what is held back.
    pub totals: Totals,
    /// What the checks say of it as a whole.
    pub findings: Vec<Finding>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunState {
    /// Payments are computed.
    Open = 1,
    /// All are.
    Accrued = 2,
    /// They were checked.
    Checked = 3,
    /// A second person approved it.
    Approved = 4,
    /// The payment file was given out.
    Sent = 5,
    /// Every outcome is known.
    Reconciled = 6,
    /// Given up before its approval.
    Cancelled = 7,
}

impl RunState {
    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The state of a number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::Open, Self::Accrued, Self::Checked, Self::Approved, Self::Sent, Self::Reconciled, Self::Cancelled]
            .into_iter()
            .find(|state| state.number() == number)
    }

    /// Whether it may still be given up, or begun anew.
    #[must_use]
    pub fn is_before_approval(self) -> bool {
        self < Self::Approved
    }
}

/// How far an accrual has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last child that was looked at.
    pub after: Option<ChildId>,
    /// Children looked at.
    pub children: u64,
    /// Payments made.
    pub payments: u64,
}

/// Amounts by county and tier.
pub type Totals = BTreeMap<(Division, Tier), CountyTotal>;

/// What a run pays for one county and tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountyTotal {
    /// Children paid for in the month itself, or by arrears alone.
    pub children: u64,
    /// Fen for the month itself.
    pub current: i64,
    /// Fen for earlier months.
    pub arrears: i64,
}

/// What a check says of a run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The county.
    pub county: Division,
    /// Of this run.
    pub now: Fen,
    /// What it is compared with.
    pub compared: Fen,
}

/// What a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The total differs from last month's by more than the limit.
    SumJumped = 1,
    /// The funds do not cover it.
    BudgetShort = 2,
}

/// Why a run does not take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// It has not come to that step, or is past it.
    #[error("the run has not come to this step, or is past it")]
    State,
    /// Who opened it may not approve it.
    #[error("the run is approved by another person than the one who opened it")]
    SameActor,
    /// Outcomes are unknown.
    #[error("the outcome of {0} payment(s) is not known")]
    OutcomesUnknown(u64),
}

/// Why a month is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another run is not approved yet.
    #[error("the run of {0} is not approved yet")]
    InProgress(Month),
    /// It has a run.
    #[error("the month has a run")]
    Exists,
    /// A later month has one.
    #[error("a later month has a run: what this one lacks is in the next one")]
    Passed,
    /// It is later than the next one.
    #[error("the month is to come")]
    ToCome,
}

/// Adds a payment to totals, or takes it away.
pub fn count(totals: &mut Totals, payment: &Payment, sign: i64) {
    for line in &payment.lines {
        let total = totals.entry((line.county, line.tier)).or_default();
        match line.kind {
            LineKind::Current => total.current += sign * line.amount.as_fen(),
            LineKind::Arrears => total.arrears += sign * line.amount.as_fen(),
        }
    }
    if let Some(line) = payment.lines.last() {
        let total = totals.entry((line.county, line.tier)).or_default();
        total.children = total.children.saturating_add_signed(sign);
    }
}

/// The line by which a payment is filed: that of its newest month.
#[must_use]
pub fn newest(lines: &[Line]) -> &Line {
    lines.last().expect("a payment has a line")
}

impl Run {
    /// Opens the run of a month, beside the runs that there are.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(
        id: PayrollRunId,
        month: Month,
        actor: &str,
        rules: &Rules,
        runs: &[(Month, RunState)],
        today: Month,
        known: Instant,
    ) -> Result<Self, OpenError> {
        let mut counting = runs.iter().filter(|(_, state)| *state != RunState::Cancelled);
        if month > today.next() {
            return Err(OpenError::ToCome);
        }
        if counting.clone().any(|(other, _)| *other == month) {
            return Err(OpenError::Exists);
        }
        if let Some((other, _)) = counting.clone().find(|(_, state)| state.is_before_approval()) {
            return Err(OpenError::InProgress(*other));
        }
        if counting.any(|(other, _)| *other > month) {
            return Err(OpenError::Passed);
        }
        Ok(Self {
            id,
            revision: 1,
            month,
            state: RunState::Open,
            known,
            rules: rules.until(month),
            opened: (actor.to_owned(), known),
            approved: None,
            reconciled: None,
            cancelled: None,
            progress: Progress::default(),
            totals: Totals::new(),
            findings: Vec::new(),
        })
    }

    fn step(&self, from: &[RunState], to: RunState) -> Result<Self, RunError> {
        if from.contains(&self.state) {
            Ok(Self { state: to, revision: self.revision + 1, ..self.clone() })
        } else {
            Err(RunError::State)
        }
    }

    /// Adds computed payments of the children up to `after`; `last` if there are no more.
    ///
    /// # Errors
    /// [`RunError::State`].
    pub fn accrued(
        &self,
        payments: &[Payment],
        after: Option<ChildId>,
        children: u64,
        last: bool,
    ) -> Result<Self, RunError> {
        let to = if last { RunState::Accrued } else { RunState::Open };
        let mut run = self.step(&[RunState::Open], to)?;
        for payment in payments {
            count(&mut run.totals, payment, 1);
        }
        run.progress.after = after.or(run.progress.after);
        run.progress.children += children;
        run.progress.payments += payments.len() as u64;
        Ok(run)
    }

    /// The run as it begins anew, with what is known by now and by the rules of now.
    ///
    /// # Errors
    /// [`RunError::State`].
    pub fn anew(&self, rules: &Rules, known: Instant) -> Result<Self, RunError> {
        let run = self.step(&[RunState::Open, RunState::Accrued, RunState::Checked], RunState::Open)?;
        let rules = rules.until(self.month);
        Ok(Self { known, rules, progress: Progress::default(), totals: Totals::new(), findings: Vec::new(), ..run })
    }

    /// The run as it was checked: what it pays without what is held back, and what there is to say of it.
    ///
    /// # Errors
    /// [`RunError::State`].
    pub fn checked(&self, totals: Totals, findings: Vec<Finding>) -> Result<Self, RunError> {
        let run = self.step(&[RunState::Accrued, RunState::Checked], RunState::Checked)?;
        Ok(Self { totals, findings, ..run })
    }

    /// The run as a second person approves it.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn approve(&self, actor: &str, totals: Totals, known: Instant) -> Result<Self, RunError> {
        let run = self.step(&[RunState::Checked], RunState::Approved)?;
        if self.opened.0 == actor {
            return Err(RunError::SameActor);
        }
        Ok(Self { approved: Some((actor.to_owned(), known)), totals, ..run })
    }

    /// The run whose payment file is given out, once or again.
    ///
    /// # Errors
    /// [`RunError::State`].
    pub fn sent(&self) -> Result<Self, RunError> {
        if matches!(self.state, RunState::Sent | RunState::Reconciled) {
            return Ok(self.clone());
        }
        self.step(&[RunState::Approved], RunState::Sent)
    }

    /// The run of which every outcome is known. One that pays nobody needs no file.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn reconcile(&self, unknown: u64, known: Instant) -> Result<Self, RunError> {
        let nobody = self.totals.values().all(|total| total.current == 0 && total.arrears == 0);
        let from: &[RunState] = if nobody { &[RunState::Approved, RunState::Sent] } else { &[RunState::Sent] };
        let run = self.step(from, RunState::Reconciled)?;
        if unknown > 0 {
            return Err(RunError::OutcomesUnknown(unknown));
        }
        Ok(Self { reconciled: Some(known), ..run })
    }

    /// The run that is given up.
    ///
    /// # Errors
    /// [`RunError::State`].
    pub fn cancel(&self, reason: &str) -> Result<Self, RunError> {
        let run = self.step(&[RunState::Open, RunState::Accrued, RunState::Checked], RunState::Cancelled)?;
        Ok(Self { cancelled: Some(reason.to_owned()), totals: Totals::new(), ..run })
    }
}
