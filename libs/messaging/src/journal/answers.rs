//! The answers that requests got, so that the same request is carried out once.

use std::collections::HashMap;

use kernel::Instant;
use platform::database::{Rows, Write, any_uuid};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::decide::Outcome;
use super::job::{Job, Workspace};
use super::request::Answered;

/// A request as its caller and id name it.
pub(super) type RequestName = (Uuid, String);

pub(super) fn name(key: &super::RequestKey) -> Option<RequestName> {
    key.request_id.map(|id| (id, key.caller.clone()))
}

/// The answers that requests of this group got before.
pub(super) async fn answered<W: Workspace>(
    write: &Write,
    jobs: &[Box<dyn Job<W>>],
) -> Result<HashMap<RequestName, Answered>, ServiceError> {
    let ids: Vec<Uuid> = jobs.iter().filter_map(|job| job.key().request_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Query::select()
        .columns(["request_id", "caller", "method", "fingerprint", "reply"])
        .from("request")
        .and_where(any_uuid(write.get_database_backend(), "request_id", ids))
        .to_owned();
    let rows = write.query_all(&query).await?;
    rows.iter()
        .map(|row| {
            let name = (row.try_get("", "request_id")?, row.try_get("", "caller")?);
            let answered = Answered {
                method: row.try_get("", "method")?,
                fingerprint: row.try_get("", "fingerprint")?,
                reply: row.try_get("", "reply")?,
            };
            Ok((name, answered))
        })
        .collect()
}

/// Keeps the answers of this group.
pub(super) fn remember<W: Workspace>(write: &mut Write, jobs: &[Box<dyn Job<W>>], outcomes: &[Outcome], now: Instant) {
    let decided: Vec<(&dyn Job<W>, Uuid)> = jobs
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| matches!(outcome, Outcome::Decided))
        .filter_map(|(job, _)| job.key().request_id.map(|id| (job.as_ref(), id)))
        .collect();
    Rows::new("request")
        .uuid("request_id", decided.iter().map(|(_, id)| *id).collect())
        .text("caller", decided.iter().map(|(job, _)| job.key().caller.clone()).collect())
        .text("method", decided.iter().map(|(job, _)| job.key().method.to_owned()).collect())
        .blob("fingerprint", decided.iter().map(|(job, _)| job.key().fingerprint.to_vec()).collect())
        .blob("reply", decided.iter().map(|(job, _)| job.reply()).collect())
        .int("created_at", vec![now.as_micros(); decided.len()])
        .insert(write);
}

/// Gives up the answers from before an instant.
pub(super) fn forget(write: &mut Write, before: Instant) {
    let old =
        Query::delete().from_table("request").and_where(Expr::col("created_at").lt(before.as_micros())).to_owned();
    write.first(&old);
}
