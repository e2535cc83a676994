//! What callers may ask of the exchange. Writing mailboxes is nobody's request.

mod get_mailbox;
mod list_mailboxes;
mod rebuild_mailbox;
mod report;

pub(crate) use get_mailbox::get_mailbox;
pub(crate) use list_mailboxes::list_mailboxes;
pub(crate) use rebuild_mailbox::rebuild_mailbox;
pub(crate) use report::Report;

use std::sync::Arc;

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::board::{Board, Slot};

/// A mailbox by its code. The same answer whether it is not there or not the caller's.
fn find(board: &Board, code: &str) -> Result<Arc<Slot>, ServiceError> {
    board.get(code).ok_or_else(not_found)
}

fn not_found() -> ServiceError {
    ServiceError::new(
        ErrorCode::NotFound,
        "MAILBOX_NOT_FOUND",
        "there is no such mailbox, or it is another department's",
    )
}
