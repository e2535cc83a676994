//! What files of one child are found by, and what was said of pairs of files.

mod backfill;
mod keys;
mod pairs;

pub use backfill::{Backfill, backfill, backfill_rows};
pub use keys::{Found, KEY, blocks, delete_stale, found, hashes, rows, sought_hashes};
pub use pairs::{load, marks, store};
