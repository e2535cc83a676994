//! When a child's file may be erased.

use kernel::Date;

use super::child::{Child, ChildState};
use super::event::{Event, Fact};

/// Why a file is not erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErasureError {
    /// The child is still helped.
    #[error("the file has not ended")]
    Active,
    /// It ended later.
    #[error("the file is kept for some time yet")]
    Kept,
    /// It was merged into a file that stays.
    #[error("the file was merged into another, with which it is erased")]
    Merged,
}

impl Child {
    /// Erases a file that ended on `ended_by` or before. One that was merged goes with the file that stays.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub fn erase(&self, ended_by: Date, today: Date, goes_with_survivor: bool) -> Result<Event, ErasureError> {
        match self.state() {
            ChildState::Active => Err(ErasureError::Active),
            ChildState::Ended { on, .. } if on > ended_by => Err(ErasureError::Kept),
            ChildState::Merged { .. } if !goes_with_survivor => Err(ErasureError::Merged),
            ChildState::Ended { .. } | ChildState::Merged { .. } => Ok(self.event(Fact::Erased { erased_on: today })),
        }
    }
}
