//! Liaison points.

pub mod assign_liaison;
pub mod end_liaison;

pub mod list_liaison_points;

pub mod answer;
