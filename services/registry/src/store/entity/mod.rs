//! The tables as sea-orm reads them.

pub mod adulthood;
pub mod category_application;
pub mod category_record;
pub mod child;
pub mod fact;
pub mod liaison_point;
pub mod migrant;
pub mod migrant_stay;
pub mod migrant_survey;
pub mod reconciliation;
pub mod reconciliation_result;
pub mod reconciliation_row;
pub mod roster_row;

pub mod appointment;
pub mod assignment;
pub mod worker;

pub mod duty;
pub mod duty_span;
pub mod month_closing;
pub mod visit;
pub mod visit_month;
