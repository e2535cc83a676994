use comfy_table::Table;
use contract::department;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{Clock, SystemClock};

use super::arguments::{Global, ImportArguments};
use super::reach::City;
use super::say::say;
use super::table::table;
use crate::workbooks::{Imported, Remark, Workbook};

pub(super) async fn run(global: Global, arguments: ImportArguments) -> anyhow::Result<()> {
    let mut workbook = Workbook::read(&arguments.file, SystemClock.today())?;
    if arguments.afresh {
        workbook.import_id = String::new();
    }
    let city = City::reach(&global, arguments.reach.endpoint)?;
    let channel = city.connect(&department::owner().code).await?;

    let bar = progress("importing", Some(workbook.rows() as u64));
    let sent = bar.clone();
    let imported = workbook.import(channel, arguments.validate_only, move |rows| sent.inc(rows)).await;
    bar.finish_and_clear();
    let imported = imported?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&imported)?);
    } else {
        print_imported(&imported, arguments.validate_only);
    }
    Ok(())
}

/// A bar over rows, on standard error; silent where that is no terminal. Where nobody knows how many there will be, it
/// counts.
pub(super) fn progress(doing: &'static str, rows: Option<u64>) -> ProgressBar {
    let valid = "the template is valid: every run proves it";
    match rows {
        Some(rows) => {
            let style = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} rows, {per_sec}").expect(valid);
            ProgressBar::new(rows).with_style(style).with_prefix(doing)
        }
        None => {
            let style = ProgressStyle::with_template("{prefix} {spinner} {pos} rows, {per_sec}").expect(valid);
            ProgressBar::no_length().with_style(style).with_prefix(doing)
        }
    }
}

fn print_imported(imported: &Imported, validate_only: bool) {
    if !imported.rejected.is_empty() {
        say!("Rejected rows\n{}", remarks(&imported.rejected));
    }
    if !imported.warnings.is_empty() {
        say!("Warnings, the rows were accepted\n{}", remarks(&imported.warnings));
    }
    if !imported.accepted_by_category.is_empty() {
        let categories: Vec<String> =
            imported.accepted_by_category.iter().map(|(category, rows)| format!("{category} {rows}")).collect();
        say!("Accepted by category (人次)  {}", categories.join(", "));
    }
    say!(
        "{} rows of {}: {} accepted, {} rejected, {} warnings; {} recorded{}{}",
        imported.rows,
        imported.kind,
        imported.accepted,
        imported.rejected_rows(),
        imported.warnings.len(),
        imported.recorded,
        if imported.resumed == 0 {
            String::new()
        } else {
            format!(", {} rows had come before (--afresh judges them again)", imported.resumed)
        },
        if validate_only { " (only checked)" } else { "" }
    );
}

/// Row, column and reason; never a value.
pub(super) fn remarks(remarks: &[Remark]) -> Table {
    let mut table = table(["row", "column", "reason", "", "at"], &[0, 4]);
    for remark in remarks {
        let position = if remark.position == 0 { String::new() } else { remark.position.to_string() };
        table.add_row([
            remark.row.to_string(),
            remark.column.clone(),
            format!("{} {}", remark.reason, remark.zh),
            remark.en.clone(),
            position,
        ]);
    }
    table
}
