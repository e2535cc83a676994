//! The rows of the audit.

use std::collections::HashMap;

use evidence::hash::ZERO_HASH;
use kernel::Instant;
use platform::database::{Database, Rows, Write};
use platform::error::ServiceError;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use uuid::Uuid;

use super::{SealedCall, Signature};
use crate::log::{self, Head, sequence_of, sequence_value};

/// The audit of a service, as its database has it.
#[derive(Debug, Clone)]
pub struct AuditLog {
    pub(super) database: Database,
}

/// What is read of an entry besides its children.
pub(super) const COLUMNS: [&str; 14] = [
    "sequence", "id", "at", "caller", "actor", "method", "purpose", "decision", "reason", "fields", "trace", "calls",
    "hash", "key_id",
];

impl AuditLog {
    /// The audit in a service's database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The service whose audit it is.
    #[must_use]
    pub fn service(&self) -> &str {
        self.database.service()
    }

    /// The last entry's number and hash; 0 and zeros before the first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn head(&self) -> Result<Head, ServiceError> {
        Ok(log::stand(self.database.reader()).await?.audit)
    }

    /// Up to `limit` entries after a number, in order, with all their children.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn read(&self, after: u64, limit: u64) -> Result<Vec<SealedCall>, ServiceError> {
        let columns = COLUMNS.join(", ");
        let sql = format!("SELECT {columns}, signature FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2");
        let rows = self.query(&sql, [sequence_value(after), sequence_value(limit)]).await?;
        let mut calls = rows.iter().map(call).collect::<Result<Vec<_>, _>>()?;
        let Some(last) = calls.last().map(|last| last.sequence) else { return Ok(calls) };
        let sql =
            "SELECT sequence, child FROM audit_child WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence, child";
        let rows = self.query(sql, [sequence_value(after), sequence_value(last)]).await?;
        let mut children: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for row in &rows {
            children.entry(sequence_of(row, "sequence")?).or_default().push(row.try_get("", "child")?);
        }
        for call in &mut calls {
            call.children = children.remove(&call.sequence).unwrap_or_default();
            // The two databases do not sort ids alike.
            call.children.sort_unstable();
        }
        Ok(calls)
    }

    /// The entry of a number.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn get(&self, sequence: u64) -> Result<Option<SealedCall>, ServiceError> {
        let calls = self.read(sequence.saturating_sub(1), 1).await?;
        Ok(calls.into_iter().find(|call| call.sequence == sequence))
    }

    pub(super) async fn query<const N: usize>(
        &self,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<Vec<QueryResult>, ServiceError> {
        let reader = self.database.reader();
        let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, values);
        Ok(reader.query_all_raw(statement).await?)
    }
}

/// An entry without its children; with its signature if that was asked for.
pub(super) fn call(row: &QueryResult) -> Result<SealedCall, ServiceError> {
    let key_id: String = row.try_get("", "key_id")?;
    let signature = if key_id.is_empty() { None } else { Some(row.try_get("", "signature").unwrap_or_default()) };
    let hash: Vec<u8> = row.try_get("", "hash")?;
    Ok(SealedCall {
        sequence: sequence_of(row, "sequence")?,
        id: row.try_get("", "id")?,
        at: Instant::from_micros(row.try_get("", "at")?),
        caller: row.try_get("", "caller")?,
        actor: row.try_get("", "actor")?,
        method: row.try_get("", "method")?,
        purpose: row.try_get("", "purpose")?,
        decision: row.try_get("", "decision")?,
        reason: row.try_get("", "reason")?,
        fields: row.try_get("", "fields")?,
        trace: row.try_get("", "trace")?,
        calls: row.try_get("", "calls")?,
        children: Vec::new(),
        // What is no hash is nobody's: the verifier says so.
        hash: hash.try_into().unwrap_or(ZERO_HASH),
        signature: signature.map(|bytes| Signature { key_id, bytes }),
    })
}

/// Appends entries. The head, which says that they are the next ones, is moved beside.
pub(crate) fn append(write: &mut Write, calls: &[SealedCall]) {
    let number = |sequence: u64| i64::try_from(sequence).expect("an audit never has 2^63 entries");
    let text = |of: fn(&SealedCall) -> &String| calls.iter().map(|call| of(call).clone()).collect();
    let key_id = |call: &SealedCall| call.signature.as_ref().map(|it| it.key_id.clone()).unwrap_or_default();
    Rows::new("audit")
        .int("sequence", calls.iter().map(|call| number(call.sequence)).collect())
        .uuid("id", calls.iter().map(|call| call.id).collect())
        .int("at", calls.iter().map(|call| call.at.as_micros()).collect())
        .text("caller", text(|call| &call.caller))
        .text("actor", text(|call| &call.actor))
        .text("method", text(|call| &call.method))
        .text("purpose", text(|call| &call.purpose))
        .int("decision", calls.iter().map(|call| call.decision).collect())
        .text("reason", text(|call| &call.reason))
        .text("fields", text(|call| &call.fields))
        .text("trace", text(|call| &call.trace))
        .int("calls", calls.iter().map(|call| call.calls).collect())
        .blob("hash", calls.iter().map(|call| call.hash.to_vec()).collect())
        .optional_blob(
            "signature",
            calls.iter().map(|call| call.signature.as_ref().map(|it| it.bytes.clone())).collect(),
        )
        .text("key_id", calls.iter().map(key_id).collect())
        .insert(write);
    let children = || calls.iter().flat_map(|call| call.children.iter().map(|child| (call.sequence, *child)));
    Rows::new("audit_child")
        .int("sequence", children().map(|(sequence, _)| number(sequence)).collect())
        .uuid("child", children().map(|(_, child)| child).collect())
        .insert(write);
}
