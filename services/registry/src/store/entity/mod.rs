//! The tables as sea-orm reads them.

pub mod category_record;
pub mod child;
pub mod fact;
pub mod roster_row;

pub mod appointment;
pub mod assignment;
pub mod worker;
