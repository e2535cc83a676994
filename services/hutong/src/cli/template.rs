use anyhow::Context as _;
use kernel::{Clock, SystemClock};

use super::arguments::TemplateArguments;
use super::say::say;

pub(super) fn run(arguments: TemplateArguments) -> anyhow::Result<()> {
    let kind = arguments.kind.in_contract();
    let content = registry::workbook::template(kind, SystemClock.today())?;
    let file = arguments.file.unwrap_or_else(|| registry::workbook::file_name(kind).into());
    std::fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    say!("{}", file.display());
    Ok(())
}
