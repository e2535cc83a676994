use futures::future::join_all;

use super::Report;
use crate::board::Board;

/// All mailboxes, by code.
pub(crate) async fn list_mailboxes(board: &Board) -> Vec<Report> {
    join_all(board.all().iter().map(Report::of)).await
}
