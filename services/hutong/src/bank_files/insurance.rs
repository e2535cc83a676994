use std::path::Path;

use contract::label::Labelled as _;
use contract::subsidies::v1::{InsuranceOutcome, InsuranceResult, InsuredChild};
use kernel::Fen;

use super::BankFileError;
use super::sheet::{Sheet, cell};

const LIST: [&str; 3] = ["儿童编号", "区县", "保费(元)"];
const RESULTS: [&str; 3] = ["儿童编号", "结果", "说明"];

/// Writes the list of a policy year.
///
/// # Errors
/// [`BankFileError`].
pub fn write_insured(file: &Path, children: &[InsuredChild], premium_fen: i64) -> Result<(), BankFileError> {
    let premium = Fen::new(premium_fen).to_string();
    let rows = children.iter().map(|one| vec![one.child.clone(), one.county.clone(), premium.clone()]);
    Sheet { header: LIST.map(str::to_owned).to_vec(), rows: rows.collect() }.write(file)
}

/// Reads whom the insurer took.
///
/// # Errors
/// [`BankFileError`].
pub fn read_insurance_results(file: &Path) -> Result<Vec<InsuranceResult>, BankFileError> {
    let sheet = Sheet::read(file)?;
    let [child, outcome, reason] = sheet.columns(file, RESULTS)?;
    let outcomes = [InsuranceOutcome::Enrolled, InsuranceOutcome::Refused];
    let results = sheet.rows.iter().enumerate().map(|(index, row)| {
        let said = cell(row, outcome);
        let wrong = || BankFileError::Cell {
            file: file.to_owned(),
            row: index + 2,
            column: RESULTS[1],
            expected: "must be 已参保 or 未参保",
        };
        let outcome = outcomes.into_iter().find(|outcome| outcome.label().zh == said).ok_or_else(wrong)?;
        let (child, reason) = (cell(row, child).to_owned(), cell(row, reason).to_owned());
        Ok(InsuranceResult { child, outcome: outcome.into(), reason })
    });
    results.collect()
}
