//! The tables as sea-orm reads them.

pub mod category_record;
pub mod child;
pub mod roster_row;
