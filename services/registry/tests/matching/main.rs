//! Files of one child, and files of two: merged and parted, found, compared and told apart.

#[path = "../office/mod.rs"]
mod office;

mod parting;
