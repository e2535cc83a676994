//! A visit and what was seen on it.

use std::fmt;

use kernel::time::shanghai_date;
use kernel::{ChildId, Date, Instant, Month, VisitId, WorkerId};

use crate::domain::worker::Worker;

/// How a child was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitKind {
    /// 入户走访.
    Home = 1,
    /// 校内或其他地点走访.
    School = 2,
    /// 电话或视频联系.
    Phone = 3,
}

/// How a child is guarded (监护状况). `Debug` hides which it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Guardianship {
    /// 监护良好.
    Good = 1,
    /// 监护不力.
    Weak = 2,
    /// 无人监护.
    Absent = 3,
    /// 监护侵害.
    Harmful = 4,
}

/// Whether a child is at risk (风险). `Debug` hides which it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// 无风险.
    None = 1,
    /// 有风险.
    Present = 2,
    /// 紧急风险.
    Urgent = 3,
}

/// What was seen on a visit.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitFacts {
    /// The child.
    pub child: ChildId,
    /// Who visited.
    pub worker: WorkerId,
    /// The day.
    pub on: Date,
    /// How.
    pub kind: VisitKind,
    /// How the child is guarded.
    pub guardianship: Guardianship,
    /// Whether there is a risk.
    pub risk: Risk,
    /// What else was seen.
    pub notes: String,
    /// Where evidence is kept.
    pub evidence: Vec<String>,
}

/// A recorded visit. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The identifier.
    pub id: VisitId,
    /// What was seen.
    pub facts: VisitFacts,
    /// When it was recorded.
    pub recorded: Instant,
}

/// Why a visit is not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitError {
    /// The day is in the future.
    #[error("the day of the visit is in the future")]
    InFuture,
    /// The worker held no post on that day.
    #[error("the worker held no post on the day of the visit")]
    WorkerHasNoPost,
}

impl Visit {
    /// Records a visit that `worker` made.
    ///
    /// # Errors
    /// [`VisitError`].
    pub fn recorded(id: VisitId, facts: VisitFacts, worker: &Worker, now: Instant) -> Result<Self, VisitError> {
        if facts.on > shanghai_date(now) {
            return Err(VisitError::InFuture);
        }
        worker.post_on(facts.on).ok_or(VisitError::WorkerHasNoPost)?;
        Ok(Self { id, facts, recorded: now })
    }

    /// The month whose duty it does.
    #[must_use]
    pub fn month(&self) -> Month {
        Month::of(self.facts.on)
    }
}

impl VisitFacts {
    /// Whether somebody must look at it: there is a risk, or nobody guards the child, or the guardian harms it [P]. All that
    /// leaves the file of what was seen.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        let unguarded = matches!(self.guardianship, Guardianship::Absent | Guardianship::Harmful);
        self.risk != Risk::None || unguarded
    }
}

macro_rules! numbered {
    ($kind:ident, $($value:ident),+) => {
        impl $kind {
            /// Every value, by number.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The number in the contract.
            #[must_use]
            pub const fn number(self) -> i32 {
                self as i32
            }

            /// The value of a number, `None` if it is none of ours.
            #[must_use]
            pub fn from_number(number: i32) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.number() == number)
            }
        }
    };
}

numbered!(VisitKind, Home, School, Phone);
numbered!(Guardianship, Good, Weak, Absent, Harmful);
numbered!(Risk, None, Present, Urgent);

/// Says only that it is one.
impl fmt::Debug for Guardianship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guardianship(****)")
    }
}

/// Says only that it is one.
impl fmt::Debug for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Risk(****)")
    }
}

/// Says only who visited whom, and when.
impl fmt::Debug for VisitFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VisitFacts")
            .field("child", &self.child)
            .field("worker", &self.worker)
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}
