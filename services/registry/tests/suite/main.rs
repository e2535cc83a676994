//! The registry from outside: its services over a journal on SQLite, its rules against naive oracles. What must hold on both
//! databases is proved by the end-to-end suite.

mod office;

mod service;

mod family;
mod matching;
mod migrants;
mod workforce;

mod keys;

mod properties;
mod retention;
mod roster;
