//! What the payroll decides: from what was learnt of a child, what the standards say and what was paid, to what is due.
//!
//! **Architecture Invariant:** std, thiserror and kernel only. No I/O, no async, no protobuf, no clock is read, no
//! identifier is drawn: all that comes as a parameter.
//!
//! What is known has an order: each thing that is learnt or decided has an instant of its own (`known`), later than all
//! before. So "what did the run know" always has one answer, and a past run computes anew to the same fen.

pub mod entitlement;
pub mod file;

pub mod rules;
pub mod standard;

pub mod account;
pub mod accrual;

pub mod budget;
pub mod payment;
pub mod run;
pub mod task;

pub use account::Account;
pub use accrual::{Line, LineKind};
pub use budget::Budget;
pub use entitlement::Entitlement;
pub use file::{ChildFile, Fact, Learnt, TierRecord};
pub use payment::{Payment, PaymentState};
pub use rules::Rules;
pub use run::{Run, RunState};
pub use standard::{Standard, Standards};
pub use task::{PaymentTask, TaskKind, TaskOutcome};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod scenarios;
