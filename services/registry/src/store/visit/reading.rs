//! Finds duties, months and visits, with one statement a table for any number of them.

use std::collections::{BTreeSet, HashMap};

use kernel::time::parse_iso;
use kernel::{ChildId, Instant, Month, VisitId, WorkerId};
use platform::database::{any_text, any_uuid};
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::sealed::{SealedDuty, SealedVisit};
use crate::domain::visit::{Duty, DutySpan, MonthClosing, Seen, Visit, VisitFacts, VisitMonth};
use crate::store::entity::{duty, duty_span, month_closing, visit, visit_month};
use crate::store::row::InconsistentRow;

/// The duties of these children; those of whom nothing was derived are left out.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn duties(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<Duty>, ServiceError> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let ids = || children.iter().map(|id| id.as_uuid());
    let rows = duty_span::Entity::find()
        .filter(any_uuid(backend, duty_span::Column::ChildId, ids()))
        .order_by_asc(duty_span::Column::Number)
        .all(connection)
        .await?;
    let mut spans: HashMap<Uuid, Vec<DutySpan>> = HashMap::new();
    for row in rows {
        spans.entry(row.child_id).or_default().extend(span(&row)?);
    }
    let rows = duty::Entity::find().filter(any_uuid(backend, duty::Column::ChildId, ids())).all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let child = ChildId::from_uuid(row.child_id);
            let wrong = |vault| InconsistentRow { vault, ..wrong("duty", "sealed", row.child_id) };
            let sealed = match &row.sealed {
                None => None,
                Some(sealed) => {
                    let opened = SealedDuty::open(vault, child, sealed).map_err(|error| wrong(Some(error)))?;
                    Some(opened.ok_or_else(|| wrong(None))?)
                }
            };
            Ok(Duty {
                child,
                special_migrant: sealed.as_ref().is_some_and(SealedDuty::special_migrant),
                ledger: match &sealed {
                    None => Vec::new(),
                    Some(sealed) => sealed.ledger().ok_or_else(|| wrong(None))?,
                },
                rule: row.rule,
                spans: spans.remove(&row.child_id).unwrap_or_default(),
            })
        })
        .collect()
}

/// What became of these months of these children; months of which nothing is known are left out.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn months(
    connection: &impl ConnectionTrait,
    wanted: &BTreeSet<(ChildId, Month)>,
) -> Result<Vec<VisitMonth>, ServiceError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let months: BTreeSet<String> = wanted.iter().map(|(_, month)| month.to_string()).collect();
    let rows = visit_month::Entity::find()
        .filter(any_uuid(backend, visit_month::Column::ChildId, wanted.iter().map(|(child, _)| child.as_uuid())))
        .filter(any_text(backend, visit_month::Column::Month, months))
        .all(connection)
        .await?;
    let months = rows.iter().map(month_of).collect::<Result<Vec<_>, _>>()?;
    Ok(months.into_iter().filter(|month| wanted.contains(&(month.child, month.month))).collect())
}

/// These visits, in no order; missing ones are left out.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn visits(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: &BTreeSet<VisitId>,
) -> Result<Vec<Visit>, ServiceError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(|id| id.as_uuid());
    let rows = visit::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), visit::Column::Id, ids))
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok(opened(row, vault)?)).collect()
}

/// Which of these months are closed.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn closings(
    connection: &impl ConnectionTrait,
    months: &BTreeSet<Month>,
) -> Result<Vec<MonthClosing>, ServiceError> {
    if months.is_empty() {
        return Ok(Vec::new());
    }
    let months = months.iter().map(Month::to_string);
    let rows = month_closing::Entity::find()
        .filter(any_text(connection.get_database_backend(), month_closing::Column::Month, months))
        .all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let month = row.month.parse().map_err(|_| wrong("month_closing", "month", Uuid::nil()))?;
            Ok(MonthClosing { month, closed: Instant::from_micros(row.closed_at) })
        })
        .collect()
}

/// Opens the row of a visit.
///
/// # Errors
/// [`InconsistentRow`].
pub fn opened(row: visit::Model, vault: &Vault) -> Result<Visit, InconsistentRow> {
    let wrong = |column| wrong("visit", column, row.id);
    let id = VisitId::from_uuid(row.id);
    let sealed = SealedVisit::open(vault, id, &row.sealed)
        .map_err(|error| InconsistentRow { vault: Some(error), ..wrong("sealed") })?
        .ok_or_else(|| wrong("sealed"))?;
    let (kind, guardianship, risk) = sealed.seen().ok_or_else(|| wrong("sealed"))?;
    Ok(Visit {
        id,
        facts: VisitFacts {
            child: ChildId::from_uuid(row.child_id),
            worker: WorkerId::from_uuid(row.worker_id),
            on: parse_iso(&row.visited_on).map_err(|_| wrong("visited_on"))?,
            kind,
            guardianship,
            risk,
            notes: sealed.notes,
            evidence: sealed.evidence,
        },
        recorded: Instant::from_micros(row.recorded_at),
    })
}

/// The span of a row, `None` if it was taken back.
fn span(row: &duty_span::Model) -> Result<Option<DutySpan>, InconsistentRow> {
    let wrong = |column| wrong("duty_span", column, row.child_id);
    let from: Month = row.from_month.parse().map_err(|_| wrong("from_month"))?;
    let until = row.until_month.as_deref().map(str::parse).transpose().map_err(|_| wrong("until_month"))?;
    let division = row.division.parse().map_err(|_| wrong("division"))?;
    Ok((until != Some(from)).then_some(DutySpan { from, until, division }))
}

fn month_of(row: &visit_month::Model) -> Result<VisitMonth, InconsistentRow> {
    let wrong = |column| wrong("visit_month", column, row.child_id);
    let seen = match &row.last_on {
        None => None,
        Some(day) => Some(Seen {
            visits: u32::try_from(row.visits).map_err(|_| wrong("visits"))?,
            last_on: parse_iso(day).map_err(|_| wrong("last_on"))?,
            needs_attention: row.needs_attention != 0,
        }),
    };
    Ok(VisitMonth {
        child: ChildId::from_uuid(row.child_id),
        month: row.month.parse().map_err(|_| wrong("month"))?,
        seen,
        overdue: row.overdue_at.map(Instant::from_micros),
    })
}

fn wrong(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}
