//! Registers the children of a roster's rows.

use std::sync::Arc;

use kernel::{CategoryRecordId, ChildId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;
use prost::Message;

use crate::domain::child::Confirmed;
use crate::domain::roster::Entry;
use crate::domain::{Change, Child};
use crate::events;
use crate::store::{Needs, Workspace};

/// Opens a file, with the categories that were confirmed, for each row whose child has none.
#[derive(Clone, Debug)]
pub struct ImportRows {
    /// The rows without a fault, in order.
    pub entries: Arc<Vec<Entry>>,
}

/// What became of each row, in order.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ImportedRows {
    /// An [`Outcome`] for each.
    #[prost(enumeration = "Outcome", repeated, tag = "1")]
    pub outcomes: Vec<i32>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum Outcome {
    /// A file was opened.
    Opened = 0,
    /// The citizen ID has a file already.
    AlreadyRegistered = 1,
    /// The same row without a citizen ID came before: its child has a file.
    Recognised = 2,
}

impl UseCase<Workspace> for ImportRows {
    type Reply = ImportedRows;

    fn needs(&self, needs: &mut Needs) {
        for entry in self.entries.iter() {
            needs.citizen_ids.extend(entry.profile.citizen_id);
            needs.rows.extend(entry.fingerprint.clone());
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<ImportedRows, ServiceError> {
        let outcomes = self.entries.iter().map(|entry| import(entry, workspace, context).into()).collect();
        Ok(ImportedRows { outcomes })
    }
}

fn import(entry: &Entry, workspace: &mut Workspace, context: &mut Context<'_>) -> Outcome {
    let citizen_id = entry.profile.citizen_id;
    if citizen_id.is_some_and(|id| workspace.holder(&id).is_some()) {
        return Outcome::AlreadyRegistered;
    }
    let fingerprint = entry.fingerprint.as_ref();
    if fingerprint.is_some_and(|row| workspace.known_row(row).is_some()) {
        return Outcome::Recognised;
    }
    let confirmed: Vec<_> = entry
        .categories
        .iter()
        .map(|category| Confirmed {
            record: CategoryRecordId::generate(context.clock()),
            category: *category,
            on: entry.confirmed_on,
        })
        .collect();
    let id = ChildId::generate(context.clock());
    let Change { child, events } = Child::register(id, entry.profile.clone(), &confirmed, context.now());
    events::record(&events, context);
    if let Some(row) = fingerprint {
        workspace.remember_row(row.clone(), id);
    }
    workspace.put(child);
    Outcome::Opened
}
