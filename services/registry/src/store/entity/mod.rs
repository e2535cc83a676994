//! The tables as sea-orm reads them.

pub mod category_record;
pub mod child;
pub mod fact;
pub mod roster_row;

pub mod appointment;
pub mod assignment;
pub mod worker;

pub mod duty;
pub mod duty_span;
pub mod month_closing;
pub mod visit;
pub mod visit_month;
