//! What the file that stays took over of the surroundings of the one that closed.

use kernel::{HouseholdId, Month, Period, RoleId};

use crate::domain::circumstance::Aspect;
use crate::domain::household::Membership;
use crate::domain::migrant::MigrantId;
use crate::domain::visit::Seen;

/// What was taken over, to be given back if the merge is undone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Days of circumstances.
    pub circumstances: Vec<(Aspect, Period)>,
    /// Days of roles.
    pub roles: Vec<TakenRole>,
    /// Days in households.
    pub memberships: Vec<(HouseholdId, Period)>,
    /// What the file that closed left, of days from the merge on.
    pub left: Vec<(HouseholdId, Period, Membership)>,
    /// Days of assignments.
    pub assignments: Vec<Period>,
    /// Entries of the ledger of migrant children.
    pub entries: Vec<MigrantId>,
    /// Whether the child is a special migrant child by the file that closed alone.
    pub special_migrant: bool,
    /// The visits of the month.
    pub visits: Option<TakenVisits>,
}

/// Days of a role, which goes on under an identifier of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenRole {
    /// The role in the file that closed.
    pub from: RoleId,
    /// The role in the file that stays.
    pub to: RoleId,
    /// The days.
    pub days: Period,
}

/// The visits of a month that count for the file that stays, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenVisits {
    /// The month of the merge.
    pub month: Month,
    /// Those of the file that closed.
    pub seen: Seen,
    /// Those of the file that stays, before.
    pub before: Option<Seen>,
}

/// Says only that it is one.
impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Taken(****)")
    }
}
