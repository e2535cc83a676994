//! Gives out all files of a division.

use std::sync::Arc;

use futures::{Stream, stream};
use kernel::{ChildId, Division};
use platform::error::ServiceError;

use super::Application;
use crate::domain::Child;
use crate::store::listing::{self, Filter};

/// Files that are read at once.
const CHUNK: u64 = 200;

impl Application {
    /// All files of a division, or of the city, in chunks, oldest first. They are read as the caller takes them; a file
    /// that is opened meanwhile may or may not be among them.
    pub fn export_roster(
        self: Arc<Self>,
        division: Option<Division>,
    ) -> impl Stream<Item = Result<Vec<Child>, ServiceError>> + Send + 'static {
        let filter = Filter { division, ..Filter::default() };
        stream::try_unfold(
            (self, filter, Some(None)),
            |(application, filter, next): (_, _, Option<Option<ChildId>>)| async move {
                let Some(after) = next else {
                    return Ok(None);
                };
                let reader = application.database.reader();
                let ids = listing::page(reader, &filter, after, CHUNK).await?;
                let Some(last) = ids.last().copied() else {
                    return Ok(None);
                };
                let next = (ids.len() as u64 == CHUNK).then_some(Some(last));
                let children = application.found(ids).await?;
                Ok(Some((children, (application, filter, next))))
            },
        )
    }
}
