//! Use cases of who stands around a child.

pub mod assign_role;
pub mod correct_role;
pub mod end_role;

pub mod get_guardianship;
pub mod get_rule_facts;

pub mod answer;
pub mod refusal;
pub mod target;
