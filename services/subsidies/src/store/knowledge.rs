//! The order of what is known.

use kernel::Instant;
use platform::database::{Rows, Write};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;

/// Gives each thing that is learnt or decided an instant of its own, later than all before, whatever the clock says. So it
/// is certain what a run knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knowledge {
    last: Instant,
    stored: Instant,
}

impl Knowledge {
    pub(super) async fn load(connection: &impl ConnectionTrait) -> Result<Self, ServiceError> {
        let last = last(connection).await?;
        Ok(Self { last, stored: last })
    }

    /// The next instant, now if it is free.
    pub fn next(&mut self, now: Instant) -> Instant {
        self.last = now.max(Instant::from_micros(self.last.as_micros() + 1));
        self.last
    }

    /// The last one that was given out.
    #[must_use]
    pub fn last(&self) -> Instant {
        self.last
    }

    pub(super) fn store(self, write: &mut Write) {
        if self.last != self.stored {
            Rows::new("knowledge").int("id", vec![1]).int("known_at", vec![self.last.as_micros()]).upsert(write, "id");
        }
    }
}

/// The instant of what was last learnt or decided.
///
/// # Errors
/// If the database fails.
pub async fn last(connection: &impl ConnectionTrait) -> Result<Instant, ServiceError> {
    let query = Query::select().column("known_at").from("knowledge").to_owned();
    let row = connection.query_one(&query).await?;
    let known = row.map(|row| row.try_get("", "known_at")).transpose()?;
    Ok(known.map_or(Instant::MIN, Instant::from_micros))
}
