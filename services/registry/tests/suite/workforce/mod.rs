//! Deadlines, workers and their visits. What touches a database is proved on both in the end-to-end suite.

mod deadlines;
mod properties;
