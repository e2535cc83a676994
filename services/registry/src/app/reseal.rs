//! Seals rows anew.

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;
use prost::Message;

use crate::store::sealed_columns::{RowKey, SealedColumn};
use crate::store::{Needs, Workspace};

/// Seals rows of one column with the active key, and as this version seals. It changes nothing that a caller could see.
#[derive(Clone, Debug)]
pub struct Reseal {
    /// The column.
    pub column: &'static SealedColumn,
    /// The rows. With none the commit alone counts: a group that began before it is decided again, with today's keys.
    pub rows: Vec<RowKey>,
}

/// How many rows were sealed anew, and how many do not open.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct RowsResealed {
    /// Rows that were.
    #[prost(uint32, tag = "1")]
    pub resealed: u32,
    /// Rows that do not open: see the log.
    #[prost(uint32, tag = "2")]
    pub unopened: u32,
}

impl UseCase<Workspace> for Reseal {
    type Reply = RowsResealed;

    fn needs(&self, needs: &mut Needs) {
        needs.stale.push((self.column, self.rows.clone()));
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<RowsResealed, ServiceError> {
        let done = workspace.resealed();
        Ok(RowsResealed { resealed: done.resealed, unopened: done.unopened })
    }
}
