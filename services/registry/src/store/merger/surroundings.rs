//! What is sealed of the surroundings that a file took over.

use kernel::time::parse_iso;
use kernel::{Id, IdKind, Period};
use prost::Message;
use uuid::Uuid;

use super::sealed::{opened_period, sealed_period};
use crate::domain::circumstance::Aspect;
use crate::domain::household::Membership;
use crate::domain::secret::secret;
use crate::domain::surroundings::{Taken, TakenRole, TakenVisits};
use crate::domain::visit::Seen;

/// What is sealed of [`Taken`].
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedTaken {
    #[prost(message, repeated, tag = "1")]
    circumstances: Vec<SealedDays>,
    #[prost(message, repeated, tag = "2")]
    roles: Vec<SealedDays>,
    #[prost(message, repeated, tag = "3")]
    memberships: Vec<SealedDays>,
    #[prost(message, repeated, tag = "4")]
    left: Vec<SealedDays>,
    #[prost(message, repeated, tag = "5")]
    assignments: Vec<SealedDays>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    entries: Vec<Vec<u8>>,
    #[prost(bool, tag = "7")]
    special_migrant: bool,
    #[prost(message, optional, tag = "8")]
    visits: Option<SealedVisits>,
}

/// Days, with what was taken over of them.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedDays {
    #[prost(string, tag = "1")]
    from: String,
    #[prost(string, tag = "2")]
    until: String,
    /// [`Aspect::number`].
    #[prost(int32, tag = "3")]
    aspect: i32,
    /// A household, or the role in the file that closed.
    #[prost(bytes = "vec", tag = "4")]
    of: Vec<u8>,
    /// The role in the file that stays.
    #[prost(bytes = "vec", tag = "5")]
    to: Vec<u8>,
    /// What the member is in the household.
    #[prost(string, tag = "6")]
    relation: String,
}

/// What is sealed of [`TakenVisits`].
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedVisits {
    #[prost(string, tag = "1")]
    month: String,
    #[prost(message, optional, tag = "2")]
    seen: Option<SealedSeen>,
    #[prost(message, optional, tag = "3")]
    before: Option<SealedSeen>,
}

/// What is sealed of [`Seen`].
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedSeen {
    #[prost(uint32, tag = "1")]
    visits: u32,
    #[prost(string, tag = "2")]
    last_on: String,
    #[prost(bool, tag = "3")]
    needs_attention: bool,
}

impl SealedTaken {
    pub(super) fn of(taken: &Taken) -> Self {
        Self {
            circumstances: collect(&taken.circumstances, |(aspect, days)| SealedDays {
                aspect: aspect.number(),
                ..SealedDays::of(*days)
            }),
            roles: collect(&taken.roles, |role| SealedDays {
                of: bytes(role.from),
                to: bytes(role.to),
                ..SealedDays::of(role.days)
            }),
            memberships: collect(&taken.memberships, |(household, days)| SealedDays {
                of: bytes(*household),
                ..SealedDays::of(*days)
            }),
            left: collect(&taken.left, |(household, days, membership)| SealedDays {
                of: bytes(*household),
                relation: membership.relation.clone(),
                ..SealedDays::of(*days)
            }),
            assignments: collect(&taken.assignments, |days| SealedDays::of(*days)),
            entries: collect(&taken.entries, |entry| bytes(*entry)),
            special_migrant: taken.special_migrant,
            visits: taken.visits.as_ref().map(SealedVisits::of),
        }
    }

    pub(super) fn opened(&self) -> Option<Taken> {
        Some(Taken {
            circumstances: every(&self.circumstances, |it| Some((Aspect::from_number(it.aspect)?, it.days()?)))?,
            roles: every(&self.roles, |it| Some(TakenRole { from: id(&it.of)?, to: id(&it.to)?, days: it.days()? }))?,
            memberships: every(&self.memberships, |it| Some((id(&it.of)?, it.days()?)))?,
            left: every(&self.left, |it| {
                Some((id(&it.of)?, it.days()?, Membership { relation: it.relation.clone() }))
            })?,
            assignments: every(&self.assignments, SealedDays::days)?,
            entries: every(&self.entries, |entry| id(entry))?,
            special_migrant: self.special_migrant,
            visits: match &self.visits {
                None => None,
                Some(visits) => Some(visits.opened()?),
            },
        })
    }
}

impl SealedDays {
    fn of(days: Period) -> Self {
        let (from, until) = sealed_period(days);
        Self { from, until, ..Self::default() }
    }

    fn days(&self) -> Option<Period> {
        opened_period(&self.from, &self.until)
    }
}

impl SealedVisits {
    fn of(visits: &TakenVisits) -> Self {
        Self {
            month: visits.month.to_string(),
            seen: Some(SealedSeen::of(visits.seen)),
            before: visits.before.map(SealedSeen::of),
        }
    }

    fn opened(&self) -> Option<TakenVisits> {
        Some(TakenVisits {
            month: self.month.parse().ok()?,
            seen: self.seen.as_ref()?.opened()?,
            before: match &self.before {
                None => None,
                Some(before) => Some(before.opened()?),
            },
        })
    }
}

impl SealedSeen {
    fn of(seen: Seen) -> Self {
        Self { visits: seen.visits, last_on: seen.last_on.to_string(), needs_attention: seen.needs_attention }
    }

    fn opened(&self) -> Option<Seen> {
        let last_on = parse_iso(&self.last_on).ok()?;
        Some(Seen { visits: self.visits, last_on, needs_attention: self.needs_attention })
    }
}

fn collect<T, S>(all: &[T], seal: impl Fn(&T) -> S) -> Vec<S> {
    all.iter().map(seal).collect()
}

fn every<S, T>(all: &[S], open: impl Fn(&S) -> Option<T>) -> Option<Vec<T>> {
    all.iter().map(open).collect()
}

fn bytes<K: IdKind>(id: Id<K>) -> Vec<u8> {
    id.as_uuid().into_bytes().to_vec()
}

fn id<K: IdKind>(bytes: &[u8]) -> Option<Id<K>> {
    Uuid::from_slice(bytes).ok().map(Id::from_uuid)
}

secret!(SealedTaken, SealedDays, SealedVisits, SealedSeen);
