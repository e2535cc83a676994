//! Facts with valid and recorded time, whatever they are of: one table for all kinds, each value sealed by itself.
//!
//! An aggregate holds its facts as timelines. It reads them from [`Facts`] and hands what changed to a [`FactWriter`].

use std::collections::{BTreeMap, HashMap};

use kernel::time::parse_iso;
use kernel::{Instant, Period, Timeline, Version};
use platform::database::{Rows, any_uuid};
use platform::vault::{Vault, VaultError, lies_current};
use prost::Message;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::fact;
use super::row::InconsistentRow;

/// What a fact is about. The numbers are the table's own and never change their meaning. They lie open, so that none of
/// them may give a secret away: all circumstances of a child are one kind, whatever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// Who a person is to the child (监护关系).
    Role = 4,
    /// What befell a person: the conditions of parents who cannot care (状况).
    Situation = 5,
    /// How a person is reached (联系方式).
    Contact = 6,
    /// The family's means (家庭经济状况).
    FamilyMeans = 10,
    /// Who lives together (家庭成员).
    Membership = 11,
    /// How a child's file stood (档案).
    File = 12,
    /// In which months a category was believed to count.
    CategoryMonths = 13,
    /// Who a person is (身份).
    Identity = 20,
    /// What is so of a child, whatever it is: even its kind is sealed (自身状况).
    Circumstance = 21,
    /// Who a migrant child is (流动儿童身份).
    MigrantIdentity = 30,
    /// Who guards a migrant child in the city (监护人).
    MigrantGuardian = 31,
    /// Where a migrant child is (流动去向).
    Whereabouts = 32,
    /// Why a migrant child is a special one (特殊流动儿童).
    SpecialMigrant = 33,
    /// Who answers for a liaison point (联络点负责人).
    LiaisonContact = 34,
    /// Who a worker was believed to be, once that has changed (工作人员身份).
    WorkerPerson = 50,
    /// What a file took over from another one by a merge (合并).
    Merger = 40,
    /// What a person said of two files: that they are of two children (非同一人).
    Pair = 41,
}

impl FactKind {
    /// The number in the table.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// A value that lies in the table of facts.
pub trait Fact: Clone + PartialEq {
    /// What it is about.
    const KIND: FactKind;
    /// What is sealed of it.
    type Sealed: Message + Default;

    /// What is sealed of it.
    fn sealed(&self) -> Self::Sealed;

    /// The value of what was sealed, `None` if it cannot be one.
    fn opened(sealed: Self::Sealed) -> Option<Self>;

    /// Seals the value for its place, as one field unless the kind has several.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    fn seal(&self, vault: &Vault, place: &Place) -> Result<Vec<u8>, VaultError> {
        vault.seal(&place.of_kind(), &self.sealed().encode_to_vec())
    }

    /// Opens what [`Fact::seal`] made; `None` if it cannot be a value.
    ///
    /// # Errors
    /// [`VaultError`].
    fn open(vault: &Vault, place: &Place, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&place.of_kind(), sealed)?;
        Ok(Self::Sealed::decode(plain.as_slice()).ok().and_then(Self::opened))
    }

    /// As [`Fact::open`], also of what was sealed before each kind had its key.
    ///
    /// # Errors
    /// [`VaultError`].
    fn open_any(vault: &Vault, place: &Place, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        if lies_current(sealed) {
            return Self::open(vault, place, sealed);
        }
        let plain = vault.unseal(&place.of_version_1(), sealed)?;
        Ok(Self::Sealed::decode(plain.as_slice()).ok().and_then(Self::opened))
    }
}

/// The data that binds a sealed value to its row.
#[derive(Clone, Debug)]
pub struct Place {
    kind: i64,
    row: Vec<u8>,
}

impl Place {
    /// The place of a row.
    #[must_use]
    pub fn new(subject: Uuid, kind: i64, key: &str, number: u32) -> Self {
        let row = [subject.as_bytes(), &kind.to_be_bytes()[..], &number.to_be_bytes(), key.as_bytes()].concat();
        Self { kind, row }
    }

    /// Of the row alone, for kinds whose fields have names of their own.
    #[must_use]
    pub fn row(&self) -> &[u8] {
        &self.row
    }

    /// Each kind has a key of its own.
    #[must_use]
    pub fn of_kind(&self) -> Vec<u8> {
        [format!("registry.fact.{}:", self.kind).as_bytes(), &self.row].concat()
    }

    /// As facts were bound before each kind had its key.
    #[must_use]
    pub fn of_version_1(&self) -> Vec<u8> {
        [b"registry.fact.sealed:", self.row.as_slice()].concat()
    }
}

/// All facts of some subjects, as they were read.
#[derive(Debug, Default)]
pub struct Facts {
    by_subject: HashMap<Uuid, Vec<fact::Model>>,
}

impl Facts {
    /// Everything that was ever recorded of these subjects, with one statement.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(
        connection: &impl ConnectionTrait,
        subjects: impl IntoIterator<Item = Uuid>,
        kinds: &[FactKind],
    ) -> Result<Self, DbErr> {
        let subjects: Vec<Uuid> = subjects.into_iter().collect();
        if subjects.is_empty() {
            return Ok(Self::default());
        }
        let rows = fact::Entity::find()
            .filter(any_uuid(connection.get_database_backend(), fact::Column::Subject, subjects))
            .filter(fact::Column::Kind.is_in(kinds.iter().map(|kind| kind.number())))
            .all(connection)
            .await?;
        let mut by_subject: HashMap<Uuid, Vec<fact::Model>> = HashMap::new();
        for row in rows {
            by_subject.entry(row.subject).or_default().push(row);
        }
        Ok(Self { by_subject })
    }

    /// The one timeline of a kind that has no keys.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn timeline<T: Fact>(&self, subject: Uuid, vault: &Vault) -> Result<Timeline<T>, InconsistentRow> {
        Ok(self.timelines(subject, vault)?.remove("").unwrap_or_default())
    }

    /// The timelines of a kind, by their keys.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn timelines<T: Fact>(
        &self,
        subject: Uuid,
        vault: &Vault,
    ) -> Result<BTreeMap<String, Timeline<T>>, InconsistentRow> {
        let mut versions: BTreeMap<String, Vec<Version<T>>> = BTreeMap::new();
        let rows = self.by_subject.get(&subject).into_iter().flatten();
        for row in rows.filter(|row| row.kind == T::KIND.number()) {
            versions.entry(row.key.clone()).or_default().push(version(row, vault)?);
        }
        versions
            .into_iter()
            .map(|(key, versions)| {
                let timeline = Timeline::restore(versions).map_err(|_| inconsistent("valid_from", subject))?;
                Ok((key, timeline))
            })
            .collect()
    }
}

fn version<T: Fact>(row: &fact::Model, vault: &Vault) -> Result<Version<T>, InconsistentRow> {
    let wrong = |column| inconsistent(column, row.subject);
    let number = u32::try_from(row.number).map_err(|_| wrong("number"))?;
    let place = Place::new(row.subject, row.kind, &row.key, number);
    let value = T::open_any(vault, &place, &row.sealed);
    let value = value.map_err(|error| InconsistentRow { vault: Some(error), ..wrong("sealed") })?;
    let from = parse_iso(&row.valid_from).map_err(|_| wrong("valid_from"))?;
    let until = row.valid_until.as_deref().map(parse_iso).transpose().map_err(|_| wrong("valid_until"))?;
    Ok(Version {
        number,
        value: value.ok_or_else(|| wrong("sealed"))?,
        period: Period::new(from, until).map_err(|_| wrong("valid_until"))?,
        recorded: Instant::from_micros(row.recorded_at),
        superseded: row.superseded_at.map(Instant::from_micros),
    })
}

fn inconsistent(column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table: "fact", column, id, vault: None }
}

/// Gathers the versions that are to be written.
#[derive(Debug)]
pub struct FactWriter<'a> {
    vault: &'a Vault,
    rows: Vec<fact::Model>,
}

impl<'a> FactWriter<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(vault: &'a Vault) -> Self {
        Self { vault, rows: Vec::new() }
    }

    /// Adds what distinguishes a timeline from what the database has of it.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn add<T: Fact>(
        &mut self,
        subject: Uuid,
        key: &str,
        before: Option<&Timeline<T>>,
        now: &Timeline<T>,
    ) -> Result<(), VaultError> {
        let stored = before.map_or(&[][..], Timeline::versions);
        for (index, version) in now.versions().iter().enumerate() {
            if stored.get(index) != Some(version) {
                self.add_version(subject, key, version)?;
            }
        }
        Ok(())
    }

    /// Adds one version.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn add_version<T: Fact>(&mut self, subject: Uuid, key: &str, version: &Version<T>) -> Result<(), VaultError> {
        let place = Place::new(subject, T::KIND.number(), key, version.number);
        self.rows.push(fact::Model {
            subject,
            kind: T::KIND.number(),
            key: key.to_owned(),
            number: i64::from(version.number),
            valid_from: version.period.from().to_string(),
            valid_until: version.period.until().map(|day| day.to_string()),
            recorded_at: version.recorded.as_micros(),
            superseded_at: version.superseded.map(Instant::as_micros),
            sealed: version.value.seal(self.vault, &place)?,
        });
        Ok(())
    }

    /// The rows of the table `fact`, to be upserted by [`KEY`].
    #[must_use]
    pub fn rows(self) -> Rows {
        let rows = self.rows;
        Rows::new("fact")
            .uuid("subject", rows.iter().map(|row| row.subject).collect())
            .int("kind", rows.iter().map(|row| row.kind).collect())
            .text("key", rows.iter().map(|row| row.key.clone()).collect())
            .int("number", rows.iter().map(|row| row.number).collect())
            .text("valid_from", rows.iter().map(|row| row.valid_from.clone()).collect())
            .optional_text("valid_until", rows.iter().map(|row| row.valid_until.clone()).collect())
            .int("recorded_at", rows.iter().map(|row| row.recorded_at).collect())
            .optional_int("superseded_at", rows.iter().map(|row| row.superseded_at).collect())
            .blob("sealed", rows.into_iter().map(|row| row.sealed).collect())
    }
}

/// The primary key of the table `fact`.
pub const KEY: &str = "subject, kind, key, number";
