use contract::audit::v1::UnusualPattern;
use kernel::Instant;
use platform::error::ServiceError;
use uuid::Uuid;

use super::store;
use crate::audit::AuditLog;

/// Which findings are wanted. What is left out or empty asks nothing; what is set holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::audit) struct FoundFilter {
    /// They are of this caller.
    pub(in crate::audit) caller: String,
    /// They are of this pattern.
    pub(in crate::audit) pattern: Option<UnusualPattern>,
}

/// A finding in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Listed {
    pub(in crate::audit) number: u64,
    pub(in crate::audit) id: Uuid,
    pub(in crate::audit) pattern: UnusualPattern,
    pub(in crate::audit) caller: String,
    pub(in crate::audit) actor: String,
    pub(in crate::audit) first: Instant,
    pub(in crate::audit) last: Instant,
    pub(in crate::audit) calls: u64,
    pub(in crate::audit) children: u64,
    pub(in crate::audit) told_at: Instant,
    pub(in crate::audit) is_over: bool,
}

impl AuditLog {
    /// Up to `limit` findings before a number, the newest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(in crate::audit) async fn unusual(
        &self,
        filter: &FoundFilter,
        before: Option<u64>,
        limit: u64,
    ) -> Result<Vec<Listed>, ServiceError> {
        store::list(self.database.reader(), filter, before, limit).await
    }
}
