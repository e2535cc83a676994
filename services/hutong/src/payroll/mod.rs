//! What a payroll office brings: standards of a file, and to whom the accounts of children's files belong.

mod payees;
mod standards;

pub use payees::payee_by_file;
pub use standards::{STANDARDS, StandardsError, read_standards};
