//! The rows of checkpoints and blocks.

use evidence::tree::BLOCK;
use kernel::Instant;
use platform::database::Rows;
use platform::error::ServiceError;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::journal::Kept;
use crate::log::{bytes_of, inconsistent, sequence_of, sequence_value};
use crate::seal::Hash;

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many events the log had.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// When it was made.
    pub made_at: Instant,
    /// The signed note.
    pub note: String,
}

const COLUMNS: &str = "size, root, made_at, note";

/// What is written with a checkpoint. Another process may have stored the same roots.
pub(super) fn kept(checkpoint: &StoredCheckpoint, blocks: &[(u64, Hash)]) -> Kept {
    let number = |number: u64| i64::try_from(number).expect("a log never has 2^63 events");
    let rows = Rows::new("log_checkpoint")
        .int("size", vec![number(checkpoint.size)])
        .blob("root", vec![checkpoint.root.to_vec()])
        .int("made_at", vec![checkpoint.made_at.as_micros()])
        .text("note", vec![checkpoint.note.clone()]);
    let roots = Rows::new("log_block")
        .int("block", blocks.iter().map(|(block, _)| number(*block)).collect())
        .blob("root", blocks.iter().map(|(_, root)| root.to_vec()).collect());
    Kept::default().insert(rows).upsert(roots, "block")
}

/// The last one.
pub(super) async fn latest(connection: &impl ConnectionTrait) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM log_checkpoint ORDER BY size DESC LIMIT 1");
    Ok(read(connection, sql, []).await?.pop())
}

/// The first one that has an event.
pub(super) async fn first_with(
    connection: &impl ConnectionTrait,
    sequence: u64,
) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM log_checkpoint WHERE size >= $1 ORDER BY size LIMIT 1");
    Ok(read(connection, sql, [sequence_value(sequence)]).await?.pop())
}

/// Up to `limit` that are larger than a size, in order.
pub(super) async fn after(
    connection: &impl ConnectionTrait,
    size: u64,
    limit: u64,
) -> Result<Vec<StoredCheckpoint>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM log_checkpoint WHERE size > $1 ORDER BY size LIMIT $2");
    read(connection, sql, [sequence_value(size), sequence_value(limit)]).await
}

/// The roots of the blocks from one on, in order and without a gap.
pub(super) async fn block_roots(connection: &impl ConnectionTrait, from: u64) -> Result<Vec<Hash>, ServiceError> {
    let sql = "SELECT block, root FROM log_block WHERE block >= $1 ORDER BY block";
    let rows = query(connection, sql, [sequence_value(from)]).await?;
    (from..)
        .zip(&rows)
        .map(|(block, row)| match sequence_of(row, "block")? == block {
            true => bytes_of(row, "log_block", "root"),
            false => Err(inconsistent("log_block", "block")),
        })
        .collect()
}

/// The hashes of events after a number, up to another.
pub(super) async fn hashes(
    connection: &impl ConnectionTrait,
    after: u64,
    until: u64,
) -> Result<Vec<Hash>, ServiceError> {
    let sql = "SELECT hash FROM event_log WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence";
    let rows = query(connection, sql, [sequence_value(after), sequence_value(until)]).await?;
    if rows.len() as u64 != until - after {
        return Err(inconsistent("event_log", "sequence"));
    }
    rows.iter().map(|row| bytes_of(row, "event_log", "hash")).collect()
}

/// The hashes of one block's events, in a log of `size`.
pub(super) async fn block(connection: &impl ConnectionTrait, block: u64, size: u64) -> Result<Vec<Hash>, ServiceError> {
    hashes(connection, block * BLOCK, size.min((block + 1) * BLOCK)).await
}

async fn read<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<Vec<StoredCheckpoint>, ServiceError> {
    let rows = query(connection, &sql, values).await?;
    let checkpoint = |row: &QueryResult| {
        Ok(StoredCheckpoint {
            size: sequence_of(row, "size")?,
            root: bytes_of(row, "log_checkpoint", "root")?,
            made_at: Instant::from_micros(row.try_get("", "made_at")?),
            note: row.try_get("", "note")?,
        })
    };
    rows.iter().map(checkpoint).collect()
}

async fn query<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, ServiceError> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(connection.query_all_raw(statement).await?)
}
