//! Liaison points (监测联络点) for the monitoring of migrant children: a tree of province, cities and counties [S].

use kernel::{Date, Division, DivisionLevel, Id, IdKind, Instant, Period, Timeline};

/// Marks the identifiers of liaison points.
pub enum Liaison {}

impl IdKind for Liaison {
    const NAME: &'static str = "liaison point";
}

/// Identifies a liaison point.
pub type LiaisonPointId = Id<Liaison>;

/// A liaison point; a division has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonPoint {
    /// The point's identifier.
    pub id: LiaisonPointId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// Its division, whose level is the point's.
    pub division: Division,
    /// The point above it; `None` for the province's.
    pub parent: Option<LiaisonPointId>,
    /// Who answers for it.
    pub contact: Timeline<Contact>,
    /// When it was set up.
    pub opened_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

/// Who answers for a point.
///
/// **Sensitive (level 3).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The body that runs the point; may be empty.
    pub organisation: String,
    /// The person's name.
    pub full_name: String,
    /// The person's phone; may be empty.
    pub phone: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(****)")
    }
}

/// Nobody answers for a point on the day on which it is said to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody answers for the liaison point on that day")]
pub struct NotAssigned;

/// A point got somebody who answers for it, or nobody any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonChange {
    /// The point as it stands now.
    pub point: LiaisonPoint,
    /// Since when somebody new answers for it, to be told.
    pub assigned: Option<Date>,
}

/// The division whose point a division's point hangs on: province above city above county. `None` for the province.
///
/// # Errors
/// The level of a division that has no liaison point.
pub fn above(division: Division) -> Result<Option<Division>, DivisionLevel> {
    match division.level() {
        DivisionLevel::Province => Ok(None),
        DivisionLevel::City | DivisionLevel::County => Ok(division.parent()),
        level @ (DivisionLevel::Township | DivisionLevel::Village) => Err(level),
    }
}

impl LiaisonPoint {
    /// Sets a point up, below its parent.
    #[must_use]
    pub fn open(
        id: LiaisonPointId,
        division: Division,
        parent: Option<LiaisonPointId>,
        contact: Contact,
        since: Date,
        now: Instant,
    ) -> LiaisonChange {
        let contact = Timeline::beginning(Period::since(since), contact, now);
        let point = Self { id, version: 1, division, parent, contact, opened_at: now, changed_at: now };
        LiaisonChange { point, assigned: Some(since) }
    }

    /// Says who answers for it from a day on.
    #[must_use]
    pub fn assign(&self, contact: Contact, since: Date, now: Instant) -> LiaisonChange {
        let now = now.max(self.changed_at);
        let mut point = self.clone();
        point.contact.record(Period::since(since), contact, now);
        point.changed(self, now, Some(since))
    }

    /// Says that nobody does from a day on.
    ///
    /// # Errors
    /// [`NotAssigned`].
    pub fn end(&self, on: Date, now: Instant) -> Result<LiaisonChange, NotAssigned> {
        let now = now.max(self.changed_at);
        let mut point = self.clone();
        point.contact.on(on).ok_or(NotAssigned)?;
        point.contact.clear(Period::since(on), now);
        Ok(point.changed(self, now, None))
    }

    fn changed(mut self, before: &Self, now: Instant, assigned: Option<Date>) -> LiaisonChange {
        if self == *before {
            return LiaisonChange { point: self, assigned: None };
        }
        self.version += 1;
        self.changed_at = now;
        LiaisonChange { point: self, assigned }
    }
}
