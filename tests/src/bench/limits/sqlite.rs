//! SQLite without layers: the rows of one request, one transaction each, WAL and `synchronous = FULL`.

use std::path::Path;
use std::time::{Duration, Instant};

use kernel::{EventId, SystemClock};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::bench::rows::{Cell, TableRows};

/// Transactions a second. SQLite has one writer whatever the clients: more of them only wait.
///
/// # Errors
/// If the file cannot be written.
pub fn measure(file: &Path, schema: &[String], rows: &[TableRows], span: Duration) -> anyhow::Result<f64> {
    let mut database = Connection::open(file)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    for statement in schema {
        database.execute_batch(statement)?;
    }
    let statements: Vec<String> = rows.iter().map(TableRows::insert_with_question_marks).collect();
    let mut written = 0_u32;
    let begun = Instant::now();
    while begun.elapsed() < span {
        let transaction = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for (rows, statement) in rows.iter().zip(&statements) {
            let mut statement = transaction.prepare_cached(statement)?;
            for row in &rows.rows {
                statement.execute(params_from_iter(row.iter().map(|cell| value(cell, written))))?;
            }
        }
        transaction.commit()?;
        written += 1;
    }
    Ok(f64::from(written) / begun.elapsed().as_secs_f64())
}

fn value(cell: &Cell, written: u32) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Bytes(bytes) => Value::Blob(bytes.clone()),
        Cell::FreshInteger => Value::Integer(i64::from(written) + 1_000_000),
        Cell::FreshUuid => Value::Blob(fresh().as_bytes().to_vec()),
        Cell::FreshBytes(length) => Value::Blob(fresh().as_bytes().iter().copied().cycle().take(*length).collect()),
    }
}

fn fresh() -> uuid::Uuid {
    EventId::generate(&SystemClock).as_uuid()
}
