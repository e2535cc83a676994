//! The files that go to banks and insurers and come back: tables with one row a payment, as CSV or as a workbook.

mod error;
mod instructions;
mod insurance;
mod payees;
mod results;
mod sheet;

pub use error::BankFileError;
pub use instructions::{read_instructions, write_instructions};
pub use insurance::{read_insurance_results, write_insured};
pub use payees::read_payees;
pub use results::{ReadResults, read_results, write_results};
