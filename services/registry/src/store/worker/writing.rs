//! From workers and assignments to rows, many with one statement.

use kernel::{ChildId, Version, WorkerId};
use messaging::journal::{Change, Shelf};
use platform::database::{Rows, Write};
use platform::vault::{Vault, VaultError};

use super::person::unchanged;
use super::sealed::SealedWorker;
use crate::domain::worker::{Assignment, Post, Worker};
use crate::store::fact::{self, FactWriter};
use crate::store::versions;

/// Hands over what changed of the workers.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn workers(shelf: &Shelf<Worker>, vault: &Vault, write: &mut Write) -> Result<(), VaultError> {
    let changed: Vec<Change<'_, Worker>> = shelf.changes().collect();
    let sealed = changed
        .iter()
        .map(|change| SealedWorker::of(change.now).seal(vault, change.now.id))
        .collect::<Result<Vec<_>, _>>()?;
    let all = |value: &dyn Fn(&Worker) -> i64| changed.iter().map(|change| value(change.now)).collect();
    Rows::new("worker")
        .uuid("id", changed.iter().map(|change| change.now.id.as_uuid()).collect())
        .int("version", all(&|worker| i64::from(worker.version)))
        .int("trainings", all(&|worker| i64::try_from(worker.trainings.len()).unwrap_or(i64::MAX)))
        .blob("sealed", sealed)
        .int("created_at", all(&|worker| worker.opened_at.as_micros()))
        .int("updated_at", all(&|worker| worker.changed_at.as_micros()))
        .upsert(write, "id");
    let mut facts = FactWriter::new(vault);
    for change in &changed {
        let first = &change.now.persons.versions()[0].value;
        let unchanged = unchanged(first.clone(), change.now.opened_at);
        let stored = change.before.map_or(&unchanged, |worker| &worker.persons);
        facts.add(change.now.id.as_uuid(), "", Some(stored), &change.now.persons)?;
    }
    facts.rows().upsert(write, fact::KEY);
    let posts: Vec<(WorkerId, &Version<Post>)> = changed
        .iter()
        .flat_map(|change| {
            versions::changed(change.before.map(|worker| &worker.posts), &change.now.posts)
                .map(|version| (change.now.id, version))
        })
        .collect();
    let rows = Rows::new("appointment")
        .uuid("worker_id", posts.iter().map(|(worker, _)| worker.as_uuid()).collect())
        .int("role", posts.iter().map(|(_, version)| i64::from(version.value.role().number())).collect())
        .text("division", posts.iter().map(|(_, version)| version.value.division().to_string()).collect());
    versions::columns(rows, &posts.iter().map(|(_, version)| *version).collect::<Vec<_>>())
        .upsert(write, "worker_id, number");
    Ok(())
}

/// Hands over what changed of the assignments.
pub fn assignments(shelf: &Shelf<Assignment>, write: &mut Write) {
    let changed: Vec<(ChildId, &Version<WorkerId>)> = shelf
        .changes()
        .flat_map(|change| {
            versions::changed(change.before.map(|assignment| &assignment.workers), &change.now.workers)
                .map(move |version| (change.now.child, version))
        })
        .collect();
    let rows = Rows::new("assignment")
        .uuid("child_id", changed.iter().map(|(child, _)| child.as_uuid()).collect())
        .uuid("worker_id", changed.iter().map(|(_, version)| version.value.as_uuid()).collect());
    versions::columns(rows, &changed.iter().map(|(_, version)| *version).collect::<Vec<_>>())
        .upsert(write, "child_id, number");
}
