//! Where comparisons of the ledger with other lists lie.

use std::collections::{BTreeMap, BTreeSet};

use kernel::time::parse_iso;
use kernel::{Date, Division, Instant};
use messaging::journal::{Aggregate, Shelf};
use messaging::retention::counted;
use platform::database::{Rows, Write, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::entity::{reconciliation, reconciliation_result, reconciliation_row};
use super::row::InconsistentRow;
use crate::domain::migrant::reconciliation::{
    Counts, Finding, Finished, Found, Key, ListRow, Reconciliation, ReconciliationId, State,
};
use crate::domain::migrant::{Difference, MigrantId, Source};

impl Aggregate for Reconciliation {
    type Id = ReconciliationId;

    fn id(&self) -> ReconciliationId {
        self.id
    }
}

/// The comparisons that a group works on, with the rows and results that it brings.
#[derive(Debug, Default)]
pub struct Reconciliations {
    shelf: Shelf<Reconciliation>,
    rows: BTreeMap<(ReconciliationId, u32), ListRow>,
    findings: BTreeMap<ReconciliationId, Vec<Finding>>,
}

impl Reconciliations {
    pub(crate) async fn load(write: &Write, ids: BTreeSet<ReconciliationId>) -> Result<Self, LoadError> {
        Ok(Self { shelf: Shelf::of(reconciliations(write, ids).await?), ..Self::default() })
    }

    /// A comparison that was needed, `None` if there is none.
    #[must_use]
    pub fn get(&self, id: ReconciliationId) -> Option<&Reconciliation> {
        self.shelf.get(id)
    }

    /// Puts a new or changed comparison in its place.
    pub fn put(&mut self, reconciliation: Reconciliation) {
        self.shelf.put(reconciliation);
    }

    /// Takes a row; the same number again replaces it.
    pub fn take(&mut self, id: ReconciliationId, row: ListRow) {
        self.rows.insert((id, row.number), row);
    }

    /// Keeps what came of a comparison.
    pub fn keep(&mut self, id: ReconciliationId, findings: Vec<Finding>) {
        self.findings.insert(id, findings);
    }

    pub(crate) fn store(&self, write: &mut Write) {
        let changed: Vec<&Reconciliation> = self.shelf.changes().map(|change| change.now).collect();
        head_rows(&changed).upsert(write, "id");
        list_rows(&self.rows).upsert(write, "reconciliation_id, number");
        for (id, findings) in &self.findings {
            result_rows(*id, findings).insert(write);
        }
    }
}

/// Why comparisons cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row is impossible.
    #[error(transparent)]
    Row(#[from] InconsistentRow),
}

impl From<LoadError> for platform::error::ServiceError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Database(error) => error.into(),
            LoadError::Row(row) => row.into(),
        }
    }
}

/// These comparisons; missing ones are left out.
///
/// # Errors
/// [`LoadError`].
pub async fn reconciliations(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ReconciliationId>,
) -> Result<Vec<Reconciliation>, LoadError> {
    let ids: Vec<Uuid> = ids.into_iter().map(ReconciliationId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = reconciliation::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), reconciliation::Column::Id, ids))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(head).collect::<Result<_, _>>()?)
}

fn head(row: reconciliation::Model) -> Result<Reconciliation, InconsistentRow> {
    let wrong = |column| inconsistent("reconciliation", column, row.id);
    let count = |count: i64, column| u32::try_from(count).map_err(|_| wrong(column));
    let counts = Counts {
        rows: count(row.rows, "rows")?,
        matched: count(row.matched, "matched")?,
        differing: count(row.differing, "differing")?,
        only_in_ledger: count(row.only_in_ledger, "only_in_ledger")?,
        only_in_list: count(row.only_in_list, "only_in_list")?,
    };
    let state = match (row.finished_at, row.abandoned_at) {
        (None, None) => State::Open,
        (Some(at), None) => State::Finished(Finished { at: Instant::from_micros(at), counts }),
        (None, Some(at)) => State::Abandoned { at: Instant::from_micros(at) },
        (Some(_), Some(_)) => return Err(wrong("abandoned_at")),
    };
    Ok(Reconciliation {
        id: ReconciliationId::from_uuid(row.id),
        version: count(row.version, "version")?,
        source: i32::try_from(row.source).ok().and_then(Source::from_number).ok_or_else(|| wrong("source"))?,
        division: row.division.parse().map_err(|_| wrong("division"))?,
        day: parse_iso(&row.day).map_err(|_| wrong("day"))?,
        started_at: Instant::from_micros(row.started_at),
        state,
    })
}

/// Up to `limit` open comparisons that were started before an instant.
///
/// # Errors
/// If the database fails.
pub async fn open_since(
    connection: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<Vec<ReconciliationId>, DbErr> {
    let found: Vec<Uuid> = reconciliation::Entity::find()
        .select_only()
        .column(reconciliation::Column::Id)
        .filter(reconciliation::Column::FinishedAt.is_null())
        .filter(reconciliation::Column::AbandonedAt.is_null())
        .filter(reconciliation::Column::StartedAt.lt(before.as_micros()))
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ReconciliationId::from_uuid).collect())
}

/// All rows that a comparison has received.
///
/// # Errors
/// [`LoadError`].
pub async fn list(
    connection: &impl ConnectionTrait,
    id: ReconciliationId,
) -> Result<BTreeMap<u32, ListRow>, LoadError> {
    let rows = reconciliation_row::Entity::find()
        .filter(reconciliation_row::Column::ReconciliationId.eq(id.as_uuid()))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| Ok((number(&row)?, list_row(row)?))).collect::<Result<_, InconsistentRow>>()?)
}

fn number(row: &reconciliation_row::Model) -> Result<u32, InconsistentRow> {
    u32::try_from(row.number).map_err(|_| inconsistent("reconciliation_row", "number", row.reconciliation_id))
}

fn list_row(row: reconciliation_row::Model) -> Result<ListRow, InconsistentRow> {
    let wrong = |column| inconsistent("reconciliation_row", column, row.reconciliation_id);
    let key = |bytes: Option<&Vec<u8>>, column| -> Result<Option<Key>, InconsistentRow> {
        bytes.map(|bytes| Key::try_from(bytes.as_slice()).map_err(|_| wrong(column))).transpose()
    };
    let arrived: Option<Date> =
        row.arrived_on.as_deref().map(parse_iso).transpose().map_err(|_| wrong("arrived_on"))?;
    let residence: Option<Division> =
        row.division.as_deref().map(str::parse).transpose().map_err(|_| wrong("division"))?;
    Ok(ListRow {
        number: number(&row)?,
        citizen_id: key(row.citizen_id_hash.as_ref(), "citizen_id_hash")?,
        name: key(row.name_birth_hash.as_ref(), "name_birth_hash")?,
        arrived_on: arrived,
        residence,
        school: key(row.school_hash.as_ref(), "school_hash")?,
    })
}

/// Up to `limit` results after the one at `after`, by their places.
///
/// # Errors
/// [`LoadError`].
pub async fn results(
    connection: &impl ConnectionTrait,
    id: ReconciliationId,
    found: Option<Found>,
    after: u32,
    limit: u64,
) -> Result<Vec<(u32, Finding)>, LoadError> {
    let mut query = reconciliation_result::Entity::find()
        .filter(reconciliation_result::Column::ReconciliationId.eq(id.as_uuid()))
        .filter(reconciliation_result::Column::Position.gt(i64::from(after)));
    if let Some(found) = found {
        query = query.filter(reconciliation_result::Column::Found.eq(i64::from(found.number())));
    }
    let rows = query.order_by_asc(reconciliation_result::Column::Position).limit(limit).all(connection).await?;
    Ok(rows.into_iter().map(|row| finding(&row)).collect::<Result<_, _>>()?)
}

fn finding(row: &reconciliation_result::Model) -> Result<(u32, Finding), InconsistentRow> {
    let wrong = |column| inconsistent("reconciliation_result", column, row.reconciliation_id);
    let number = |number: i64, column| u32::try_from(number).map_err(|_| wrong(column));
    let found = Found::ALL.into_iter().find(|found| i64::from(found.number()) == row.found);
    let differences = Difference::ALL.into_iter().filter(|difference| row.differences & bit(*difference) != 0);
    let finding = Finding {
        row: row.row_number.map(|row| number(row, "row_number")).transpose()?,
        migrant: row.migrant_id.map(MigrantId::from_uuid),
        found: found.ok_or_else(|| wrong("found"))?,
        differences: differences.collect(),
    };
    Ok((number(row.position, "position")?, finding))
}

fn bit(difference: Difference) -> i64 {
    1 << (difference.number() - 1)
}

fn head_rows(all: &[&Reconciliation]) -> Rows {
    let count = |of: fn(&Counts) -> u32| -> Vec<i64> {
        let counts = all.iter().map(|one| one.finished().map(|finished| finished.counts).unwrap_or_default());
        counts.map(|counts| i64::from(of(&counts))).collect()
    };
    Rows::new("reconciliation")
        .uuid("id", all.iter().map(|one| one.id.as_uuid()).collect())
        .int("version", all.iter().map(|one| one.version.into()).collect())
        .int("source", all.iter().map(|one| one.source.number().into()).collect())
        .text("division", all.iter().map(|one| one.division.to_string()).collect())
        .text("day", all.iter().map(|one| one.day.to_string()).collect())
        .int("started_at", all.iter().map(|one| one.started_at.as_micros()).collect())
        .optional_int(
            "finished_at",
            all.iter().map(|one| one.finished().map(|finished| finished.at.as_micros())).collect(),
        )
        .optional_int("abandoned_at", all.iter().map(|one| abandoned_at(one).map(Instant::as_micros)).collect())
        .int("rows", count(|counts| counts.rows))
        .int("matched", count(|counts| counts.matched))
        .int("differing", count(|counts| counts.differing))
        .int("only_in_ledger", count(|counts| counts.only_in_ledger))
        .int("only_in_list", count(|counts| counts.only_in_list))
}

fn abandoned_at(reconciliation: &Reconciliation) -> Option<Instant> {
    match reconciliation.state {
        State::Abandoned { at } => Some(at),
        State::Open | State::Finished(_) => None,
    }
}

fn list_rows(all: &BTreeMap<(ReconciliationId, u32), ListRow>) -> Rows {
    let rows = || all.values();
    let key = |of: fn(&ListRow) -> Option<Key>| rows().map(|row| of(row).map(|key| key.to_vec())).collect();
    Rows::new("reconciliation_row")
        .uuid("reconciliation_id", all.keys().map(|(id, _)| id.as_uuid()).collect())
        .int("number", rows().map(|row| row.number.into()).collect())
        .optional_blob("citizen_id_hash", key(|row| row.citizen_id))
        .optional_blob("name_birth_hash", key(|row| row.name))
        .optional_text("arrived_on", rows().map(|row| row.arrived_on.map(|day| day.to_string())).collect())
        .optional_text("division", rows().map(|row| row.residence.map(|it| it.to_string())).collect())
        .optional_blob("school_hash", key(|row| row.school))
}

fn result_rows(id: ReconciliationId, findings: &[Finding]) -> Rows {
    Rows::new("reconciliation_result")
        .uuid("reconciliation_id", findings.iter().map(|_| id.as_uuid()).collect())
        .int("position", (1..).take(findings.len()).collect())
        .optional_int("row_number", findings.iter().map(|finding| finding.row.map(i64::from)).collect())
        .optional_uuid("migrant_id", findings.iter().map(|finding| finding.migrant.map(MigrantId::as_uuid)).collect())
        .int("found", findings.iter().map(|finding| finding.found.number().into()).collect())
        .int(
            "differences",
            findings.iter().map(|finding| finding.differences.iter().map(|it| bit(*it)).sum()).collect(),
        )
}

/// How many comparisons have ended, before an instant if there is one, and when the first of them did.
///
/// # Errors
/// If the database fails.
pub async fn ended(
    connection: &impl ConnectionTrait,
    before: Option<Instant>,
) -> Result<(u64, Option<Instant>), ServiceError> {
    let ended = Expr::cust(ENDED_AT);
    let mut query = Query::select().from("reconciliation").to_owned();
    query.and_where(ended.clone().is_not_null());
    counted(connection, query, ended, before).await
}

/// Up to `limit` comparisons that ended before an instant.
///
/// # Errors
/// If the database fails.
pub async fn ended_before(
    connection: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<Vec<Uuid>, ServiceError> {
    let query = Query::select()
        .column("id")
        .from("reconciliation")
        .and_where(Expr::cust(ENDED_AT).lt(before.as_micros()))
        .limit(limit)
        .to_owned();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// When a comparison was finished or given up.
const ENDED_AT: &str = "COALESCE(finished_at, abandoned_at)";

fn inconsistent(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}
