//! Merges as facts: of the file that stayed, by the file that closed.

use std::collections::BTreeSet;

use kernel::time::parse_iso;
use kernel::{CategoryRecordId, ChildId, CitizenId, Period, Sex};
use messaging::journal::{Aggregate, Change, Shelf};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use prost::Message;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::fact::{Fact, FactKind, FactWriter, Facts};
use super::row::InconsistentRow;
use crate::domain::merger::{Identity, Merger, Mergers, MovedRecord, Takeover};

/// What is sealed of [`Merger`]. The tags are this table's own; they never change their meaning.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedMerger {
    /// Why it was undone; empty while it stands.
    #[prost(string, tag = "1")]
    undone: String,
    /// The survivor's version since the merge.
    #[prost(uint32, tag = "2")]
    version: u32,
    /// The citizen ID that was taken over, or empty.
    #[prost(string, tag = "3")]
    citizen_id: String,
    /// Who the survivor's child was.
    #[prost(message, repeated, tag = "4")]
    identities: Vec<SealedIdentity>,
    /// The categories that went over.
    #[prost(message, repeated, tag = "5")]
    records: Vec<SealedMove>,
    /// Whether it stands: a reason may be empty.
    #[prost(bool, tag = "6")]
    stands: bool,
}

/// What is sealed of [`Identity`], with the days for which it held.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedIdentity {
    #[prost(string, tag = "1")]
    from: String,
    #[prost(string, tag = "2")]
    until: String,
    #[prost(string, tag = "3")]
    birth_date: String,
    #[prost(uint32, tag = "4")]
    sex: u32,
}

/// What is sealed of [`MovedRecord`].
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedMove {
    #[prost(bytes = "vec", tag = "1")]
    from: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    to: Vec<u8>,
}

impl Fact for Merger {
    const KIND: FactKind = FactKind::Merger;
    type Sealed = SealedMerger;

    fn sealed(&self) -> SealedMerger {
        match self {
            Self::Undone(reason) => SealedMerger { undone: reason.clone(), ..SealedMerger::default() },
            Self::Stands(takeover) => SealedMerger {
                undone: String::new(),
                version: takeover.version,
                citizen_id: takeover.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
                identities: takeover.identities.iter().map(|(period, who)| sealed_identity(*period, *who)).collect(),
                records: takeover.records.iter().map(|moved| sealed_move(*moved)).collect(),
                stands: true,
            },
        }
    }

    fn opened(sealed: SealedMerger) -> Option<Self> {
        if !sealed.stands {
            return Some(Self::Undone(sealed.undone));
        }
        Some(Self::Stands(Takeover {
            version: sealed.version,
            citizen_id: match sealed.citizen_id.as_str() {
                "" => None,
                text => Some(CitizenId::parse(text).ok()?),
            },
            identities: sealed.identities.iter().map(opened_identity).collect::<Option<_>>()?,
            records: sealed.records.iter().map(opened_move).collect::<Option<_>>()?,
        }))
    }
}

fn sealed_identity(period: Period, identity: Identity) -> SealedIdentity {
    SealedIdentity {
        from: period.from().to_string(),
        until: period.until().map_or_else(String::new, |day| day.to_string()),
        birth_date: identity.birth_date.to_string(),
        sex: u32::from(identity.sex.code()),
    }
}

fn opened_identity(sealed: &SealedIdentity) -> Option<(Period, Identity)> {
    let until = match sealed.until.as_str() {
        "" => None,
        day => Some(parse_iso(day).ok()?),
    };
    let period = Period::new(parse_iso(&sealed.from).ok()?, until).ok()?;
    let sex = Sex::from_code(u8::try_from(sealed.sex).ok()?)?;
    Some((period, Identity { birth_date: parse_iso(&sealed.birth_date).ok()?, sex }))
}

fn sealed_move(moved: MovedRecord) -> SealedMove {
    let bytes = |id: CategoryRecordId| id.as_uuid().into_bytes().to_vec();
    SealedMove { from: bytes(moved.from), to: bytes(moved.to) }
}

fn opened_move(sealed: &SealedMove) -> Option<MovedRecord> {
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok().map(CategoryRecordId::from_uuid);
    Some(MovedRecord { from: id(&sealed.from)?, to: id(&sealed.to)? })
}

impl Aggregate for Mergers {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.survivor
    }
}

/// The merges into these files, with one statement.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn load(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    survivors: BTreeSet<ChildId>,
) -> Result<Vec<Mergers>, ServiceError> {
    let subjects = survivors.iter().map(|survivor| survivor.as_uuid());
    let facts = Facts::of(connection, subjects, &[FactKind::Merger]).await?;
    let mergers = survivors.into_iter().map(|survivor| mergers(survivor, &facts, vault));
    Ok(mergers.collect::<Result<_, _>>()?)
}

/// Hands over what changed.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn store(shelf: &Shelf<Mergers>, facts: &mut FactWriter<'_>) -> Result<(), VaultError> {
    for Change { before, now } in shelf.changes() {
        for (merged, timeline) in &now.of {
            let before = before.and_then(|before| before.of.get(merged));
            facts.add(now.survivor.as_uuid(), &merged.to_string(), before, timeline)?;
        }
    }
    Ok(())
}

fn mergers(survivor: ChildId, facts: &Facts, vault: &Vault) -> Result<Mergers, InconsistentRow> {
    let mut mergers = Mergers::none(survivor);
    let subject = survivor.as_uuid();
    for (key, timeline) in facts.timelines::<Merger>(subject, vault)? {
        let merged =
            key.parse().map_err(|_| InconsistentRow { table: "fact", column: "key", id: subject, vault: None })?;
        mergers.of.insert(merged, timeline);
    }
    Ok(mergers)
}

/// Says only that it is one.
impl std::fmt::Debug for SealedMerger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedMerger(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedIdentity(****)")
    }
}
