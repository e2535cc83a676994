//! Typed identifiers. Each kind of thing has its own type, so that a child's ID is never taken for an event's.
//!
//! **Architecture Invariant:** UUIDs are made here and nowhere else.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::{NoContext, Timestamp, Uuid};

use crate::clock::Clock;

/// A kind of thing that has identifiers.
pub trait IdKind {
    /// The kind's name in texts, lower case: `child`.
    const NAME: &'static str;
}

/// The identifier of a `K`: a `UUIDv7` (RFC 9562). It says when the row was made and nothing about a person.
///
/// Identifiers sort by the microsecond in which they were generated; those of one thread sort in the order of
/// generation even within a microsecond.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// A child's file (儿童档案).
pub enum Child {}
/// One confirmation of one category of a child, with its validity.
pub enum CategoryRecord {}
/// An adult around children (成年人): a parent, a guardian, a carer.
pub enum Person {}
/// One condition of one person.
pub enum Situation {}
/// What one person is to one child.
pub enum Role {}
/// Those who live together (家庭).
pub enum Household {}
/// One application for one category of a child (认定申请).
pub enum Application {}
/// A child director or a township's child supervisor (儿童主任, 儿童督导员).
pub enum Worker {}
/// A visit or another contact with a child (走访).
pub enum Visit {}
/// One version of a standard of basic living (保障标准).
pub enum Standard {}
/// One month's run of the payroll (发放批次).
pub enum PayrollRun {}
/// What one child is paid by one run (付款).
pub enum Payment {}
/// What a person must decide about money.
pub enum PaymentTask {}
/// One year of the insurance that is bought for children (医惠保保单年度).
pub enum PolicyYear {}
/// An event in a service's event log.
pub enum Event {}
/// A caller's mutation, by which its repetition is recognised (AIP-155).
pub enum Request {}
/// One call at a door, in the audit.
pub enum Call {}
/// A call that was made because a child is in danger.
pub enum Emergency {}
/// Calls that are unusual together, in the audit.
pub enum Finding {}

/// See [`Child`].
pub type ChildId = Id<Child>;
/// See [`CategoryRecord`].
pub type CategoryRecordId = Id<CategoryRecord>;
/// See [`Person`].
pub type PersonId = Id<Person>;
/// See [`Situation`].
pub type SituationId = Id<Situation>;
/// See [`Role`].
pub type RoleId = Id<Role>;
/// See [`Household`].
pub type HouseholdId = Id<Household>;
/// See [`Application`].
pub type ApplicationId = Id<Application>;
/// See [`Worker`].
pub type WorkerId = Id<Worker>;
/// See [`Visit`].
pub type VisitId = Id<Visit>;
/// See [`Standard`].
pub type StandardId = Id<Standard>;
/// See [`PayrollRun`].
pub type PayrollRunId = Id<PayrollRun>;
/// See [`Payment`].
pub type PaymentId = Id<Payment>;
/// See [`PaymentTask`].
pub type PaymentTaskId = Id<PaymentTask>;
/// See [`PolicyYear`].
pub type PolicyYearId = Id<PolicyYear>;
/// See [`Event`].
pub type EventId = Id<Event>;
/// See [`Request`].
pub type RequestId = Id<Request>;
/// See [`Call`].
pub type CallId = Id<Call>;
/// See [`Emergency`].
pub type EmergencyId = Id<Emergency>;
/// See [`Finding`].
pub type FindingId = Id<Finding>;

impl IdKind for Child {
    const NAME: &'static str = "child";
}
impl IdKind for CategoryRecord {
    const NAME: &'static str = "category record";
}
impl IdKind for Person {
    const NAME: &'static str = "person";
}
impl IdKind for Situation {
    const NAME: &'static str = "situation";
}
impl IdKind for Role {
    const NAME: &'static str = "role";
}
impl IdKind for Household {
    const NAME: &'static str = "household";
}
impl IdKind for Application {
    const NAME: &'static str = "application";
}
impl IdKind for Worker {
    const NAME: &'static str = "worker";
}
impl IdKind for Visit {
    const NAME: &'static str = "visit";
}
impl IdKind for Standard {
    const NAME: &'static str = "standard";
}
impl IdKind for PayrollRun {
    const NAME: &'static str = "payroll run";
}
impl IdKind for Payment {
    const NAME: &'static str = "payment";
}
impl IdKind for PaymentTask {
    const NAME: &'static str = "payment task";
}
impl IdKind for PolicyYear {
    const NAME: &'static str = "policy year";
}
impl IdKind for Event {
    const NAME: &'static str = "event";
}
impl IdKind for Request {
    const NAME: &'static str = "request";
}
impl IdKind for Call {
    const NAME: &'static str = "call";
}
impl IdKind for Emergency {
    const NAME: &'static str = "emergency";
}
impl IdKind for Finding {
    const NAME: &'static str = "finding";
}

/// A text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id: a lower-case hyphenated UUID is expected")]
pub struct IdError {
    /// The [`IdKind::NAME`] of the expected kind.
    pub kind: &'static str,
}

impl<K> Id<K> {
    /// A new identifier of the clock's present microsecond and the system's randomness.
    #[must_use]
    pub fn generate(clock: &dyn Clock) -> Self {
        Self::from_uuid(generate_v7(clock.now().as_micros()))
    }

    /// The identifier whose UUID is known, from a database for instance.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// The random part of a UUID below its variant bits.
const RANDOM_BITS: u128 = (1 << 62) - 1;

thread_local! {
    /// The microsecond and the random part of this thread's last identifier.
    static LAST: Cell<(i64, u128)> = const { Cell::new((i64::MIN, 0)) };
}

/// A `UUIDv7` with the layout that RFC 9562 section 6.2 offers for finer clocks (method 3): 48 bits of milliseconds,
/// 12 bits with the fraction of the millisecond, 62 random bits. Within one microsecond the random part grows by a
/// random step (method 2), from a start in the lower half of its range.
fn generate_v7(micros: i64) -> Uuid {
    // A time before 1970 cannot be expressed and counts as 1970.
    let micros = micros.max(0);
    let millis = micros.unsigned_abs() / 1_000;
    let fraction = (micros.unsigned_abs() % 1_000) * 4_096 / 1_000;

    // Without a counter of its own the uuid crate fills everything but the time with the system's randomness.
    let random = Uuid::new_v7(Timestamp::from_unix(NoContext, 0, 0)).as_u128();
    let start = random & (RANDOM_BITS >> 1);
    let step = 1 + (random & u128::from(u32::MAX));

    let (last_micros, last_tail) = LAST.get();
    let tail = match last_tail + step {
        next if last_micros == micros && next <= RANDOM_BITS => next,
        _ => start,
    };
    LAST.set((micros, tail));

    let version = 0x7 << 76;
    let variant = 0b10 << 62;
    Uuid::from_u128(u128::from(millis) << 80 | version | u128::from(fraction) << 64 | variant | tail)
}

/// Reads the form that [`Display`](fmt::Display) writes, of any version: a caller's request ID is its own affair.
/// Other spellings of the same UUID and the nil UUID are refused, so that one identifier has one text.
impl<K: IdKind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { kind: K::NAME };
        let canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let uuid = Uuid::try_parse(text).map_err(|_| error)?;
        if canonical && !uuid.is_nil() { Ok(Self::from_uuid(uuid)) } else { Err(error) }
    }
}

/// Lower case with hyphens.
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

/// `child:01980f3e-…`. An identifier is not personal: it means nothing outside the platform.
impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", K::NAME, self.0.hyphenated())
    }
}

// Derived implementations would ask the same of `K`, which is only a mark.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests;
