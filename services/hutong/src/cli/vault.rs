use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{Clock, Date, SystemClock};
use registry::keys::{KeyKeeper, Progress, VaultStatus};
use serde_json::{Value, json};

use super::arguments::{Global, SealingService, VaultCommand};
use super::say::say;
use super::table::table;
use crate::city::registrys_keys;

pub(super) async fn run(global: Global, command: VaultCommand) -> anyhow::Result<()> {
    let (VaultCommand::Status { service, .. }
    | VaultCommand::Rotate { service, .. }
    | VaultCommand::Reseal { service, .. }
    | VaultCommand::Retire { service, .. }) = &command;
    let keeper = match service.service {
        SealingService::Registry => registrys_keys(&global.settings()?).await?,
    };
    let done = match command {
        VaultCommand::Status { json, .. } => status(&keeper, json).await,
        VaultCommand::Rotate { json, .. } => rotate(&keeper, json).await,
        VaultCommand::Reseal { json, .. } => reseal(&keeper, json).await,
        VaultCommand::Retire { key, .. } => retire(&keeper, key).await,
    };
    let KeyKeeper { database, .. } = keeper;
    database.close().await;
    done
}

async fn status(keeper: &KeyKeeper, json: bool) -> anyhow::Result<()> {
    let status = keeper.status().await?;
    if json {
        say!("{}", serde_json::to_string_pretty(&to_json(&status))?);
        return Ok(());
    }
    let mut table = table(["key", "", "values", "where"], &[0, 2]);
    for key in &status.keys {
        let says = match (key.active, key.in_file) {
            (true, _) => "seals",
            (false, true) => "opens",
            (false, false) => "NOT IN THE KEY FILE",
        };
        let columns: Vec<String> = key.values.iter().map(|(column, values)| format!("{column} {values}")).collect();
        table.add_row([key.id.to_string(), says.to_owned(), key.total().to_string(), columns.join(", ")]);
    }
    say!("{table}");
    for (column, values) in &status.open {
        say!("{column}: {values} value(s) of an earlier version are not sealed yet");
    }
    Ok(())
}

fn to_json(status: &VaultStatus) -> Value {
    let keys = status.keys.iter().map(|key| {
        json!({
            "key": key.id, "active": key.active, "in_file": key.in_file,
            "values": key.total(), "by_column": key.values,
        })
    });
    json!({ "keys": keys.collect::<Vec<_>>(), "not_sealed": status.open })
}

async fn rotate(keeper: &KeyKeeper, json: bool) -> anyhow::Result<()> {
    let key = keeper.rotate(first_of(SystemClock.today())).await?;
    let file = keeper.vault.file().display();
    if json {
        say!("{}", json!({ "key": key, "file": file.to_string() }));
    } else {
        say!("key {key} seals from now on; keep a copy of {file}");
    }
    Ok(())
}

/// Keys are numbered by the day: 2025011000 is the first of 10 January 2025.
fn first_of(day: Date) -> u32 {
    let number = |part: i32| u32::try_from(part).unwrap_or_default();
    ((number(i32::from(day.year())) * 100 + number(i32::from(day.month()))) * 100 + number(i32::from(day.day()))) * 100
}

async fn reseal(keeper: &KeyKeeper, json: bool) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("sealing anew {bar:40} {pos}/{len} values, {per_sec}")
        .expect("the template is valid: every run proves it");
    let bar = ProgressBar::new(0).with_style(style);
    let done = keeper
        .reseal(|progress| {
            bar.set_length(progress.rows);
            bar.set_position(progress.resealed + progress.unopened);
        })
        .await;
    bar.finish_and_clear();
    let Progress { resealed, unopened, .. } = done?;
    if json {
        say!("{}", json!({ "key": keeper.vault.active_key(), "resealed": resealed, "unopened": unopened }));
    } else {
        say!("{resealed} value(s) sealed anew with key {}", keeper.vault.active_key());
    }
    if unopened > 0 {
        bail!("{unopened} value(s) do not open: `hutong vault status` shows whether the key file lacks their key");
    }
    Ok(())
}

async fn retire(keeper: &KeyKeeper, key: u32) -> anyhow::Result<()> {
    keeper.retire(key).await?;
    say!(
        "key {key} is gone from {}; copies of the file that hold it are yours to destroy",
        keeper.vault.file().display()
    );
    Ok(())
}
