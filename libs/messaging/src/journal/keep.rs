use std::fmt;
use std::sync::Arc;

use platform::database::{Rows, Write};
use platform::error::ServiceError;
use sea_orm::sea_query::{DeleteStatement, UpdateStatement};

use super::{Context, Journal, RequestKey, UseCase, Workspace};

/// What is written to messaging's own tables, which every service has, beside its state, and the events that go with it. Nothing of
/// it is refused, so that nothing is taken back.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    rows: Vec<(Rows, How)>,
    changes: Vec<UpdateStatement>,
    removals: Vec<DeleteStatement>,
    events: Vec<Arc<Record>>,
}

/// Records an event.
type Record = dyn Fn(&mut Context<'_>) + Send + Sync;

/// How rows are written.
#[derive(Debug, Clone, Copy)]
enum How {
    Insert,
    Upsert { key: &'static str },
    Advance { key: &'static str, counter: &'static str },
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, changes, removals, events } = self;
        let (changes, removals, events) = (changes.len(), removals.len(), events.len());
        write!(f, "Kept({} kinds of rows, {changes} changes, {removals} removals, {events} events)", rows.len())
    }
}

impl Kept {
    /// And these rows.
    #[must_use]
    pub(crate) fn insert(mut self, rows: Rows) -> Self {
        self.rows.push((rows, How::Insert));
        self
    }

    /// And these; where a row with this key exists, it is replaced.
    #[must_use]
    pub(crate) fn upsert(mut self, rows: Rows, key: &'static str) -> Self {
        self.rows.push((rows, How::Upsert { key }));
        self
    }

    /// And these; where a row with this key exists, its `counter` must stand one before theirs. Otherwise another process has
    /// written, and nothing is.
    #[must_use]
    pub(crate) fn advance(mut self, rows: Rows, key: &'static str, counter: &'static str) -> Self {
        self.rows.push((rows, How::Advance { key, counter }));
        self
    }

    /// And this event.
    #[must_use]
    pub(crate) fn record(mut self, event: impl Fn(&mut Context<'_>) + Send + Sync + 'static) -> Self {
        self.events.push(Arc::new(event));
        self
    }

    /// And this change.
    #[must_use]
    pub(crate) fn change(mut self, change: UpdateStatement) -> Self {
        self.changes.push(change);
        self
    }

    /// And without these.
    #[must_use]
    pub(crate) fn remove(mut self, removal: DeleteStatement) -> Self {
        self.removals.push(removal);
        self
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.rows.extend(other.rows.iter().cloned());
        self.changes.extend(other.changes.iter().cloned());
        self.removals.extend(other.removals.iter().cloned());
    }

    pub(super) fn store(self, write: &mut Write) {
        for change in &self.changes {
            write.first(change);
        }
        for removal in &self.removals {
            write.last(removal);
        }
        for (rows, how) in self.rows {
            match how {
                How::Insert => rows.insert(write),
                How::Upsert { key } => rows.upsert(write, key),
                How::Advance { key, counter } => rows.advance(write, key, counter),
            }
        }
    }
}

/// Writes messaging's own tables: the journal of a service, whatever its workspace.
#[async_trait::async_trait]
pub(crate) trait Keep: std::fmt::Debug + Send + Sync {
    /// Writes them with one commit.
    async fn keep(&self, kept: Kept, key: RequestKey) -> Result<(), ServiceError>;
}

#[async_trait::async_trait]
impl<W: Workspace> Keep for Journal<W> {
    async fn keep(&self, kept: Kept, key: RequestKey) -> Result<(), ServiceError> {
        self.submit(KeepIt(kept), key).await
    }
}

struct KeepIt(Kept);

impl<W: Workspace> UseCase<W> for KeepIt {
    type Reply = ();

    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&self, _: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        context.keep(&self.0);
        for record in &self.0.events {
            record(context);
        }
        Ok(())
    }
}
