//! What one child is paid by one run, and what the bank says of it.

use kernel::{ChildId, Date, Fen, Instant, PaymentId, PayrollRunId};

use super::accrual::{Line, LineKind, total};

/// What one child is paid by one run. Its id is its identity at the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// The run.
    pub run: PayrollRunId,
    /// The child.
    pub child: ChildId,
    /// How much.
    pub amount: Fen,
    /// What it is made of, oldest month first. Never empty.
    pub lines: Vec<Line>,
    /// What became of it.
    pub state: PaymentState,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Computed.
    Accrued,
    /// Not paid by this run.
    Held(HoldReason),
    /// The bank is to pay it; what became of it is unknown.
    Instructed,
    /// The bank paid it.
    Settled {
        /// On this day.
        on: Date,
    },
    /// The bank gave it back: a person is to decide.
    Returned(Return),
    /// It is owed again.
    Released(Return, Instant),
    /// It is owed no more.
    WrittenOff(Return),
}

/// How a payment came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// On this day.
    pub on: Date,
    /// In the bank's words.
    pub reason: String,
}

/// Why a payment is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// Nobody said to whom it is to be paid.
    NoPayee = 1,
    /// What is due changed since it was computed.
    Changed = 2,
    /// Its account is that of more children than a family has.
    SharedAccount = 3,
}

impl HoldReason {
    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The reason of a number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::NoPayee, Self::Changed, Self::SharedAccount].into_iter().find(|reason| reason.number() == number)
    }
}

/// What a bank says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankResult {
    /// How much it says it was.
    pub amount: Fen,
    /// What became of it.
    pub outcome: BankOutcome,
}

/// What became of a payment, as a bank says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankOutcome {
    /// Paid on this day.
    Settled(Date),
    /// Given back.
    Returned(Return),
}

/// What a bank's word changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The payment stands so now.
    New(PaymentState),
    /// It was told before.
    Again,
}

/// Why a bank's word is not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// It was never sent.
    #[error("the payment was never sent")]
    NotSent,
    /// The amount is another.
    #[error("the amount is another")]
    OtherAmount,
    /// Another outcome was told before, and stands.
    #[error("another outcome was told before")]
    Contradiction,
}

impl Payment {
    /// A payment of these lines.
    #[must_use]
    pub fn of(id: PaymentId, run: PayrollRunId, child: ChildId, lines: Vec<Line>) -> Self {
        Self { id, run, child, amount: total(&lines), lines, state: PaymentState::Accrued }
    }

    /// The part of it that is for earlier months.
    #[must_use]
    pub fn arrears(&self) -> Fen {
        total(self.lines.iter().filter(|line| line.kind == LineKind::Arrears))
    }

    /// What a bank's word makes of it. The first word counts: a payment that was settled is never paid again, and a bank that
    /// takes back what it said is a matter for people.
    ///
    /// # Errors
    /// [`ResultError`].
    pub fn told(&self, result: &BankResult) -> Result<Told, ResultError> {
        let sent = !matches!(self.state, PaymentState::Accrued | PaymentState::Held(_));
        if !sent {
            return Err(ResultError::NotSent);
        }
        if result.amount != self.amount {
            return Err(ResultError::OtherAmount);
        }
        match (&self.state, &result.outcome) {
            (PaymentState::Instructed, BankOutcome::Settled(on)) => Ok(Told::New(PaymentState::Settled { on: *on })),
            (PaymentState::Instructed, BankOutcome::Returned(back)) => {
                Ok(Told::New(PaymentState::Returned(back.clone())))
            }
            (PaymentState::Settled { .. }, BankOutcome::Settled(_))
            | (
                PaymentState::Returned(_) | PaymentState::Released(..) | PaymentState::WrittenOff(_),
                BankOutcome::Returned(_),
            ) => Ok(Told::Again),
            _ => Err(ResultError::Contradiction),
        }
    }
}
