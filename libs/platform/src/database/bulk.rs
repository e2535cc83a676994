use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait as _, IntoColumnRef, SimpleExpr, Value};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use uuid::Uuid;

/// SQLite binds at most 32,766 parameters.
const SQLITE_PARAMETERS: usize = 30_000;

/// Many rows for one table, written with one statement.
///
/// PostgreSQL gets one array for each column (`UNNEST`), so that the statement is the same, and
/// prepared once, whatever the number of rows; SQLite gets one list of values.
///
/// In an optional column an empty text, an empty blob and a nil id stand for NULL.
#[derive(Debug)]
pub struct Rows {
    table: &'static str,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: &'static str,
    optional: bool,
    values: Values,
}

#[derive(Debug)]
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
        Self { table, columns: Vec::new() }
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

    /// Inserts all rows. Nothing happens where there are none.
    ///
    /// # Errors
    /// If one of them breaks a constraint, or the database fails; then none is inserted.
    pub async fn insert(self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        self.write(transaction, "").await
    }

    /// Inserts all rows; where a row with this key exists, it is replaced.
    ///
    /// # Errors
    /// As [`Rows::insert`].
    pub async fn upsert(self, transaction: &DatabaseTransaction, key: &str) -> Result<(), DbErr> {
        let set: Vec<String> = self
            .columns
            .iter()
            .filter(|column| !key.split(',').any(|key| key.trim() == column.name))
            .map(|column| format!("\"{0}\" = excluded.\"{0}\"", column.name))
            .collect();
        let conflict = format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "));
        self.write(transaction, &conflict).await
    }

    async fn write(self, transaction: &DatabaseTransaction, conflict: &str) -> Result<(), DbErr> {
        let rows = self.columns.first().map_or(0, |column| column.values.len());
        assert!(
            self.columns.iter().all(|column| column.values.len() == rows),
            "every column of {} has a value for each row",
            self.table
        );
        if rows == 0 {
            return Ok(());
        }
        match transaction.get_database_backend() {
            DbBackend::Postgres => {
                let sql = format!("{}{conflict}", self.unnest());
                let values: Vec<Value> = self.columns.into_iter().map(|column| column.values.into_array()).collect();
                let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
                transaction.execute_raw(statement).await?;
            }
            backend => {
                let step = (SQLITE_PARAMETERS / self.columns.len()).max(1);
                for start in (0..rows).step_by(step) {
                    let end = (start + step).min(rows);
                    let sql = format!("{}{conflict}", self.values(end - start));
                    let values: Vec<Value> =
                        (start..end).flat_map(|row| self.columns.iter().map(move |column| column.cell(row))).collect();
                    let statement = Statement::from_sql_and_values(backend, sql, values);
                    transaction.execute_raw(statement).await?;
                }
            }
        }
        Ok(())
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        names.join(", ")
    }

    fn unnest(&self) -> String {
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
            .map(|(index, column)| format!("${}::{}[]", index + 1, column.values.postgres_type()))
            .collect();
        format!(
            "INSERT INTO \"{}\" ({names}) SELECT {} FROM UNNEST({}) AS u({names})",
            self.table,
            selected.join(", "),
            arrays.join(", "),
            names = self.names(),
        )
    }

    fn values(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        format!("INSERT INTO \"{}\" ({}) VALUES {}", self.table, self.names(), vec![row; rows].join(", "))
    }
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
