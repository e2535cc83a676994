use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::Entry;
use crate::error::ServiceError;

/// Ends when an entry is written, or cannot be.
pub type Recorded = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send>>;

/// Where entries are written: a service's journal.
pub trait Recorder: fmt::Debug + Send + Sync {
    /// Hands an entry in. It is written whether or not somebody waits for the answer.
    fn record(&self, entry: Entry) -> Recorded;
}

/// The recorders behind a door, by their services.
#[derive(Debug, Clone)]
pub struct Recorders(Arc<[(String, Arc<dyn Recorder>)]>);

impl Recorders {
    /// A call goes to the service whose method it is. The first one also takes the calls that are nobody's: of paths that
    /// there are not, of reflection, of what all services answer together.
    ///
    /// # Panics
    /// If there is none: a door without an audit is none.
    #[must_use]
    pub fn new(recorders: Vec<(String, Arc<dyn Recorder>)>) -> Self {
        assert!(!recorders.is_empty(), "a door has an audit");
        Self(recorders.into())
    }

    /// For the method of a path, such as `/hutong.registry.v1.ChildService/GetChild`.
    pub(super) fn of(&self, path: &str) -> &Arc<dyn Recorder> {
        let service = contract::access::service_of(path);
        let own = self.0.iter().find(|(name, _)| Some(name.as_str()) == service);
        &own.unwrap_or(&self.0[0]).1
    }
}
