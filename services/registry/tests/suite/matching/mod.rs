//! Files of one child, and files of two: merged and parted, found, compared and told apart.

mod finding;
mod keys;
mod parting;
