use anyhow::Context as _;
use contract::department;
use kernel::{Clock, Month, SystemClock};
use serde_json::json;

use super::arguments::{ExportArguments, Global};
use super::import::progress;
use super::reach::City;
use super::say::say;
use crate::workbooks::{Wanted, export};

pub(super) async fn run(global: Global, arguments: ExportArguments) -> anyhow::Result<()> {
    let kind = arguments.kind.in_contract();
    let month = arguments.month.as_deref().map(str::parse::<Month>).transpose();
    let month = month.context("--month takes a month as 2024-05")?;
    let file = arguments.file.unwrap_or_else(|| registry::workbook::file_name(kind).into());
    let city = City::reach(&global, arguments.reach.endpoint)?;
    let channel = city.connect(&department::owner().code).await?;
    let bar = progress("exporting", None);
    let wanted = Wanted { kind, division: arguments.division.unwrap_or_default(), month };
    let rows = export(channel, wanted, &file, SystemClock.today(), |rows| bar.inc(rows)).await;
    bar.finish_and_clear();
    let rows = rows?;
    if arguments.json {
        say!("{}", json!({"file": file, "rows": rows}));
    } else {
        say!("{rows} rows in {}", file.display());
    }
    Ok(())
}
