//! The words that every other crate speaks: identifiers, time, money, places and the few national codes of
//! child welfare, each a type that cannot hold a wrong value.
//!
//! Text from outside is parsed into these types once, at the edge; whoever holds one never validates again.
//!
//! **Architecture Invariant:** nothing here does I/O, is async, knows serde, protobuf or a database. The only
//! effects are [`clock::SystemClock`], which reads the machine's clock, and [`Id::generate`], which draws
//! randomness; both stand behind a parameter, so that a domain function stays a function.
//!
//! **Architecture Invariant:** no error text and no `Debug` output of this crate contains a value that belongs
//! to a person. A position, a length or the name of a rule is enough to mend an entry.

#![expect(
    clippy::missing_panics_doc,
    reason = "an expect here states what holds for every value of its type; a panic that a caller can cause is documented"
)]

pub mod clock;
pub mod time;
pub mod timeline;

pub mod id;

pub mod fen;
pub mod month;
pub mod working_days;

pub mod citizen_id;
pub mod disability_grade;
pub mod school_stage;
pub mod sex;
pub mod spelling;
pub mod tier;

pub mod division;
pub mod division_directory;

pub mod error_code;

pub use citizen_id::{CitizenId, CitizenIdError};
pub use clock::{Clock, ManualClock, SystemClock};
pub use disability_grade::DisabilityGrade;
pub use division::{Division, DivisionError, DivisionLevel, Jurisdiction};
pub use division_directory::{DirectoryError, DivisionDirectory, UnknownDivision};
pub use error_code::ErrorCode;
pub use fen::{Fen, FenError};
pub use id::{
    ApplicationId, CallId, CategoryRecordId, ChildId, EmergencyId, EventId, FindingId, HouseholdId, Id, IdError,
    IdKind, PaymentId, PaymentTaskId, PayrollRunId, PersonId, PolicyYearId, RequestId, RoleId, SituationId, StandardId,
    VisitId, WorkerId,
};
pub use month::{Month, MonthError};
pub use school_stage::SchoolStage;
pub use sex::Sex;
pub use tier::Tier;
pub use time::{Date, DateError, Instant, InstantError};
pub use timeline::{Period, Timeline, TimelineError, Version};
pub use working_days::{Deadline, HolidayCalendar, HolidayError, WorkingDays};
