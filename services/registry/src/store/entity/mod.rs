//! The tables as sea-orm reads them.

pub mod category_application;
pub mod category_record;
pub mod child;
pub mod fact;
pub mod roster_row;
