//! The commands: what they take, what they print, how they fail.
//!
//! **Architecture Invariant:** a command fails with one line on standard error and status 1, never with a panic. Wrong
//! usage is status 2; a file that is whole under keys of which nobody knows whose they are is status 3. Standard output has the result and nothing else.

mod arguments;
mod evidence_arguments;
mod run;
mod say;

mod reach;
mod table;

mod audit;
mod audit_unusual;
mod cert;
mod contract;
mod demo;
mod emergency;
mod evidence;
mod export;
mod import;
mod mailbox;
mod migrate;
mod payroll;
mod reference;
mod retention;
mod serve;
mod statistics;
mod template;
mod up;
mod vault;
mod verify;

pub use run::main;
