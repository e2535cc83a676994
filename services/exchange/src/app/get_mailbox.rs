use platform::access::Caller;
use platform::error::ServiceError;

use super::{Report, find, not_found};
use crate::board::Board;

/// The caller's own mailbox, or the one that civil affairs names.
pub(crate) async fn get_mailbox(board: &Board, caller: &Caller, code: &str) -> Result<Report, ServiceError> {
    let own = board.opened_by(caller.code());
    let is_own = code.is_empty() || code == caller.code() || own.as_ref().is_some_and(|own| own.view().code() == code);
    let slot = match own {
        Some(own) if is_own => own,
        _ if is_own || operates(caller) => find(board, if code.is_empty() { caller.code() } else { code })?,
        _ => return Err(not_found()),
    };
    Ok(Report::of(&slot).await)
}

/// Whether the caller looks after all mailboxes: the department that owns the system, and its own services.
fn operates(caller: &Caller) -> bool {
    caller
        .department()
        .is_none_or(|department| contract::department::entry(department).is_some_and(|entry| entry.owner))
}
