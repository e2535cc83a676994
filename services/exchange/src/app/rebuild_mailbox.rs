use platform::error::ServiceError;

use super::find;
use crate::board::Board;

/// Has a mailbox thrown away and built anew; returns when the new one has begun.
pub(crate) async fn rebuild_mailbox(board: &Board, code: &str) -> Result<(), ServiceError> {
    find(board, code)?.rebuilds().ask().await.map_err(|failed| {
        ServiceError::unavailable("MAILBOX_UNREACHABLE", "the mailbox cannot be reached now, it is rebuilt once it can")
            .with_source(failed)
    })
}
