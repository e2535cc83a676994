//! The commands: what they take, what they print, how they fail.
//!
//! **Architecture Invariant:** a command fails with one line on standard error and status 1, never with a panic. Wrong
//! usage is status 2. Standard output has the result and nothing else.

mod arguments;
mod run;
mod say;

mod reach;
mod table;

mod cert;
mod contract;
mod demo;
mod export;
mod import;
mod mailbox;
mod migrate;
mod serve;
mod statistics;
mod template;
mod up;
mod vault;

pub use run::main;
