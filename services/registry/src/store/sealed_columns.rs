//! Every column that the vault seals: where it lies, and how one of its rows is sealed anew. What is not in the list is not
//! found when keys change; a test compares it with the schema.

use kernel::ChildId;
use messaging::journal::SealedReply;
use platform::vault::{Vault, VaultError, key_of, lies_current};
use sea_orm::sea_query::{
    Expr, ExprTrait as _, Func, Order, Query, SelectStatement, SimpleExpr, UpdateStatement, Value,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::category_class::class;
use super::fact::{FactKind, Place};
use super::row::{InconsistentRow, category_of};
use super::sealed::{SealedPart, request_hash, seal_category};
use super::standing::reseal_past;
use crate::SERVICE;

/// The versions of sealed values, and the bytes before a key's id in a column.
const BEGINNINGS: [u8; 2] = [2, 3];
/// The first byte with the key's id.
const PREFIX: i32 = 5;

/// Every sealed column.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn { table: "child", column: "sealed", key: &[Key::Uuid("id")], also: &[], open: &[], renew: child },
    SealedColumn {
        table: "category_record",
        column: "sealed",
        key: &[Key::Uuid("id")],
        also: &["category"],
        open: &["category"],
        renew: category_record,
    },
    SealedColumn {
        table: "fact",
        column: "sealed",
        key: &[Key::Uuid("subject"), Key::Int("kind"), Key::Text("key"), Key::Int("number")],
        also: &[],
        open: &[],
        renew: fact,
    },
    SealedColumn {
        table: "category_application",
        column: "sealed",
        key: &[Key::Uuid("id")],
        also: &[],
        open: &[],
        renew: |row, vault| in_its_row("category_application", "id", row, vault),
    },
    SealedColumn {
        table: "worker",
        column: "sealed",
        key: &[Key::Uuid("id")],
        also: &[],
        open: &[],
        renew: |row, vault| in_its_row("worker", "id", row, vault),
    },
    SealedColumn {
        table: "visit",
        column: "sealed",
        key: &[Key::Uuid("id")],
        also: &[],
        open: &[],
        renew: |row, vault| in_its_row("visit", "id", row, vault),
    },
    SealedColumn {
        table: "duty",
        column: "sealed",
        key: &[Key::Uuid("child_id")],
        also: &[],
        open: &[],
        renew: |row, vault| in_its_row("duty", "child_id", row, vault),
    },
    SealedColumn {
        table: "emergency",
        column: "sealed",
        key: &[Key::Uuid("id")],
        also: &[],
        open: &[],
        renew: |row, vault| in_its_row("emergency", "id", row, vault),
    },
    SealedColumn {
        table: "request",
        column: "reply",
        key: &[Key::Uuid("request_id"), Key::Text("caller")],
        also: &["fingerprint"],
        open: &[],
        renew: request,
    },
];

/// A column in which values lie sealed.
#[derive(Debug)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// The table's primary key.
    pub key: &'static [Key],
    /// What else must be read to seal a row anew.
    pub also: &'static [&'static str],
    /// Where an earlier version wrote openly what belongs here; not empty: a row without a sealed value is to be sealed.
    pub open: &'static [&'static str],
    renew: fn(&QueryResult, &Vault) -> Result<Renewal, InconsistentRow>,
}

/// A column of a primary key.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// Of ids.
    Uuid(&'static str),
    /// Of integers.
    Int(&'static str),
    /// Of texts.
    Text(&'static str),
}

/// The primary key of a row, in the order of [`SealedColumn::key`].
pub type RowKey = Vec<Value>;

/// What becomes of a row: the columns to set, none if nothing of it is sealed.
type Renewal = Vec<(&'static str, Value)>;

impl SealedColumn {
    /// Its name in reports: `child.sealed`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    /// The keys of up to `limit` rows after one that are not sealed with this key, or not as this version seals.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stale(
        &self,
        connection: &impl ConnectionTrait,
        active: u32,
        after: Option<&RowKey>,
        limit: u64,
    ) -> Result<Vec<RowKey>, DbErr> {
        let mut query = self.select_keys();
        query.and_where(self.is_stale(active)).limit(limit);
        if let Some(after) = after {
            query.and_where(self.key_tuple().gt(Expr::tuple(after.iter().cloned().map(Expr::val))));
        }
        for key in self.key {
            query.order_by(key.name(), Order::Asc);
        }
        let rows = connection.query_all(&query).await?;
        rows.iter().map(|row| self.key_of_row(row)).collect()
    }

    /// How many rows are not sealed with this key, or not as this version seals.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_stale(&self, connection: &impl ConnectionTrait, active: u32) -> Result<u64, DbErr> {
        let query = Query::select()
            .expr_as(Func::count(Expr::val(1)), "rows")
            .from(self.table)
            .and_where(self.is_stale(active))
            .to_owned();
        let counted: Option<i64> = match connection.query_one(&query).await? {
            Some(row) => Some(row.try_get("", "rows")?),
            None => None,
        };
        Ok(counted.and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default())
    }

    /// How many values each key seals; under `None` those that lie open or that are no sealed values.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_by_key(&self, connection: &impl ConnectionTrait) -> Result<Vec<(Option<u32>, u64)>, DbErr> {
        let query = Query::select()
            .expr_as(self.prefix(), "prefix")
            .expr_as(Func::count(Expr::val(1)), "rows")
            .from(self.table)
            .add_group_by([self.prefix()])
            .to_owned();
        let mut counts = Vec::new();
        for row in connection.query_all(&query).await? {
            let (prefix, rows): (Option<Vec<u8>>, i64) = (row.try_get("", "prefix")?, row.try_get("", "rows")?);
            let rows = u64::try_from(rows).unwrap_or_default();
            match prefix {
                Some(prefix) if prefix.first() == Some(&SealedReply::FIRST_BYTE) || key_of(&prefix).is_some() => {
                    let id = prefix.get(1..).and_then(|id| id.try_into().ok()).map(u32::from_be_bytes);
                    counts.push((id, rows));
                }
                Some(prefix) => counts.extend(self.count_one_by_one(connection, prefix).await?),
                None if !self.open.is_empty() => counts.push((None, rows)),
                None => {}
            }
        }
        Ok(counts)
    }

    /// Replies of earlier versions do not begin with their key: each is looked into.
    async fn count_one_by_one(
        &self,
        connection: &impl ConnectionTrait,
        prefix: Vec<u8>,
    ) -> Result<Vec<(Option<u32>, u64)>, DbErr> {
        let query = Query::select()
            .column(self.column)
            .from(self.table)
            .and_where(self.prefix().eq(Expr::val(prefix)))
            .to_owned();
        let mut counts = Vec::new();
        for row in connection.query_all(&query).await? {
            let reply: Vec<u8> = row.try_get("", self.column)?;
            let key = prost::Message::decode(reply.as_slice()).ok().and_then(|reply: SealedReply| reply.key());
            if key.is_some() {
                counts.push((key, 1));
            }
        }
        Ok(counts)
    }

    /// The rows of these keys with all that sealing them anew takes.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows(&self, connection: &impl ConnectionTrait, keys: &[RowKey]) -> Result<Vec<QueryResult>, DbErr> {
        let mut query = self.select_keys();
        query.column(self.column).columns(self.also.iter().copied());
        let keys = keys.iter().map(|key| Expr::tuple(key.iter().cloned().map(Expr::val)));
        query.and_where(self.key_tuple().is_in(keys));
        connection.query_all(&query).await
    }

    /// Seals a row anew; nothing if it is sealed so already, or not at all.
    ///
    /// # Errors
    /// [`InconsistentRow`] if what lies there does not open.
    pub fn renewed(&self, row: &QueryResult, vault: &Vault) -> Result<Option<UpdateStatement>, InconsistentRow> {
        let cells = (self.renew)(row, vault)?;
        if cells.is_empty() {
            return Ok(None);
        }
        let key = self.key_of_row(row).map_err(|_| self.wrong(self.key[0].name()))?;
        let mut update = Query::update();
        update.table(self.table).values(cells.into_iter().map(|(column, value)| (column, Expr::val(value))));
        for (column, value) in self.key.iter().zip(key) {
            update.and_where(Expr::col(column.name()).eq(Expr::val(value)));
        }
        Ok(Some(update))
    }

    fn select_keys(&self) -> SelectStatement {
        Query::select().columns(self.key.iter().map(|key| key.name())).from(self.table).to_owned()
    }

    fn key_tuple(&self) -> SimpleExpr {
        Expr::tuple(self.key.iter().map(|key| Expr::col(key.name())))
    }

    fn prefix(&self) -> SimpleExpr {
        Func::cust("substr").arg(Expr::col(self.column)).arg(Expr::cust("1")).arg(Expr::cust(PREFIX.to_string())).into()
    }

    fn is_stale(&self, active: u32) -> SimpleExpr {
        let current = BEGINNINGS.into_iter().chain([SealedReply::FIRST_BYTE]);
        let current = current.map(|first| Expr::val([&[first][..], &active.to_be_bytes()].concat()));
        let stale = self.prefix().is_not_in(current);
        if self.open.is_empty() { stale } else { stale.or(Expr::col(self.column).is_null()) }
    }

    fn key_of_row(&self, row: &QueryResult) -> Result<RowKey, DbErr> {
        self.key
            .iter()
            .map(|key| match key {
                Key::Uuid(name) => Ok(row.try_get::<Uuid>("", name)?.into()),
                Key::Int(name) => Ok(row.try_get::<i64>("", name)?.into()),
                Key::Text(name) => Ok(row.try_get::<String>("", name)?.into()),
            })
            .collect()
    }

    fn wrong(&self, column: &'static str) -> InconsistentRow {
        InconsistentRow { table: self.table, column, id: Uuid::nil(), vault: None }
    }
}

impl Key {
    const fn name(self) -> &'static str {
        match self {
            Self::Uuid(name) | Self::Int(name) | Self::Text(name) => name,
        }
    }
}

/// Reads a row of one table, and blames its columns.
struct Row<'a> {
    table: &'static str,
    id: Uuid,
    row: &'a QueryResult,
}

impl<'a> Row<'a> {
    fn of(table: &'static str, id: &str, row: &'a QueryResult) -> Self {
        Self { table, id: row.try_get("", id).unwrap_or_default(), row }
    }

    fn get<T: sea_orm::TryGetable>(&self, column: &'static str) -> Result<T, InconsistentRow> {
        self.row.try_get("", column).map_err(|_| self.wrong(column, None))
    }

    fn wrong(&self, column: &'static str, vault: Option<VaultError>) -> InconsistentRow {
        InconsistentRow { table: self.table, column, id: self.id, vault }
    }

    fn sealed<T>(&self, opened: Result<T, VaultError>) -> Result<T, InconsistentRow> {
        opened.map_err(|error| self.wrong("sealed", Some(error)))
    }
}

/// Whether a value is sealed with the active key as this version seals.
fn is_current(sealed: &[u8], vault: &Vault) -> bool {
    lies_current(sealed) && key_of(sealed) == Some(vault.active_key())
}

fn child(row: &QueryResult, vault: &Vault) -> Result<Renewal, InconsistentRow> {
    let row = Row::of("child", "id", row);
    let sealed: Vec<u8> = row.get("sealed")?;
    if is_current(&sealed, vault) {
        return Ok(Vec::new());
    }
    let id = ChildId::from_uuid(row.id);
    let part = row.sealed(SealedPart::open(vault, id, &sealed))?.ok_or_else(|| row.wrong("sealed", None))?;
    Ok(vec![("sealed", row.sealed(part.seal(vault, id))?.into())])
}

fn category_record(row: &QueryResult, vault: &Vault) -> Result<Renewal, InconsistentRow> {
    let row = Row::of("category_record", "id", row);
    let sealed: Option<Vec<u8>> = row.get("sealed")?;
    if sealed.as_ref().is_some_and(|sealed| is_current(sealed, vault)) {
        return Ok(Vec::new());
    }
    let category = category_of(row.id, row.get("category")?, sealed.as_deref(), vault)?;
    Ok(vec![
        ("sealed", row.sealed(seal_category(vault, row.id, category))?.into()),
        ("class", class(category).into()),
        ("category", 0_i64.into()),
    ])
}

fn fact(row: &QueryResult, vault: &Vault) -> Result<Renewal, InconsistentRow> {
    let row = Row::of("fact", "subject", row);
    let sealed: Vec<u8> = row.get("sealed")?;
    if is_current(&sealed, vault) {
        return Ok(Vec::new());
    }
    let (kind, key): (i64, String) = (row.get("kind")?, row.get("key")?);
    let number = u32::try_from(row.get::<i64>("number")?).map_err(|_| row.wrong("number", None))?;
    let place = Place::new(row.id, kind, &key, number);
    let renewed = if kind == FactKind::File.number() {
        row.sealed(reseal_past(vault, &place, &sealed))?.ok_or_else(|| row.wrong("sealed", None))?
    } else {
        let old = if lies_current(&sealed) { place.of_kind() } else { place.of_version_1() };
        let plain = row.sealed(vault.unseal(&old, &sealed))?;
        row.sealed(vault.seal(&place.of_kind(), &plain))?
    };
    Ok(vec![("sealed", renewed.into())])
}

/// A value that is bound to its row as `registry.<table>.sealed:` and the row's identifier; there may be none.
fn in_its_row(table: &'static str, id: &str, row: &QueryResult, vault: &Vault) -> Result<Renewal, InconsistentRow> {
    let row = Row::of(table, id, row);
    let sealed: Option<Vec<u8>> = row.get("sealed")?;
    let Some(sealed) = sealed.filter(|sealed| !is_current(sealed, vault)) else {
        return Ok(Vec::new());
    };
    let place = [format!("registry.{table}.sealed:").as_bytes(), row.id.as_bytes()].concat();
    let plain = row.sealed(vault.unseal(&place, &sealed))?;
    Ok(vec![("sealed", row.sealed(vault.seal(&place, &plain))?.into())])
}

fn request(row: &QueryResult, vault: &Vault) -> Result<Renewal, InconsistentRow> {
    let row = Row::of("request", "request_id", row);
    let reply: Vec<u8> = row.get("reply")?;
    let Some(sealed) =
        prost::Message::decode(reply.as_slice()).ok().filter(|reply: &SealedReply| reply.key().is_some())
    else {
        return Ok(Vec::new());
    };
    let earlier = sealed.is_of_earlier_version();
    if !earlier && sealed.key() == Some(vault.active_key()) {
        return Ok(Vec::new());
    }
    let renewed = row.sealed(sealed.renewed(SERVICE, vault))?;
    let mut cells: Renewal = vec![("reply", prost::Message::encode_to_vec(&renewed).into())];
    if earlier {
        // Such rows hold the plain hash of their request, by which it could be guessed.
        let plain: Vec<u8> = row.get("fingerprint")?;
        cells.push(("fingerprint", request_hash(vault, &plain).to_vec().into()));
    }
    Ok(cells)
}
