//! What a person must decide about money.

use kernel::{ChildId, Date, Division, Fen, Instant, Month, PaymentId, PaymentTaskId};

/// A task for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentTask {
    /// The task.
    pub id: PaymentTaskId,
    /// What it is about.
    pub kind: TaskKind,
    /// The child.
    pub child: ChildId,
    /// The county.
    pub county: Division,
    /// How much.
    pub amount: Fen,
    /// When it was opened.
    pub opened: Instant,
    /// The day by which it is to be decided.
    pub due_on: Date,
    /// How it ended; `None` while it is open.
    pub decision: Option<Decision>,
}

/// What a task is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// A payment came back.
    Returned(PaymentId),
    /// More was paid for a month than was due.
    Overpaid(Month),
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The outcome.
    pub outcome: TaskOutcome,
    /// The person; empty where it followed by itself.
    pub by: String,
    /// When.
    pub at: Instant,
    /// What that person wrote.
    pub note: String,
}

/// How a task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskOutcome {
    /// A returned payment is owed again.
    PayAgain = 1,
    /// A returned payment is owed no more.
    WriteOff = 2,
    /// What was paid too much came back.
    Recovered = 3,
    /// What was paid too much is let go.
    Waived = 4,
    /// It was due after all.
    Withdrawn = 5,
}

/// Why a decision is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// It was decided otherwise before.
    #[error("the task was decided before")]
    Decided,
    /// The outcome is not one for such a task.
    #[error("the outcome is not one for such a task")]
    Unfit,
}

impl TaskOutcome {
    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The outcome of a number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::PayAgain, Self::WriteOff, Self::Recovered, Self::Waived, Self::Withdrawn]
            .into_iter()
            .find(|outcome| outcome.number() == number)
    }
}

impl PaymentTask {
    /// The task as a person decides it. That an overpayment was due after all follows from what is known, and is nobody's to
    /// say.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn decide(&self, outcome: TaskOutcome, by: &str, note: &str, at: Instant) -> Result<Self, DecisionError> {
        if self.decision.is_some() {
            return Err(DecisionError::Decided);
        }
        let fits = match self.kind {
            TaskKind::Returned(_) => matches!(outcome, TaskOutcome::PayAgain | TaskOutcome::WriteOff),
            TaskKind::Overpaid(_) => matches!(outcome, TaskOutcome::Recovered | TaskOutcome::Waived),
        };
        if !fits {
            return Err(DecisionError::Unfit);
        }
        let decision = Decision { outcome, by: by.to_owned(), at, note: note.to_owned() };
        Ok(Self { decision: Some(decision), ..self.clone() })
    }
}
