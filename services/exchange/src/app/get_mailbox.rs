use platform::access::Caller;
use platform::error::ServiceError;

use super::{Report, find, not_found};
use crate::board::Board;

/// The caller's own mailbox, or the one that civil affairs names.
pub(crate) async fn get_mailbox(board: &Board, caller: &Caller, code: &str) -> Result<Report, ServiceError> {
    let code = if code.is_empty() { caller.code() } else { code };
    if code != caller.code() && !operates(caller) {
        return Err(not_found());
    }
    Ok(Report::of(find(board, code)?).await)
}

/// Whether the caller looks after all mailboxes: the department that owns the system, and its own services.
fn operates(caller: &Caller) -> bool {
    caller
        .department()
        .is_none_or(|department| contract::department::entry(department).is_some_and(|entry| entry.owner))
}
