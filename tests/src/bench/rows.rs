use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use rusqlite::types::ValueRef;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

/// Tables whose rows no request inserts, and the log's one-row head: to update that row in each of many concurrent
/// transactions would make the limit slower than it is.
const NOT_COUNTED: [&str; 6] =
    ["seaql_migrations", "event_log_head", "inbox", "dead_letter", "log_checkpoint", "log_block"];

/// The rows that one request wrote into one table, with fresh keys wherever an index would notice.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRows {
    table: String,
    columns: Vec<String>,
    /// One cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// As it was.
    Integer(i64),
    /// As it was.
    Text(String),
    /// As it was.
    Bytes(Vec<u8>),
    /// Another one in each transaction.
    FreshInteger,
    /// Another one in each transaction, so many bytes.
    FreshBytes(usize),
    /// Another one in each transaction, of PostgreSQL's type uuid.
    FreshUuid,
}

impl TableRows {
    /// All rows of a database in which one request was carried out, from its SQLite file; and its tables and indexes.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn from_sqlite(file: &Path) -> anyhow::Result<(Vec<String>, Vec<Self>)> {
        let database = rusqlite::Connection::open(file)?;
        let mut statement = database.prepare(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC",
        )?;
        let schema = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        let mut statement =
            database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
        let tables = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        let tables = tables.into_iter().filter(|table| !NOT_COUNTED.contains(&table.as_str()));
        let rows = tables.map(|table| sqlite_rows(&database, table)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok((schema, rows.into_iter().filter(|table| !table.rows.is_empty()).collect()))
    }

    /// All rows of a schema in which one request was carried out, from PostgreSQL.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn from_postgres(database: &DatabaseConnection, schema: &str) -> anyhow::Result<Vec<Self>> {
        let sql = format!("SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY tablename");
        let mut all = Vec::new();
        for row in database.query_all_raw(statement(database, sql)).await? {
            let table: String = row.try_get("", "tablename")?;
            if !NOT_COUNTED.contains(&table.as_str()) {
                let rows = postgres_rows(database, schema, &table).await?;
                if !rows.rows.is_empty() {
                    all.push(rows);
                }
            }
        }
        Ok(all)
    }

    /// For SQLite.
    #[must_use]
    pub fn insert_with_question_marks(&self) -> String {
        let marks = vec!["?"; self.columns.len()].join(", ");
        format!("INSERT INTO \"{}\" ({}) VALUES ({marks})", self.table, self.names())
    }

    /// For a pgbench script; fresh keys are drawn by the server.
    #[must_use]
    pub fn inserts_for_postgres(&self) -> Vec<String> {
        let insert = |row: &Vec<Cell>| {
            let values: Vec<_> = row.iter().map(postgres_literal).collect();
            format!("INSERT INTO {} ({}) VALUES ({});", self.table, self.names(), values.join(", "))
        };
        self.rows.iter().map(insert).collect()
    }

    /// What was found, for the report: `child 1, event_log 1`.
    #[must_use]
    pub fn summary(tables: &[Self]) -> String {
        let parts: Vec<_> = tables.iter().map(|table| format!("{} {}", table.table, table.rows.len())).collect();
        parts.join(", ")
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| format!("\"{column}\"")).collect();
        names.join(", ")
    }
}

fn sqlite_rows(database: &rusqlite::Connection, table: String) -> anyhow::Result<TableRows> {
    let mut indexed = BTreeSet::new();
    let mut indexes = database.prepare(&format!("SELECT name FROM pragma_index_list('{table}')"))?;
    for index in indexes.query_map([], |row| row.get::<_, String>(0))? {
        let mut columns = database.prepare(&format!("SELECT name FROM pragma_index_info('{}')", index?))?;
        for column in columns.query_map([], |row| row.get::<_, Option<String>>(0))? {
            indexed.extend(column?);
        }
    }
    let mut keys = database.prepare(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0"))?;
    for key in keys.query_map([], |row| row.get::<_, String>(0))? {
        indexed.insert(key?);
    }
    let mut select = database.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let columns: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
    let cells = |row: &rusqlite::Row<'_>| {
        let cell = |(at, column): (usize, &String)| {
            let fresh = indexed.contains(column);
            row.get_ref(at).map(|value| match value {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(_) if fresh => Cell::FreshInteger,
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Blob(bytes) if fresh => Cell::FreshBytes(bytes.len()),
                ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
                ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Real(number) => Cell::Text(number.to_string()),
            })
        };
        columns.iter().enumerate().map(cell).collect::<Result<Vec<_>, _>>()
    };
    let rows = select.query_map([], cells)?.collect::<Result<Vec<_>, _>>()?;
    Ok(TableRows { table, columns, rows })
}

async fn postgres_rows(database: &DatabaseConnection, schema: &str, table: &str) -> anyhow::Result<TableRows> {
    let sql = format!(
        "SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
                EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)) AS indexed
         FROM pg_attribute a
         WHERE a.attrelid = '{schema}.{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    );
    let mut columns: Vec<(String, String, bool)> = Vec::new();
    for row in database.query_all_raw(statement(database, sql)).await? {
        columns.push((row.try_get("", "name")?, row.try_get("", "type")?, row.try_get("", "indexed")?));
    }
    let selected: Vec<_> = columns
        .iter()
        .map(|(name, kind, _)| match kind.as_str() {
            "bytea" => format!("encode(\"{name}\", 'hex') AS \"{name}\""),
            _ => format!("\"{name}\"::text AS \"{name}\""),
        })
        .collect();
    let sql = format!("SELECT {} FROM {schema}.{table}", selected.join(", "));
    let mut rows = Vec::new();
    for row in database.query_all_raw(statement(database, sql)).await? {
        let mut cells = Vec::new();
        for (name, kind, indexed) in &columns {
            let value: Option<String> = row.try_get("", name)?;
            cells.push(match (value, kind.as_str(), indexed) {
                (None, ..) => Cell::Null,
                (Some(_), "uuid", _) => Cell::FreshUuid,
                (Some(_), "bigint", true) => Cell::FreshInteger,
                (Some(number), "bigint" | "integer" | "smallint", _) => Cell::Integer(number.parse()?),
                (Some(hex), "bytea", true) => Cell::FreshBytes(hex.len() / 2),
                (Some(bytes), "bytea", false) => Cell::Bytes(hex::decode(bytes).context("PostgreSQL writes hex")?),
                (Some(text), ..) => Cell::Text(text),
            });
        }
        rows.push(cells);
    }
    let columns = columns.into_iter().map(|(name, ..)| name).collect();
    Ok(TableRows { table: format!("{schema}.{table}"), columns, rows })
}

fn postgres_literal(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Cell::Bytes(bytes) => format!("'\\x{}'", hex::encode(bytes)),
        Cell::FreshInteger => "nextval('bench_fresh')".to_owned(),
        Cell::FreshUuid => "gen_random_uuid()".to_owned(),
        // As long as it was: what an index stores is what it costs.
        Cell::FreshBytes(length) => {
            let uuids = length.div_ceil(16);
            let random = vec!["uuid_send(gen_random_uuid())"; uuids.max(1)].join(" || ");
            format!("substr({random}, 1, {length})")
        }
    }
}

fn statement(database: &DatabaseConnection, sql: String) -> Statement {
    Statement::from_string(database.get_database_backend(), sql)
}
