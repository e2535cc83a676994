//! Where liaison points lie.

use std::collections::{BTreeSet, HashMap};

use kernel::{Division, DivisionLevel, Instant};
use messaging::journal::{Aggregate, Shelf};
use platform::database::{Rows, Write, any_text};
use platform::error::ServiceError;
use platform::vault::Vault;
use prost::Message;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::entity::liaison_point;
use super::fact::{self, Fact, FactKind, FactWriter, Facts};
use super::row::InconsistentRow;
use crate::domain::liaison::{Contact, LiaisonPoint, LiaisonPointId};

impl Aggregate for LiaisonPoint {
    type Id = LiaisonPointId;

    fn id(&self) -> LiaisonPointId {
        self.id
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedContact {
    #[prost(string, tag = "1")]
    organisation: String,
    #[prost(string, tag = "2")]
    full_name: String,
    #[prost(string, tag = "3")]
    phone: String,
}

impl Fact for Contact {
    const KIND: FactKind = FactKind::LiaisonContact;
    type Sealed = SealedContact;

    fn sealed(&self) -> SealedContact {
        SealedContact {
            organisation: self.organisation.clone(),
            full_name: self.full_name.clone(),
            phone: self.phone.clone(),
        }
    }

    fn opened(sealed: SealedContact) -> Option<Self> {
        let SealedContact { organisation, full_name, phone } = sealed;
        Some(Self { organisation, full_name, phone })
    }
}

/// The points that a group works on.
#[derive(Debug, Default)]
pub struct LiaisonPoints {
    shelf: Shelf<LiaisonPoint>,
    by_division: HashMap<Division, LiaisonPointId>,
}

impl LiaisonPoints {
    pub(crate) async fn load(
        write: &Write,
        divisions: BTreeSet<Division>,
        vault: &Vault,
    ) -> Result<Self, ServiceError> {
        if divisions.is_empty() {
            return Ok(Self::default());
        }
        let codes = divisions.iter().map(ToString::to_string);
        let rows = liaison_point::Entity::find()
            .filter(any_text(write.get_database_backend(), liaison_point::Column::Division, codes))
            .all(write)
            .await?;
        let points = open(write, rows, vault).await?;
        let by_division = points.iter().map(|point| (point.division, point.id)).collect();
        Ok(Self { shelf: Shelf::of(points), by_division })
    }

    /// The point of a division that was needed, `None` if it has none.
    #[must_use]
    pub fn of(&self, division: Division) -> Option<&LiaisonPoint> {
        self.shelf.get(*self.by_division.get(&division)?)
    }

    /// Puts a new or changed point in its place.
    pub fn put(&mut self, point: LiaisonPoint) {
        self.by_division.insert(point.division, point.id);
        self.shelf.put(point);
    }

    pub(crate) fn store(&self, write: &mut Write, vault: &Vault) -> Result<(), ServiceError> {
        let mut facts = FactWriter::new(vault);
        let mut points = Vec::new();
        for change in self.shelf.changes() {
            let before = change.before.map(|point| &point.contact);
            facts.add(change.now.id.as_uuid(), "", before, &change.now.contact).map_err(ServiceError::internal)?;
            points.push(change.now);
        }
        rows(&points).upsert(write, "id");
        facts.rows().upsert(write, fact::KEY);
        Ok(())
    }
}

/// Up to `limit` points of a division and below, by code, after that of `after`.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn page(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    division: Option<Division>,
    after: Option<Division>,
    limit: u64,
) -> Result<Vec<LiaisonPoint>, ServiceError> {
    let inside = division.map(|division| {
        let code = division.as_str().to_owned();
        match division.level() {
            DivisionLevel::County | DivisionLevel::Township | DivisionLevel::Village => {
                liaison_point::Column::Division.eq(code)
            }
            DivisionLevel::Province | DivisionLevel::City => {
                liaison_point::Column::Division.between(code.clone(), format!("{code:9<6}"))
            }
        }
    });
    let condition = Condition::all()
        .add_option(inside)
        .add_option(after.map(|division| liaison_point::Column::Division.gt(division.as_str())));
    let rows = liaison_point::Entity::find()
        .filter(condition)
        .order_by_asc(liaison_point::Column::Division)
        .limit(limit)
        .all(connection)
        .await?;
    open(connection, rows, vault).await
}

async fn open(
    connection: &impl ConnectionTrait,
    rows: Vec<liaison_point::Model>,
    vault: &Vault,
) -> Result<Vec<LiaisonPoint>, ServiceError> {
    let facts = contacts(connection, &rows).await?;
    let points = rows.into_iter().map(|row| point(&row, &facts, vault));
    Ok(points.collect::<Result<_, InconsistentRow>>()?)
}

async fn contacts(connection: &impl ConnectionTrait, rows: &[liaison_point::Model]) -> Result<Facts, DbErr> {
    Facts::of(connection, rows.iter().map(|row| row.id), &[FactKind::LiaisonContact]).await
}

fn point(row: &liaison_point::Model, facts: &Facts, vault: &Vault) -> Result<LiaisonPoint, InconsistentRow> {
    let wrong = |column| InconsistentRow { table: "liaison_point", column, id: row.id, vault: None };
    Ok(LiaisonPoint {
        id: LiaisonPointId::from_uuid(row.id),
        version: u32::try_from(row.version).map_err(|_| wrong("version"))?,
        division: row.division.parse().map_err(|_| wrong("division"))?,
        parent: row.parent_id.map(LiaisonPointId::from_uuid),
        contact: facts.timeline::<Contact>(row.id, vault)?,
        opened_at: Instant::from_micros(row.created_at),
        changed_at: Instant::from_micros(row.updated_at),
    })
}

fn rows(points: &[&LiaisonPoint]) -> Rows {
    Rows::new("liaison_point")
        .uuid("id", points.iter().map(|point| point.id.as_uuid()).collect())
        .int("version", points.iter().map(|point| point.version.into()).collect())
        .text("division", points.iter().map(|point| point.division.to_string()).collect())
        .optional_uuid("parent_id", points.iter().map(|point| point.parent.map(LiaisonPointId::as_uuid)).collect())
        .int("created_at", points.iter().map(|point| point.opened_at.as_micros()).collect())
        .int("updated_at", points.iter().map(|point| point.changed_at.as_micros()).collect())
}
