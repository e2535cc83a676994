use std::path::Path;

use contract::subsidies::v1::BankInstruction;
use kernel::Fen;

use super::BankFileError;
use super::sheet::{Sheet, cell};

const COLUMNS: [&str; 6] = ["付款编号", "户名", "开户行", "账号", "金额(元)", "附言"];

/// Writes a payment file.
///
/// # Errors
/// [`BankFileError`].
pub fn write_instructions(file: &Path, instructions: &[BankInstruction]) -> Result<(), BankFileError> {
    let rows = instructions.iter().map(|one| {
        let BankInstruction { payment, holder, bank, account, amount_fen, memo } = one.clone();
        vec![payment, holder, bank, account, Fen::new(amount_fen).to_string(), memo]
    });
    Sheet { header: COLUMNS.map(str::to_owned).to_vec(), rows: rows.collect() }.write(file)
}

/// Reads a payment file, as a bank does.
///
/// # Errors
/// [`BankFileError`].
pub fn read_instructions(file: &Path) -> Result<Vec<BankInstruction>, BankFileError> {
    let sheet = Sheet::read(file)?;
    let [payment, holder, bank, account, amount, memo] = sheet.columns(file, COLUMNS)?;
    let rows = sheet.rows.iter().enumerate().map(|(index, row)| {
        let amount_fen = cell(row, amount).parse::<Fen>().map_err(|_| BankFileError::Cell {
            file: file.to_owned(),
            row: index + 2,
            column: COLUMNS[4],
            expected: "an amount in yuan, such as 2140.00",
        })?;
        Ok(BankInstruction {
            payment: cell(row, payment).to_owned(),
            holder: cell(row, holder).to_owned(),
            bank: cell(row, bank).to_owned(),
            account: cell(row, account).to_owned(),
            amount_fen: amount_fen.as_fen(),
            memo: cell(row, memo).to_owned(),
        })
    });
    rows.collect()
}
