//! Where things lie that requests name: a child where its household is registered, all else where its children are.

use std::collections::{BTreeSet, HashMap};

use kernel::Division;
use platform::database::any_uuid;
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::InconsistentRow;

/// Finds the rows of ids, each with a division.
type Find = fn(DbBackend, &BTreeSet<Uuid>) -> SelectStatement;

/// How the things of a kind are found, by the name that the contract gives them; nothing if there is no such kind.
fn finds(kind: &str) -> &'static [Find] {
    match kind {
        contract::area::CHILD => &[children, entries],
        "application" => &[applications],
        "person" => &[persons, housemates],
        "household" => &[households],
        "worker" => &[workers],
        _ => &[],
    }
}

/// The divisions in which things of a kind lie, by id. What there is not, or lies nowhere yet, is left out.
///
/// # Errors
/// If the database fails, or there is no such kind.
pub async fn divisions(
    connection: &impl ConnectionTrait,
    kind: &str,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Vec<Division>>, ServiceError> {
    let finds = finds(kind);
    if finds.is_empty() {
        return Err(ServiceError::internal(format!("the registry keeps no {kind} of which it knows where it lies")));
    }
    let mut found: HashMap<Uuid, Vec<Division>> = HashMap::new();
    for find in finds {
        for row in connection.query_all(&find(connection.get_database_backend(), ids)).await? {
            let (id, division): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let wrong = |_| InconsistentRow { table: "whereabouts", column: "division", id, vault: None };
            let division = division.parse().map_err(wrong)?;
            found.entry(id).or_default().push(division);
        }
    }
    Ok(found)
}

fn children(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .columns(["id", "division"])
        .from("child")
        .and_where(any_uuid(backend, "id", ids.iter().copied()))
        .to_owned()
}

/// Entries of the ledger of migrant children, where they are or were last.
fn entries(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .columns(["migrant_id", "division"])
        .from("migrant_stay")
        .and_where(any_uuid(backend, "migrant_id", ids.iter().copied()))
        .and_where(Expr::col("superseded_at").is_null())
        .and_where(Expr::col("valid_until").is_null())
        .to_owned()
}

fn applications(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .columns(["id", "county"])
        .from("category_application")
        .and_where(any_uuid(backend, "id", ids.iter().copied()))
        .to_owned()
}

/// Persons with a role, where those children are.
fn persons(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .column(("guardian_role", "person_id"))
        .column(("child", "division"))
        .from("guardian_role")
        .inner_join("child", Expr::col(("child", "id")).equals(("guardian_role", "child_id")))
        .and_where(any_uuid(backend, ("guardian_role", "person_id"), ids.iter().copied()))
        .to_owned()
}

/// Persons in a household, where its children are.
fn housemates(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .column(("household_member", "member_id"))
        .column(("child", "division"))
        .from("household_member")
        .join_as(
            sea_orm::JoinType::InnerJoin,
            "household_member",
            "other",
            Expr::col(("other", "household_id")).equals(("household_member", "household_id")),
        )
        .inner_join("child", Expr::col(("child", "id")).equals(("other", "member_id")))
        .and_where(any_uuid(backend, ("household_member", "member_id"), ids.iter().copied()))
        .to_owned()
}

fn households(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .column(("household_member", "household_id"))
        .column(("child", "division"))
        .from("household_member")
        .inner_join("child", Expr::col(("child", "id")).equals(("household_member", "member_id")))
        .and_where(any_uuid(backend, ("household_member", "household_id"), ids.iter().copied()))
        .to_owned()
}

/// Workers, at every post that they have or had.
fn workers(backend: DbBackend, ids: &BTreeSet<Uuid>) -> SelectStatement {
    Query::select()
        .columns(["worker_id", "division"])
        .from("appointment")
        .and_where(any_uuid(backend, "worker_id", ids.iter().copied()))
        .and_where(Expr::col("superseded_at").is_null())
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::area::{AreaRule, of_method};

    use super::finds;

    #[test]
    fn whatever_a_request_to_the_registry_names_can_be_found() {
        let mut kinds = BTreeSet::new();
        for path in contract::access::methods().keys().filter(|path| path.starts_with("/hutong.registry.")) {
            if let Some(AreaRule::Named(named)) = of_method(path) {
                kinds.extend(named.kinds());
            }
        }
        assert!(kinds.iter().all(|kind| !finds(kind).is_empty()), "{kinds:?}");
        assert!(finds("nothing").is_empty());
    }
}
