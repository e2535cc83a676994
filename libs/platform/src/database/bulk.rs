use sea_orm::DbBackend;
use sea_orm::sea_query::Values as Parameters;
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait as _, IntoColumnRef, SimpleExpr, Value};
use uuid::Uuid;

use super::Write;

/// SQLite binds at most 32,766 parameters.
const SQLITE_PARAMETERS: usize = 30_000;

/// Many rows for one table, written at once.
///
/// PostgreSQL gets one array for each column (`UNNEST`), so that the statement is the same, and
/// prepared once, whatever the number of rows; SQLite gets one list of values.
///
/// In an optional column an empty text, an empty blob and a nil id stand for NULL.
#[derive(Debug, Clone)]
pub struct Rows {
    table: &'static str,
    columns: Vec<Column>,
    conflict: Conflict,
}

/// What happens where a row with the same key exists.
#[derive(Debug, Clone, Copy)]
enum Conflict {
    Fail,
    Replace { key: &'static str },
    Advance { key: &'static str, counter: &'static str },
}

#[derive(Debug, Clone)]
struct Column {
    name: &'static str,
    optional: bool,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Uuid(Vec<Uuid>),
    Text(Vec<String>),
    Int(Vec<i64>),
    Blob(Vec<Vec<u8>>),
}

/// What an optional integer column carries for NULL on its way to the database.
const NO_INT: i64 = i64::MIN;

impl Rows {
    /// No columns yet.
    pub fn new(table: &'static str) -> Self {
        Self { table, columns: Vec::new(), conflict: Conflict::Fail }
    }

    /// A column of ids.
    #[must_use]
    pub fn uuid(self, name: &'static str, values: Vec<Uuid>) -> Self {
        self.column(name, false, Values::Uuid(values))
    }

    /// A column of ids that may be absent.
    #[must_use]
    pub fn optional_uuid(self, name: &'static str, values: Vec<Option<Uuid>>) -> Self {
        let values = values.into_iter().map(Option::unwrap_or_default).collect();
        self.column(name, true, Values::Uuid(values))
    }

    /// A column of texts.
    #[must_use]
    pub fn text(self, name: &'static str, values: Vec<String>) -> Self {
        self.column(name, false, Values::Text(values))
    }

    /// A column of texts that may be absent.
    #[must_use]
    pub fn optional_text(self, name: &'static str, values: Vec<Option<String>>) -> Self {
        let values = values.into_iter().map(Option::unwrap_or_default).collect();
        self.column(name, true, Values::Text(values))
    }

    /// A column of integers.
    #[must_use]
    pub fn int(self, name: &'static str, values: Vec<i64>) -> Self {
        self.column(name, false, Values::Int(values))
    }

    /// A column of integers that may be absent.
    #[must_use]
    pub fn optional_int(self, name: &'static str, values: Vec<Option<i64>>) -> Self {
        let values = values.into_iter().map(|value| value.unwrap_or(NO_INT)).collect();
        self.column(name, true, Values::Int(values))
    }

    /// A column of bytes.
    #[must_use]
    pub fn blob(self, name: &'static str, values: Vec<Vec<u8>>) -> Self {
        self.column(name, false, Values::Blob(values))
    }

    /// A column of bytes that may be absent.
    #[must_use]
    pub fn optional_blob(self, name: &'static str, values: Vec<Option<Vec<u8>>>) -> Self {
        let values = values.into_iter().map(Option::unwrap_or_default).collect();
        self.column(name, true, Values::Blob(values))
    }

    fn column(mut self, name: &'static str, optional: bool, values: Values) -> Self {
        self.columns.push(Column { name, optional, values });
        self
    }

    /// Inserts all rows with the commit, which fails if one of them breaks a constraint. Nothing happens where there are
    /// none.
    pub fn insert(self, write: &mut Write) {
        write.later(self);
    }

    /// As [`Rows::insert`]; where a row with this key exists, it is replaced.
    pub fn upsert(mut self, write: &mut Write, key: &'static str) {
        self.conflict = Conflict::Replace { key };
        write.later(self);
    }

    /// As [`Rows::upsert`], if the row's `counter` stands one before the new one; otherwise somebody else has written, and
    /// the commit fails.
    pub fn advance(mut self, write: &mut Write, key: &'static str, counter: &'static str) {
        self.conflict = Conflict::Advance { key, counter };
        write.later(self);
    }

    /// # Panics
    /// If a column lacks a value for a row: a fault of the caller.
    pub(super) fn is_empty(&self) -> bool {
        let rows = self.len();
        assert!(
            self.columns.iter().all(|column| column.values.len() == rows),
            "every column of {} has a value for each row",
            self.table
        );
        rows == 0
    }

    fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    fn on_conflict(&self) -> String {
        let key = match self.conflict {
            Conflict::Fail => return String::new(),
            Conflict::Replace { key } | Conflict::Advance { key, .. } => key,
        };
        let set: Vec<String> = self
            .columns
            .iter()
            .filter(|column| !key.split(',').any(|key| key.trim() == column.name))
            .map(|column| format!("\"{}\" = {}", column.name, self.replacement(column.name)))
            .collect();
        format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
    }

    /// What becomes of a column where the row exists.
    fn replacement(&self, column: &str) -> String {
        match self.conflict {
            // NULL where the counter had moved, which the column refuses.
            Conflict::Advance { counter, .. } => format!(
                "CASE WHEN \"{}\".\"{counter}\" = excluded.\"{counter}\" - 1 THEN excluded.\"{column}\" END",
                self.table
            ),
            Conflict::Fail | Conflict::Replace { .. } => format!("excluded.\"{column}\""),
        }
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        names.join(", ")
    }

    /// For PostgreSQL, with parameters from `$first` on.
    fn unnest(&self, first: usize) -> String {
        let selected: Vec<String> = self
            .columns
            .iter()
            .map(|column| match (column.optional, &column.values) {
                (false, _) => format!("u.\"{}\"", column.name),
                (true, Values::Uuid(_)) => {
                    format!("NULLIF(u.\"{}\", '00000000-0000-0000-0000-000000000000'::uuid)", column.name)
                }
                (true, Values::Text(_)) => format!("NULLIF(u.\"{}\", '')", column.name),
                (true, Values::Int(_)) => format!("NULLIF(u.\"{}\", {NO_INT})", column.name),
                (true, Values::Blob(_)) => format!("NULLIF(u.\"{}\", ''::bytea)", column.name),
            })
            .collect();
        let arrays: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| format!("${}::{}[]", first + index, column.values.postgres_type()))
            .collect();
        format!(
            "INSERT INTO \"{}\" ({names}) SELECT {} FROM UNNEST({}) AS u({names}){}",
            self.table,
            selected.join(", "),
            arrays.join(", "),
            self.on_conflict(),
            names = self.names(),
        )
    }

    /// For SQLite.
    fn values(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let rows = vec![row; rows].join(", ");
        format!("INSERT INTO \"{}\" ({}) VALUES {rows}{}", self.table, self.names(), self.on_conflict())
    }
}

/// One statement that writes all, for PostgreSQL; `None` where there is nothing. It writes them in no order, so that no two
/// may be about one row.
pub(super) fn as_one_statement(all: Vec<Rows>) -> Option<(String, Parameters)> {
    if all.is_empty() {
        return None;
    }
    let mut parameters = Vec::new();
    let mut parts = Vec::new();
    for (index, rows) in all.into_iter().enumerate() {
        parts.push(format!("w{index} AS ({})", rows.unnest(parameters.len() + 1)));
        parameters.extend(rows.columns.into_iter().map(|column| column.values.into_array()));
    }
    Some((format!("WITH {} SELECT 1", parts.join(", ")), Parameters(parameters)))
}

/// Statements that write all in order, each with its semicolon, for SQLite.
pub(super) fn as_script(all: Vec<Rows>) -> (String, Vec<Value>) {
    let mut parameters = Vec::new();
    let mut script = String::new();
    for rows in all {
        let step = (SQLITE_PARAMETERS / rows.columns.len()).max(1);
        for start in (0..rows.len()).step_by(step) {
            let end = (start + step).min(rows.len());
            script.push_str(&rows.values(end - start));
            script.push_str("; ");
            parameters.extend((start..end).flat_map(|row| rows.columns.iter().map(move |column| column.cell(row))));
        }
    }
    (script, parameters)
}

impl Column {
    fn cell(&self, row: usize) -> Value {
        match &self.values {
            Values::Uuid(ids) if self.optional && ids[row].is_nil() => Value::Uuid(None),
            Values::Uuid(ids) => Value::from(ids[row]),
            Values::Text(texts) if self.optional && texts[row].is_empty() => Value::String(None),
            Values::Text(texts) => Value::from(texts[row].clone()),
            Values::Int(ints) if self.optional && ints[row] == NO_INT => Value::BigInt(None),
            Values::Int(ints) => Value::from(ints[row]),
            Values::Blob(blobs) if self.optional && blobs[row].is_empty() => Value::Bytes(None),
            Values::Blob(blobs) => Value::from(blobs[row].clone()),
        }
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Uuid(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Blob(values) => values.len(),
        }
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Self::Uuid(_) => "uuid",
            Self::Text(_) => "text",
            Self::Int(_) => "bigint",
            Self::Blob(_) => "bytea",
        }
    }

    fn into_array(self) -> Value {
        match self {
            Self::Uuid(values) => array(ArrayType::Uuid, values),
            Self::Text(values) => array(ArrayType::String, values),
            Self::Int(values) => array(ArrayType::BigInt, values),
            Self::Blob(values) => array(ArrayType::Bytes, values),
        }
    }
}

fn array<T: Into<Value>>(kind: ArrayType, values: Vec<T>) -> Value {
    Value::Array(kind, Some(Box::new(values.into_iter().map(Into::into).collect())))
}

/// The condition that a column holds one of these ids. The statement is the same for any number.
pub fn any_uuid(backend: DbBackend, column: impl IntoColumnRef, values: impl IntoIterator<Item = Uuid>) -> SimpleExpr {
    any(backend, column, ArrayType::Uuid, values.into_iter().map(Value::from).collect())
}

/// The condition that a column holds one of these texts.
pub fn any_text(
    backend: DbBackend,
    column: impl IntoColumnRef,
    values: impl IntoIterator<Item = String>,
) -> SimpleExpr {
    any(backend, column, ArrayType::String, values.into_iter().map(Value::from).collect())
}

/// The condition that a column holds one of these integers.
pub fn any_int(backend: DbBackend, column: impl IntoColumnRef, values: impl IntoIterator<Item = i64>) -> SimpleExpr {
    any(backend, column, ArrayType::BigInt, values.into_iter().map(Value::from).collect())
}

/// The condition that a column holds one of these byte strings.
pub fn any_blob(
    backend: DbBackend,
    column: impl IntoColumnRef,
    values: impl IntoIterator<Item = Vec<u8>>,
) -> SimpleExpr {
    any(backend, column, ArrayType::Bytes, values.into_iter().map(Value::from).collect())
}

fn any(backend: DbBackend, column: impl IntoColumnRef, kind: ArrayType, values: Vec<Value>) -> SimpleExpr {
    let column = Expr::col(column);
    match backend {
        DbBackend::Postgres => column.eq(PgFunc::any(Expr::val(Value::Array(kind, Some(Box::new(values)))))),
        _ => column.is_in(values),
    }
}
