//! The suite: a whole city, real servers, and the sentences that must hold for them.
//!
//! One file is one subject. Whatever touches a database is run on SQLite and on PostgreSQL.

mod architecture;
mod contract_that_leaks;

mod registering;
mod reading;
mod changing;
mod deciding;
mod roster;
mod bad_input;

mod doors;
mod intruder;
mod mailboxes;

mod small_service;

mod relaying;
mod applying;

mod killing;
mod wiped;
mod starting;

mod tracing;
