use kernel::Instant;

use crate::error::ServiceError;

/// One kind of deadline, of a service whose use cases are `A`.
#[async_trait::async_trait]
pub trait Sweep<A: Sync>: Send + Sync {
    /// Its name in logs.
    fn name(&self) -> &'static str;

    /// Carries out a bounded part of what is due at `now`, so that callers' writes come in between.
    ///
    /// # Errors
    /// What the database or the journal says. What was carried out stands; the rest is found again.
    async fn sweep(&self, application: &A, now: Instant) -> Result<Swept, ServiceError>;

    /// The next instant after `now` at which something may fall due, as far as is known by now.
    ///
    /// # Errors
    /// If the database fails.
    async fn next(&self, application: &A, now: Instant) -> Result<Option<Instant>, ServiceError>;
}

/// How far one step of a sweep came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// Nothing is due any more.
    All,
    /// Something was carried out, and more may be due.
    Part,
}
