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
    /// The word of a third party on it.
    pub time_stamp: Option<StoredTimeStamp>,
}

/// A time-stamp as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTimeStamp {
    /// The authority's token (RFC 3161).
    pub token: Vec<u8>,
    /// The time in it.
    pub time: Instant,
    /// The log's own signature over note and token.
    pub signature: Vec<u8>,
}

const SELECT: &str = "SELECT c.size AS size, root, made_at, note, token, stamped_at, signature FROM log_checkpoint c \
                      LEFT JOIN log_time_stamp s ON s.size = c.size";
/// By the time-stamps, which are few: looking for one costs the same however many checkpoints have none.
const SELECT_STAMPED: &str = "SELECT c.size AS size, root, made_at, note, token, stamped_at, signature \
                              FROM log_time_stamp s JOIN log_checkpoint c ON c.size = s.size";

/// What is written with a checkpoint. Another process may have stored the same roots.
pub(super) fn kept(checkpoint: &StoredCheckpoint, blocks: &[(u64, Hash)]) -> Kept {
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

/// What is written with a time-stamp of the checkpoint of a size.
pub(super) fn kept_time_stamp(size: u64, time_stamp: StoredTimeStamp) -> Kept {
    let rows = Rows::new("log_time_stamp")
        .int("size", vec![number(size)])
        .int("stamped_at", vec![time_stamp.time.as_micros()])
        .blob("token", vec![time_stamp.token])
        .blob("signature", vec![time_stamp.signature]);
    Kept::default().insert(rows)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).expect("a log never has 2^63 events")
}

/// The last one.
pub(super) async fn latest(connection: &impl ConnectionTrait) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("{SELECT} ORDER BY c.size DESC LIMIT 1");
    Ok(read(connection, sql, []).await?.pop())
}

/// The size of the last one; 0 if there is none.
pub(crate) async fn latest_size(connection: &impl ConnectionTrait) -> Result<u64, ServiceError> {
    let rows = query(connection, "SELECT size FROM log_checkpoint ORDER BY size DESC LIMIT 1", []).await?;
    rows.first().map_or(Ok(0), |row| sequence_of(row, "size"))
}

/// Sizes and notes of up to `limit` that are larger than a size, up to another, in order.
pub(crate) async fn kept_after(
    connection: &impl ConnectionTrait,
    after: u64,
    until: u64,
    limit: u64,
) -> Result<Vec<(u64, String)>, ServiceError> {
    let sql = "SELECT size, note FROM log_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size LIMIT $3";
    let rows = query(connection, sql, [after, until, limit].map(sequence_value)).await?;
    rows.iter().map(|row| Ok((sequence_of(row, "size")?, row.try_get("", "note")?))).collect()
}

/// The first one that has an event.
pub(super) async fn first_with(
    connection: &impl ConnectionTrait,
    sequence: u64,
) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("{SELECT} WHERE c.size >= $1 ORDER BY c.size LIMIT 1");
    Ok(read(connection, sql, [sequence_value(sequence)]).await?.pop())
}

/// Up to `limit` that are larger than a size, in order.
pub(super) async fn after(
    connection: &impl ConnectionTrait,
    size: u64,
    limit: u64,
) -> Result<Vec<StoredCheckpoint>, ServiceError> {
    let sql = format!("{SELECT} WHERE c.size > $1 ORDER BY c.size LIMIT $2");
    read(connection, sql, [sequence_value(size), sequence_value(limit)]).await
}

/// The first one with a time-stamp that has an event.
pub(super) async fn first_stamped_with(
    connection: &impl ConnectionTrait,
    sequence: u64,
) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("{SELECT_STAMPED} WHERE s.size >= $1 ORDER BY s.size LIMIT 1");
    Ok(read(connection, sql, [sequence_value(sequence)]).await?.pop())
}

/// The last one with a time-stamp.
pub(super) async fn last_stamped(connection: &impl ConnectionTrait) -> Result<Option<StoredCheckpoint>, ServiceError> {
    let sql = format!("{SELECT_STAMPED} ORDER BY s.size DESC LIMIT 1");
    Ok(read(connection, sql, []).await?.pop())
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
            time_stamp: time_stamp(row)?,
        })
    };
    rows.iter().map(checkpoint).collect()
}

fn time_stamp(row: &QueryResult) -> Result<Option<StoredTimeStamp>, ServiceError> {
    let Some(token) = row.try_get("", "token")? else { return Ok(None) };
    let time = Instant::from_micros(row.try_get("", "stamped_at")?);
    Ok(Some(StoredTimeStamp { token, time, signature: row.try_get("", "signature")? }))
}

async fn query<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, ServiceError> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(connection.query_all_raw(statement).await?)
}
