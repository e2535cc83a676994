//! What was paid for a child, month by month, and what became of it (资金台账).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Fen, Instant, Month, PaymentId, PaymentTaskId};

/// All that was paid for one child, and claimed back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What approved runs pay, line by line.
    pub paid: Vec<Paid>,
    /// Claims of what was paid too much, each of one month.
    pub claims: Vec<Claim>,
}

/// What one payment pays for one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The payment.
    pub payment: PaymentId,
    /// The month of its run.
    pub run_month: Month,
    /// The month that it pays for.
    pub month: Month,
    /// How much.
    pub amount: Fen,
    /// When its run was approved.
    pub approved: Instant,
    /// When a person gave it free to be paid again, after it came back.
    pub released: Option<Instant>,
    /// Whether the money is with the child, or on its way: it did not come back.
    pub is_with_child: bool,
}

/// What was paid too much for a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The task.
    pub task: PaymentTaskId,
    /// The month.
    pub month: Month,
    /// How much.
    pub amount: Fen,
    /// How it stands.
    pub state: ClaimState,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// A person is to decide.
    Open,
    /// It came back.
    Recovered(Instant),
    /// It is let go: the child keeps it.
    Waived,
    /// It was due after all.
    Withdrawn,
}

impl Account {
    /// What counts as paid for each month, as known at an instant: payments that were approved and not released, less what
    /// came back. A payment that the bank returned counts until a person has decided.
    #[must_use]
    pub fn committed(&self, known: Instant) -> BTreeMap<Month, Fen> {
        let counts = |paid: &&Paid| paid.approved <= known && paid.released.is_none_or(|released| known < released);
        let paid = self.paid.iter().filter(counts).map(|paid| (paid.month, paid.amount.as_fen()));
        let recovered = self.claims.iter().filter_map(|claim| match claim.state {
            ClaimState::Recovered(at) if at <= known => Some((claim.month, -claim.amount.as_fen())),
            _ => None,
        });
        sum(paid.chain(recovered))
    }

    /// What lies with the child for each month, or is on its way to it.
    fn with_child(&self) -> BTreeMap<Month, Fen> {
        let paid = self.paid.iter().filter(|paid| paid.is_with_child).map(|paid| (paid.month, paid.amount.as_fen()));
        let given = self.claims.iter().filter_map(|claim| match claim.state {
            ClaimState::Recovered(_) | ClaimState::Waived => Some((claim.month, -claim.amount.as_fen())),
            ClaimState::Open | ClaimState::Withdrawn => None,
        });
        sum(paid.chain(given))
    }

    /// The claims that ought to be open, by what is due now: what lies with the child beyond it. Months that nobody was paid
    /// for are left out; open claims of months that are right by now are to be withdrawn.
    #[must_use]
    pub fn square(&self, due: impl Fn(Month) -> Fen) -> Vec<Squaring> {
        let with_child = self.with_child();
        let open =
            |month| self.claims.iter().find(move |claim| claim.month == month && claim.state == ClaimState::Open);
        let claimed = self.claims.iter().filter(|claim| claim.state == ClaimState::Open).map(|claim| claim.month);
        let months: BTreeSet<_> = with_child.keys().copied().chain(claimed).collect();
        let held = |month| with_child.get(&month).copied().unwrap_or(Fen::ZERO);
        let squarings = months.into_iter().filter_map(|month| {
            let too_much = held(month).checked_sub(due(month)).unwrap_or(Fen::ZERO).max(Fen::ZERO);
            match open(month) {
                None if too_much > Fen::ZERO => Some(Squaring::Claim { month, amount: too_much }),
                Some(claim) if too_much == Fen::ZERO => Some(Squaring::Withdraw { task: claim.task }),
                Some(claim) if too_much != claim.amount => Some(Squaring::Amend { task: claim.task, amount: too_much }),
                None | Some(_) => None,
            }
        });
        squarings.collect()
    }
}

/// What makes an account right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Squaring {
    /// Open a claim.
    Claim {
        /// For the month.
        month: Month,
        /// How much.
        amount: Fen,
    },
    /// An open claim is of another amount.
    Amend {
        /// Its task.
        task: PaymentTaskId,
        /// How much.
        amount: Fen,
    },
    /// An open claim is of nothing any more.
    Withdraw {
        /// Its task.
        task: PaymentTaskId,
    },
}

fn sum(amounts: impl Iterator<Item = (Month, i64)>) -> BTreeMap<Month, Fen> {
    let mut sums: BTreeMap<Month, i64> = BTreeMap::new();
    for (month, amount) in amounts {
        *sums.entry(month).or_default() += amount;
    }
    sums.into_iter().map(|(month, amount)| (month, Fen::new(amount))).collect()
}
