//! Takes all rows away that are of a child, and of whoever is around no other one.
//!
//! **Architecture Invariant:** every table whose rows are of a child stands in [`OF_CHILDREN`]; a test erases a child with
//! everything and looks for its id in the whole database.

use std::collections::BTreeSet;

use kernel::{ChildId, Date, PersonId};
use platform::database::{Write, any_text, any_uuid};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use uuid::Uuid;

use super::fact::FactKind;
use super::family::restoring::member_key;
use super::standing::{ENDED, MERGED};
use crate::domain::household::Member;

/// The tables whose rows are of a child, each with the column that says of whom; what others refer to stands last.
pub const OF_CHILDREN: &[(&str, &str)] = &[
    ("category_record", "child_id"),
    ("roster_row", "child_id"),
    ("guardian_role", "child_id"),
    ("household_member", "member_id"),
    ("assignment", "child_id"),
    ("duty", "child_id"),
    ("duty_span", "child_id"),
    ("visit", "child_id"),
    ("visit_month", "child_id"),
    ("adulthood", "child_id"),
    ("match_key", "child_id"),
    ("category_application", "child_id"),
    ("fact", "subject"),
    ("child", "id"),
];

/// What is erased together.
#[derive(Clone, Debug, Default)]
pub struct Erasure {
    /// The files.
    pub children: BTreeSet<ChildId>,
    /// Whoever is around them; who is around another child stays.
    pub persons: BTreeSet<PersonId>,
    /// Other files whose facts name them.
    pub named_by: BTreeSet<ChildId>,
}

/// Erases files with all around them, when all else of the commit is written.
pub fn erase(write: &mut Write, erasure: &Erasure) {
    let Erasure { children, persons, named_by } = erasure;
    if children.is_empty() {
        return;
    }
    let backend = write.get_database_backend();
    let ids = || children.iter().map(|child| child.as_uuid());
    let homes =
        |who: SimpleExpr| Query::select().column("household_id").from("household_member").and_where(who).to_owned();
    let lived = homes(any_uuid(backend, "member_id", ids()));
    let members = children.iter().map(|child| member_key(Member::Child(*child)));
    write.last(&remove("fact", Expr::col("subject").in_subquery(lived).and(any_text(backend, "key", members))));
    if !named_by.is_empty() {
        let others = any_uuid(backend, "subject", named_by.iter().map(|child| child.as_uuid()));
        write.last(&remove("fact", others.and(names(backend, children))));
    }
    // Of applications and visits more is kept by their own ids.
    for (table, key) in [("category_application", "id"), ("visit", "id")] {
        let own = Query::select().column(key).from(table).and_where(any_uuid(backend, "child_id", ids())).to_owned();
        write.last(&remove("fact", Expr::col("subject").in_subquery(own)));
    }
    let linked = any_uuid(backend, "child_id", ids());
    write.last(&Query::update().table("migrant").value("child_id", Option::<Uuid>::None).and_where(linked).to_owned());
    for (table, column) in OF_CHILDREN {
        write.last(&remove(table, any_uuid(backend, *column, ids())));
    }
    // Their roles to these children are gone by now.
    let roles =
        |whose: SimpleExpr| Query::select().expr(Expr::val(1)).from("guardian_role").and_where(whose).to_owned();
    let alone = || {
        // Roles have an id of their own.
        let has_it = Expr::col(("guardian_role", "person_id")).equals(("person", "id"));
        any_uuid(backend, "id", persons.iter().map(|person| person.as_uuid())).and(Expr::exists(roles(has_it)).not())
    };
    let gone = || Query::select().column("id").from("person").and_where(alone()).to_owned();
    if !persons.is_empty() {
        for person in persons {
            let lived = homes(Expr::col("member_id").eq(person.as_uuid()));
            let which = Expr::col("subject")
                .in_subquery(lived)
                .and(Expr::col("key").eq(member_key(Member::Person(*person))))
                .and(Expr::exists(roles(Expr::col("person_id").eq(person.as_uuid()))).not());
            write.last(&remove("fact", which));
        }
        write.last(&remove("household_member", Expr::col("member_id").in_subquery(gone())));
        write.last(&remove("fact", Expr::col("subject").in_subquery(gone())));
        write.last(&remove("person", alone()));
    }
}

/// The facts of other files that name one of these: what was said of two files, and what a merge took over.
fn names(backend: DbBackend, children: &BTreeSet<ChildId>) -> SimpleExpr {
    let kinds = [FactKind::Pair, FactKind::Merger].map(FactKind::number);
    Expr::col("kind").is_in(kinds).and(any_text(backend, "key", children.iter().map(ToString::to_string)))
}

/// The files whose facts name one of these. It looks through all facts.
///
/// # Errors
/// If the database fails.
pub async fn named_by(
    connection: &impl ConnectionTrait,
    children: &BTreeSet<ChildId>,
) -> Result<BTreeSet<ChildId>, DbErr> {
    let which = names(connection.get_database_backend(), children);
    let query = Query::select().distinct().column("subject").from("fact").and_where(which).to_owned();
    Ok(ids(connection, query).await?.into_iter().map(ChildId::from_uuid).collect())
}

/// Removes comparisons with other lists, with their rows and results.
pub fn erase_comparisons(write: &mut Write, ids: &[Uuid]) {
    if ids.is_empty() {
        return;
    }
    let backend = write.get_database_backend();
    for (table, column) in [
        ("reconciliation_row", "reconciliation_id"),
        ("reconciliation_result", "reconciliation_id"),
        ("reconciliation", "id"),
    ] {
        write.last(&remove(table, any_uuid(backend, column, ids.iter().copied())));
    }
}

fn remove(table: &'static str, which: SimpleExpr) -> sea_orm::sea_query::DeleteStatement {
    Query::delete().from_table(table).and_where(which).to_owned()
}

/// Files that ended on this day or before, the oldest ids first.
fn ended_by(day: Date) -> SelectStatement {
    Query::select()
        .from("child")
        .and_where(Expr::col("state").eq(ENDED))
        .and_where(Expr::col("ended_on").lte(day.to_string()))
        .to_owned()
}

/// How many files ended on this day or before.
///
/// # Errors
/// If the database fails.
pub async fn count_ended(connection: &impl ConnectionTrait, day: Date) -> Result<u64, DbErr> {
    count(connection, ended_by(day)).await
}

/// Up to `limit` files that ended on this day or before, after one.
///
/// # Errors
/// If the database fails.
pub async fn ended(
    connection: &impl ConnectionTrait,
    day: Date,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    let mut query = ended_by(day);
    query.column("id").order_by("id", Order::Asc).limit(limit);
    if let Some(after) = after {
        query.and_where(Expr::col("id").gt(after.as_uuid()));
    }
    Ok(ids(connection, query).await?.into_iter().map(ChildId::from_uuid).collect())
}

/// The files that were merged into a file, and into those.
///
/// # Errors
/// If the database fails.
pub async fn merged_into(connection: &impl ConnectionTrait, child: ChildId) -> Result<Vec<ChildId>, DbErr> {
    let (mut found, mut into) = (Vec::new(), vec![child.as_uuid()]);
    while !into.is_empty() {
        let query = Query::select()
            .column("id")
            .from("child")
            .and_where(Expr::col("state").eq(MERGED))
            .and_where(any_uuid(connection.get_database_backend(), "merged_into", into))
            .to_owned();
        into = ids(connection, query).await?;
        found.extend(into.iter().copied().map(ChildId::from_uuid));
    }
    Ok(found)
}

/// The persons who have or had a role to one of these children, or live in a household with one.
///
/// # Errors
/// If the database fails.
pub async fn around(connection: &impl ConnectionTrait, children: &[ChildId]) -> Result<Vec<PersonId>, DbErr> {
    let backend = connection.get_database_backend();
    let of = |column: &'static str| any_uuid(backend, column, children.iter().map(|child| child.as_uuid()));
    let roles = Query::select().column("person_id").from("guardian_role").and_where(of("child_id")).to_owned();
    let homes = Query::select().column("household_id").from("household_member").and_where(of("member_id")).to_owned();
    let members = Query::select()
        .column("member_id")
        .from("household_member")
        .and_where(Expr::col("household_id").in_subquery(homes))
        .to_owned();
    let persons = Query::select()
        .column("id")
        .from("person")
        .cond_where(
            sea_orm::Condition::any().add(Expr::col("id").in_subquery(roles)).add(Expr::col("id").in_subquery(members)),
        )
        .to_owned();
    Ok(ids(connection, persons).await?.into_iter().map(PersonId::from_uuid).collect())
}

/// How many files there are, and the day on which the first of those ended that have.
///
/// # Errors
/// If the database fails.
pub async fn files(connection: &impl ConnectionTrait) -> Result<(u64, Option<String>), DbErr> {
    let held = count(connection, Query::select().from("child").to_owned()).await?;
    let oldest = Query::select().expr(Expr::col("ended_on").min()).from("child").to_owned();
    let oldest = connection.query_one(&oldest).await?.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    Ok((held, oldest))
}

async fn count(connection: &impl ConnectionTrait, mut of: SelectStatement) -> Result<u64, DbErr> {
    of.expr(Expr::cust("COUNT(*)"));
    let row = connection.query_one(&of).await?;
    let rows: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(rows.unsigned_abs())
}

async fn ids(connection: &impl ConnectionTrait, query: SelectStatement) -> Result<Vec<Uuid>, DbErr> {
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
