use std::path::Path;

use contract::date::from_date;
use contract::label::Labelled as _;
use contract::subsidies::v1::{BankOutcome, BankResult};
use kernel::Fen;
use kernel::time::parse_iso;

use super::BankFileError;
use super::sheet::{Sheet, cell};

const COLUMNS: [&str; 5] = ["付款编号", "结果", "金额(元)", "日期", "说明"];

/// What a bank says, by the rows of its file.
#[derive(Debug)]
pub struct ReadResults {
    /// Of each row that names an outcome, in order, with its row.
    pub results: Vec<(usize, BankResult)>,
}

/// Writes a bank's results.
///
/// # Errors
/// [`BankFileError`].
pub fn write_results(file: &Path, results: &[BankResult]) -> Result<(), BankFileError> {
    let rows = results.iter().map(|one| {
        let day = one.settled_on.map(|day| format!("{:04}-{:02}-{:02}", day.year, day.month, day.day));
        let amount = Fen::new(one.amount_fen).to_string();
        vec![one.payment.clone(), one.outcome().label().zh, amount, day.unwrap_or_default(), one.reason.clone()]
    });
    Sheet { header: COLUMNS.map(str::to_owned).to_vec(), rows: rows.collect() }.write(file)
}

/// Reads a bank's results. A wrong cell refuses the whole file: half of what a bank says is not to be believed.
///
/// # Errors
/// [`BankFileError`].
pub fn read_results(file: &Path) -> Result<ReadResults, BankFileError> {
    let sheet = Sheet::read(file)?;
    let [payment, outcome, amount, day, reason] = sheet.columns(file, COLUMNS)?;
    let outcomes = [BankOutcome::Settled, BankOutcome::Returned];
    let results = sheet.rows.iter().enumerate().map(|(index, row)| {
        let row_number = index + 2;
        let wrong = |column: usize, expected| BankFileError::Cell {
            file: file.to_owned(),
            row: row_number,
            column: COLUMNS[column],
            expected,
        };
        let said = cell(row, outcome);
        let outcome = outcomes.into_iter().find(|outcome| outcome.label().zh == said);
        let amount = cell(row, amount).parse::<Fen>();
        let day = parse_iso(cell(row, day));
        Ok((
            row_number,
            BankResult {
                payment: cell(row, payment).to_owned(),
                outcome: outcome.ok_or_else(|| wrong(1, "must be 成功 or 退回"))?.into(),
                amount_fen: amount.map_err(|_| wrong(2, "an amount in yuan, such as 2140.00"))?.as_fen(),
                settled_on: Some(from_date(day.map_err(|_| wrong(3, "a day, such as 2025-06-05"))?)),
                reason: cell(row, reason).to_owned(),
            },
        ))
    });
    Ok(ReadResults { results: results.collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank_files::{read_instructions, write_instructions};
    use contract::subsidies::v1::BankInstruction;

    #[test]
    fn both_files_are_read_as_they_were_written_in_both_forms() {
        let directory = tempfile::tempdir().unwrap();
        let instruction = BankInstruction {
            payment: "0198b2f0-0000-7000-8000-000000000001".to_owned(),
            holder: "王,\"某\"".to_owned(),
            bank: "农商银行".to_owned(),
            account: "0062284800".to_owned(),
            amount_fen: 269_200,
            memo: "基本生活费".to_owned(),
        };
        let result = BankResult {
            payment: instruction.payment.clone(),
            outcome: BankOutcome::Returned.into(),
            amount_fen: 269_200,
            settled_on: Some(from_date(parse_iso("2025-06-05").unwrap())),
            reason: "户名与账号不符".to_owned(),
        };
        for ending in ["csv", "xlsx", "XLSX"] {
            let file = directory.path().join(format!("payments.{ending}"));
            write_instructions(&file, std::slice::from_ref(&instruction)).unwrap();
            assert_eq!(read_instructions(&file).unwrap(), std::slice::from_ref(&instruction), "{ending}");
            write_results(&file, std::slice::from_ref(&result)).unwrap();
            assert_eq!(read_results(&file).unwrap().results, [(2, result.clone())], "{ending}");
        }
        assert!(write_results(&directory.path().join("payments.txt"), &[]).is_err());
    }

    #[test]
    fn a_wrong_file_is_refused_with_the_cell_at_fault() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("results.csv");
        for (text, expected) in [
            ("", "it is empty"),
            ("付款编号,结果\n", "no column 金额(元)"),
            ("付款编号,结果,金额(元),日期,说明\na,成功,1.00,2025-06-05,\nb,好,1.00,2025-06-05,\n", "row 3, 结果"),
            ("付款编号,结果,金额(元),日期,说明\na,成功,一元,2025-06-05,\n", "row 2, 金额(元)"),
            ("付款编号,结果,金额(元),日期,说明\na,成功,1.00,昨天,\n", "row 2, 日期"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = read_results(&file).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        std::fs::write(directory.path().join("results.xlsx"), b"no workbook").unwrap();
        assert!(read_results(&directory.path().join("results.xlsx")).is_err());
    }
}
