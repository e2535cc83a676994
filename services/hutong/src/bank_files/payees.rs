use std::path::Path;

use contract::subsidies::v1::{ChildPayee, Payee};

use super::BankFileError;
use super::sheet::{Sheet, cell};

const COLUMNS: [&str; 4] = ["儿童编号", "户名", "开户行", "账号"];

/// Reads to whom children's money goes.
///
/// # Errors
/// [`BankFileError`].
pub fn read_payees(file: &Path) -> Result<Vec<ChildPayee>, BankFileError> {
    let sheet = Sheet::read(file)?;
    let [child, holder, bank, account] = sheet.columns(file, COLUMNS)?;
    let text = |row: &[String], column| cell(row, column).to_owned();
    let payees = sheet.rows.iter().map(|row| ChildPayee {
        child: text(row, child),
        payee: Some(Payee { holder: text(row, holder), bank: text(row, bank), account: text(row, account) }),
    });
    Ok(payees.collect())
}
