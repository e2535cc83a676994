//! A city at work, for a newcomer to watch: a roster comes in, children's lives go on, eighteen
//! departments read, and a year is paid.
//!
//! It uses nothing but the public doors: gRPC for what civil affairs does, a stock NATS client for what departments
//! read. Only the judge looks behind them: it compares each mailbox with what the event log and the contract say.

mod error;
mod run;

mod life;
mod payroll;
mod people;

mod expectation;
mod readers;

mod report;

pub use error::DemoError;
pub use expectation::Difference;
pub use payroll::YearPaid;
pub use report::{Latency, MailboxCount, Report};
pub use run::{DemoSettings, Stage, show};
