//! What people read for an enum value, in Chinese and English.

use crate::audit::v1::{Decision, UnusualPattern};
use crate::options::Label;
use crate::registry::v1::{
    Category, ChildState, EndReason, GuardianshipSituation, LiaisonLevel, MigrantOutcome, MigrantSource,
    NotMigrantReason, ReconciliationDifference, ReconciliationOutcome, RowReason, SchoolAgeBand, Sex,
    SpecialMigrantReason, SupportTier, VisitKind, VisitRisk, WorkbookKind, WorkerRole,
};
use crate::{descriptors, policy};

/// The label of an enum value, by the enum's full name and the value's number.
pub fn of(enumeration: &str, number: i32) -> Option<Label> {
    let value = descriptors().get_enum_by_name(enumeration)?.get_value(number)?;
    policy::options::label(&value).map(|(zh, en)| Label { zh, en })
}

/// An enum whose values have labels.
pub trait Labelled: Into<i32> + Copy {
    /// The enum's full name.
    const ENUM: &'static str;

    /// The value's label; empty for values without one.
    fn label(self) -> Label {
        of(Self::ENUM, self.into()).unwrap_or_default()
    }

    /// The number of the value whose Chinese term this is.
    fn number_of_zh(term: &str) -> Option<i32> {
        descriptors()
            .get_enum_by_name(Self::ENUM)?
            .values()
            .find(|value| policy::options::label(value).is_some_and(|(zh, _)| zh == term))
            .map(|value| value.number())
    }
}

impl Labelled for Decision {
    const ENUM: &'static str = "hutong.audit.v1.Decision";
}
impl Labelled for UnusualPattern {
    const ENUM: &'static str = "hutong.audit.v1.UnusualPattern";
}
impl Labelled for Category {
    const ENUM: &'static str = "hutong.registry.v1.Category";
}
impl Labelled for SupportTier {
    const ENUM: &'static str = "hutong.registry.v1.SupportTier";
}
impl Labelled for ChildState {
    const ENUM: &'static str = "hutong.registry.v1.ChildState";
}
impl Labelled for EndReason {
    const ENUM: &'static str = "hutong.registry.v1.EndReason";
}
impl Labelled for RowReason {
    const ENUM: &'static str = "hutong.registry.v1.RowReason";
}
impl Labelled for WorkbookKind {
    const ENUM: &'static str = "hutong.registry.v1.WorkbookKind";
}
impl Labelled for MigrantSource {
    const ENUM: &'static str = "hutong.registry.v1.MigrantSource";
}
impl Labelled for SpecialMigrantReason {
    const ENUM: &'static str = "hutong.registry.v1.SpecialMigrantReason";
}
impl Labelled for NotMigrantReason {
    const ENUM: &'static str = "hutong.registry.v1.NotMigrantReason";
}
impl Labelled for MigrantOutcome {
    const ENUM: &'static str = "hutong.registry.v1.MigrantOutcome";
}
impl Labelled for SchoolAgeBand {
    const ENUM: &'static str = "hutong.registry.v1.SchoolAgeBand";
}
impl Labelled for ReconciliationOutcome {
    const ENUM: &'static str = "hutong.registry.v1.ReconciliationOutcome";
}
impl Labelled for ReconciliationDifference {
    const ENUM: &'static str = "hutong.registry.v1.ReconciliationDifference";
}
impl Labelled for LiaisonLevel {
    const ENUM: &'static str = "hutong.registry.v1.LiaisonLevel";
}
impl Labelled for Sex {
    const ENUM: &'static str = "hutong.registry.v1.Sex";
}
impl Labelled for VisitKind {
    const ENUM: &'static str = "hutong.registry.v1.VisitKind";
}
impl Labelled for GuardianshipSituation {
    const ENUM: &'static str = "hutong.registry.v1.GuardianshipSituation";
}
impl Labelled for VisitRisk {
    const ENUM: &'static str = "hutong.registry.v1.VisitRisk";
}
impl Labelled for WorkerRole {
    const ENUM: &'static str = "hutong.registry.v1.WorkerRole";
}
