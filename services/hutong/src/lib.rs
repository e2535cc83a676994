//! A whole city in one process: certificates, the broker, the services behind one door, and the commands over them.
//!
//! **Architecture Invariant:** this crate composes and operates; it holds no rule of child welfare and none of delivery.
//! Nothing depends on it but its own binary and the tests.

pub mod cli;

pub mod bank_files;
pub mod city;
pub mod demo;

pub mod broker;
pub mod certificates;

pub mod evidence;
pub mod payroll;
pub mod subscriber;
pub mod workbooks;
