//! The two times of a reading.

use kernel::{Date, Instant};

/// What held on a day, as far as it was known at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The day; `None` means without end, as things stand.
    pub valid: Option<Date>,
    /// The instant, never in the future.
    pub recorded: Instant,
}
