//! The tables as sea-orm reads them.

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
