use std::collections::HashMap;

use contract::audit::v1::Decision;
use kernel::Instant;
use platform::database::any_int;
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};
use uuid::Uuid;

use super::store::{COLUMNS, call};
use super::{AuditLog, SealedCall};
use crate::log::{sequence_of, sequence_value};

/// Which entries are wanted. What is left out or empty asks nothing; what is set holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// They name this child.
    pub child: Option<Uuid>,
    /// They are of this caller.
    pub caller: String,
    /// They are of this actor.
    pub actor: String,
    /// This became of the calls.
    pub decision: Option<Decision>,
    /// The calls came at this time or later.
    pub from: Option<Instant>,
    /// They came before this time.
    pub until: Option<Instant>,
}

/// How many calls there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// By what became of the calls: `hutong.audit.v1.Decision`.
    pub by_decision: HashMap<i64, u64>,
    /// The children whom they name.
    pub children: u64,
}

/// An entry in a list, with some of its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) call: SealedCall,
    pub(super) child_count: u64,
}

/// A statement's conditions and what is bound in them.
struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        self.text.push_str(condition);
        self.text.push_str(&format!(" ${}", self.values.len()));
    }
}

impl CallFilter {
    /// The tables and the conditions. A child's entries are found by the child, whatever else is asked.
    fn conditions(&self) -> (&'static str, Conditions) {
        let mut conditions = Conditions { text: String::new(), values: Vec::new() };
        let mut tables = "audit AS a";
        if let Some(child) = self.child {
            tables = "audit_child AS c INNER JOIN audit AS a ON a.sequence = c.sequence";
            conditions.add("c.child =", child);
        }
        if !self.caller.is_empty() {
            conditions.add("a.caller =", self.caller.clone());
        }
        if !self.actor.is_empty() {
            conditions.add("a.actor =", self.actor.clone());
        }
        if let Some(decision) = self.decision {
            conditions.add("a.decision =", i64::from(i32::from(decision)));
        }
        if let Some(from) = self.from {
            conditions.add("a.at >=", from.as_micros());
        }
        if let Some(until) = self.until {
            conditions.add("a.at <", until.as_micros());
        }
        (tables, conditions)
    }
}

impl AuditLog {
    /// Up to `limit` entries before a number, the newest first, each with the child that was asked for, or else with so many
    /// of its children.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(super) async fn list(
        &self,
        filter: &CallFilter,
        before: Option<u64>,
        limit: u64,
        children: u64,
    ) -> Result<Vec<Listed>, ServiceError> {
        let (tables, mut conditions) = filter.conditions();
        let sequence = if filter.child.is_some() { "c.sequence" } else { "a.sequence" };
        if let Some(before) = before {
            conditions.add(&format!("{sequence} <"), sequence_value(before));
        }
        let columns = COLUMNS.map(|column| format!("a.{column}")).join(", ");
        let Conditions { text, values } = conditions;
        let sql = format!("SELECT {columns} FROM {tables}{text} ORDER BY {sequence} DESC LIMIT {limit}");
        let rows = self.rows(sql, values).await?;
        let calls = rows.iter().map(call).collect::<Result<Vec<_>, _>>()?;
        let mut named = self.named(&calls, children).await?;
        let listed = calls.into_iter().map(|mut call| {
            let (some, child_count) = named.remove(&call.sequence).unwrap_or_default();
            call.children = filter.child.map_or(some, |child| vec![child]);
            Listed { call, child_count }
        });
        Ok(listed.collect())
    }

    /// Some of the children of entries, and how many there are.
    async fn named(&self, calls: &[SealedCall], most: u64) -> Result<HashMap<u64, (Vec<Uuid>, u64)>, ServiceError> {
        let mut named: HashMap<u64, (Vec<Uuid>, u64)> = HashMap::new();
        if calls.is_empty() {
            return Ok(named);
        }
        let reader = self.database.reader();
        let numbers = calls.iter().map(|call| i64::try_from(call.sequence).unwrap_or(i64::MAX));
        let numbered = Query::select()
            .columns(["sequence", "child"])
            .expr_as(Expr::cust("ROW_NUMBER() OVER (PARTITION BY sequence ORDER BY child)"), "place")
            .expr_as(Expr::cust("COUNT(*) OVER (PARTITION BY sequence)"), "places")
            .from("audit_child")
            .and_where(any_int(reader.get_database_backend(), "sequence", numbers))
            .to_owned();
        let query = Query::select()
            .columns(["sequence", "child", "places"])
            .from_subquery(numbered, "numbered")
            .and_where(Expr::cust(format!("place <= {most}")))
            .to_owned();
        for row in &reader.query_all(&query).await? {
            let (children, count) = named.entry(sequence_of(row, "sequence")?).or_default();
            children.push(row.try_get("", "child")?);
            *count = sequence_of(row, "places")?;
        }
        Ok(named)
    }

    /// How many calls there are in all.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn totals(&self, filter: &CallFilter) -> Result<Totals, ServiceError> {
        let (tables, Conditions { text, values }) = filter.conditions();
        let sql =
            format!("SELECT a.decision, CAST(SUM(a.calls) AS BIGINT) AS calls FROM {tables}{text} GROUP BY a.decision");
        let mut totals = Totals::default();
        for row in &self.rows(sql, values.clone()).await? {
            totals.by_decision.insert(row.try_get("", "decision")?, sequence_of(row, "calls")?);
        }
        if filter.child.is_some() {
            totals.children = u64::from(!totals.by_decision.is_empty());
            return Ok(totals);
        }
        let sql = format!(
            "SELECT COUNT(DISTINCT n.child) AS children FROM {tables} \
             INNER JOIN audit_child AS n ON n.sequence = a.sequence{text}"
        );
        for row in &self.rows(sql, values).await? {
            totals.children = sequence_of(row, "children")?;
        }
        Ok(totals)
    }

    async fn rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<QueryResult>, ServiceError> {
        let reader = self.database.reader();
        let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, values);
        Ok(reader.query_all_raw(statement).await?)
    }
}
