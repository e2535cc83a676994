//! A roster (花名册): what is right and wrong with each row of an office's workbook, and what an import says of it.

pub mod row;

pub mod citizen_id;
pub mod remark;
pub mod rules;

pub mod intake;
pub mod report;

pub use self::rules::{Entry, Fault, Rules, Terms};
pub use citizen_id::{CitizenIdFault, citizen_id};
pub use intake::Intake;
pub use remark::{Reason, Remark};
pub use report::{Opened, Report};
pub use row::{Column, Fingerprint, Row};
