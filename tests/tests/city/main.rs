//! The suite: a whole city, real servers, and the sentences that must hold for them.
//!
//! One file is one subject. Whatever touches a database is run on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "this binary holds tests only")]

mod architecture;
mod contract_that_leaks;

mod bad_input;
mod category_path;
mod changing;
mod deciding;
mod guardians;
mod matching;
mod merging;
mod reading;
mod registering;
mod roster;

mod handover;
mod migrants;
mod office;
mod statistics;
mod then;
mod two_times;
mod workbooks;

mod appointing;
mod visiting;
mod waiting;

mod learning;
mod payroll;

mod audit;
mod audit_commands;
mod commands;
mod evidence;
mod time_stamps;
mod unusual;

mod areas;
mod attacks;
mod certificates;
mod doors;
mod emergency;
mod intruder;
mod mailboxes;
mod migrating;
mod references;
mod retention;
mod revocation;

mod small_service;

mod applying;
mod relaying;
mod writing;

mod keys;
mod killing;
mod starting;
mod wiped;

mod tracing;
