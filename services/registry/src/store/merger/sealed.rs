//! What is sealed of a merge.

use kernel::time::parse_iso;
use kernel::{CategoryRecordId, CitizenId, Period, Sex};
use prost::Message;
use uuid::Uuid;

use super::surroundings::SealedTaken;
use crate::domain::merger::{Identity, Merger, MovedRecord, Takeover};
use crate::store::fact::{Fact, FactKind};

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
    /// What lies around the file; nothing in merges of before it was taken over.
    #[prost(message, optional, tag = "7")]
    surroundings: Option<SealedTaken>,
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
                surroundings: Some(SealedTaken::of(&takeover.surroundings)),
            },
        }
    }

    fn opened(sealed: SealedMerger) -> Option<Self> {
        if !sealed.stands {
            return Some(Self::Undone(sealed.undone));
        }
        Some(Self::Stands(Box::new(Takeover {
            version: sealed.version,
            citizen_id: match sealed.citizen_id.as_str() {
                "" => None,
                text => Some(CitizenId::parse(text).ok()?),
            },
            identities: sealed.identities.iter().map(opened_identity).collect::<Option<_>>()?,
            records: sealed.records.iter().map(opened_move).collect::<Option<_>>()?,
            surroundings: sealed.surroundings.unwrap_or_default().opened()?,
        })))
    }
}

fn sealed_identity(period: Period, identity: Identity) -> SealedIdentity {
    let (from, until) = sealed_period(period);
    let (birth_date, sex) = (identity.birth_date.to_string(), u32::from(identity.sex.code()));
    SealedIdentity { from, until, birth_date, sex }
}

fn opened_identity(sealed: &SealedIdentity) -> Option<(Period, Identity)> {
    let sex = Sex::from_code(u8::try_from(sealed.sex).ok()?)?;
    let identity = Identity { birth_date: parse_iso(&sealed.birth_date).ok()?, sex };
    Some((opened_period(&sealed.from, &sealed.until)?, identity))
}

/// A period as two days; the second is empty where it does not end.
pub(super) fn sealed_period(period: Period) -> (String, String) {
    (period.from().to_string(), period.until().map_or_else(String::new, |day| day.to_string()))
}

pub(super) fn opened_period(from: &str, until: &str) -> Option<Period> {
    let until = match until {
        "" => None,
        day => Some(parse_iso(day).ok()?),
    };
    Period::new(parse_iso(from).ok()?, until).ok()
}

fn sealed_move(moved: MovedRecord) -> SealedMove {
    let bytes = |id: CategoryRecordId| id.as_uuid().into_bytes().to_vec();
    SealedMove { from: bytes(moved.from), to: bytes(moved.to) }
}

fn opened_move(sealed: &SealedMove) -> Option<MovedRecord> {
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok().map(CategoryRecordId::from_uuid);
    Some(MovedRecord { from: id(&sealed.from)?, to: id(&sealed.to)? })
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
