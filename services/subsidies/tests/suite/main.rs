//! The payroll from outside: its services over a journal on SQLite, what it pays against a naive oracle. What must hold on
//! both databases is proved by the end-to-end suite.

mod office;

mod bank;
mod budget;
mod insurance;
mod oracle;
mod runs;
mod scenarios;
