use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use kernel::{Clock, SystemClock};
use platform::config::Config;
use platform::shutdown::Shutdown;

use super::arguments::{DemoArguments, Global};
use super::import::{progress, remarks};
use super::payroll::{year_table, yuan};
use super::say::say;
use super::table::table;
use super::up;
use crate::city::{City, CitySettings};
use crate::demo::{DemoSettings, Report, Stage, show};

/// The roster that is imported if none is named: nobody in it exists.
const SAMPLE: &[u8] = include_bytes!("../../../../deploy/sample/roster.xlsx");

pub(super) async fn run(global: Global, arguments: DemoArguments) -> anyhow::Result<()> {
    let DemoArguments { roster, json, keep } = arguments;
    let config = fresh(&global)?;
    let directory = config.data.directory.clone();
    if let Some(roster) = &roster {
        std::fs::metadata(roster).with_context(|| format!("cannot read the roster {}", roster.display()))?;
    }
    let shutdown = Shutdown::on_signals()?;
    let telemetry = up::telemetry(&config)?;
    let roster = match roster {
        Some(roster) => roster,
        None => sample(&directory)?,
    };
    tell(
        json,
        &format!(
            "1  A city starts in {}: SQLite, its own nats-server, a certificate for each service and department.",
            directory.display()
        ),
    );
    let city = City::start(CitySettings::new(config, shutdown.clone())).await?;
    tell(
        json,
        &format!(
            "   gRPC at {}, NATS at {}; nothing opens without a certificate.",
            city.endpoints().grpc,
            city.endpoints().nats
        ),
    );

    let shown = tokio::select! {
        shown = show(&city, settings(roster, json)) => shown,
        () = shutdown.requested() => {
            city.stop().await?;
            bail!("interrupted");
        }
    };
    let report = match shown {
        Ok(report) => report,
        Err(error) => {
            let error = anyhow::Error::new(error);
            let stopped = city.stop().await;
            return Err(stopped.err().map_or(error, Into::into));
        }
    };
    if json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print_report(&report, &city);
    }
    if keep {
        if !json {
            say!("The city stays up until Ctrl-C.\n");
            up::print_ways_in(&city);
        }
        up::until_shutdown(city, &shutdown).await?;
    } else {
        city.stop().await?;
    }
    telemetry.shutdown().await;
    if !report.payroll.reconciles() {
        bail!("the payroll's books do not agree with the bank");
    }
    if !report.holds() {
        let differences: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
        bail!("mailboxes differ from what the contract grants: {}", differences.join("; "));
    }
    Ok(())
}

/// The settings of a city of its own: a fresh directory, free ports, SQLite, its own broker, so that it runs beside another.
fn fresh(global: &Global) -> anyhow::Result<Config> {
    let mut config = global.settings()?;
    config.data.directory = match &global.directory {
        Some(directory) => {
            let empty = std::fs::read_dir(directory).map_or(true, |mut entries| entries.next().is_none());
            if !empty {
                bail!("{} is not empty: a demonstration starts in a fresh directory", directory.display());
            }
            directory.clone()
        }
        None => {
            let now = SystemClock.now().as_millis();
            std::env::temp_dir().join(format!("hutong-demo-{now}-{}", std::process::id()))
        }
    };
    config.tls.directory = None;
    config.database.url = None;
    config.nats.url = None;
    config.server.listen.set_port(0);
    config.nats.listen.set_port(0);
    Ok(config)
}

fn sample(directory: &Path) -> anyhow::Result<PathBuf> {
    let file = directory.join("roster.xlsx");
    std::fs::write(&file, SAMPLE).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

/// Tells each step as it comes, with a bar while the roster goes in.
fn settings(roster: PathBuf, json: bool) -> DemoSettings {
    let bar = progress("importing", Some(0));
    let sent = bar.clone();
    DemoSettings {
        roster,
        sent: Box::new(move |rows| sent.inc(rows)),
        stage: Box::new(move |stage| match stage {
            Stage::Importing { rows } => {
                bar.set_length(rows);
                tell(json, &format!("2  A county's roster of {rows} rows goes through ImportRoster."));
            }
            Stage::Imported(imported) => {
                bar.finish_and_clear();
                if !json && !imported.rejected.is_empty() {
                    say!("   Rejected rows:\n{}", remarks(&imported.rejected));
                }
            }
            Stage::Living => {
                tell(
                    json,
                    "3  Children are born, confirmed, reclassified, moved, merged, ended: each a call, each an event.",
                );
            }
            Stage::Settling { calls } => {
                tell(json, &format!("   {calls} calls changed something."));
                tell(json, "4  Every department reads its mailbox to the end and verifies it.");
            }
            Stage::Paying => {
                tell(
                    json,
                    "5  A year is paid, month by month: two persons, one file, and a bank that loses answers and returns payments.\n",
                );
            }
        }),
    }
}

fn tell(json: bool, text: &str) {
    if !json {
        say!("{text}");
    }
}

fn print_report(report: &Report, city: &City) {
    let mut sums = table(["roster", ""], &[1]);
    sums.add_row(["rows in".to_owned(), report.rows.to_string()]);
    sums.add_row(["accepted".to_owned(), report.accepted.to_string()]);
    sums.add_row(["children registered by it".to_owned(), report.registered.to_string()]);
    sums.add_row(["rejected".to_owned(), report.rejected.to_string()]);
    for (reason, rows) in &report.rejected_by_reason {
        sums.add_row([format!("  {reason}"), rows.to_string()]);
    }
    sums.add_row(["warnings".to_owned(), report.warnings.to_string()]);
    let rate = f64::from(report.rows) / report.import_seconds;
    sums.add_row(["rows a second, validated, with events".to_owned(), format!("{rate:.0}")]);
    say!("{sums}\n");

    let mut events = table(["event", "told"], &[1]);
    for (event, count) in &report.events {
        events.add_row([event.clone(), count.to_string()]);
    }
    say!("{events}\n");

    let mut mailboxes = table(["mailbox", "department", "messages", "verified", "gaps", "as granted"], &[2, 3, 4]);
    for (code, count) in &report.mailboxes {
        let department = city.mailboxes().get(code).and_then(|entry| contract::department::entry(entry.department));
        let differs = report.differences.iter().any(|difference| difference.code == *code);
        mailboxes.add_row([
            code.clone(),
            department.map(|entry| format!("{} {}", entry.zh, entry.en)).unwrap_or_default(),
            count.messages.to_string(),
            count.verified.to_string(),
            count.gaps.to_string(),
            if differs { "NO".to_owned() } else { "exactly".to_owned() },
        ]);
    }
    say!("{mailboxes}\n");

    let year = &report.payroll;
    say!("The payroll of {}, yuan:\n{}\n", year.year, year_table(&year.totals));
    say!(
        "The bank has paid {} yuan, the books say {}: {}. {} payments came back; a person had them paid again.\n",
        yuan(year.bank_fen),
        yuan(year.settled_fen),
        if year.reconciles() { "they agree to the fen" } else { "THEY DISAGREE" },
        year.returned
    );

    let latency = &report.latency_ms;
    say!(
        "From an event's time, before its commit, to the subscriber: p50 {:.2} ms, p99 {:.2} ms ({} deliveries, at {} calls a \
         second after the import; the import's burst is not in it).",
        latency.p50,
        latency.p99,
        latency.deliveries,
        latency.calls_per_second
    );
    say!("Data          {}", city.directory().root().display());
    say!("Certificates  {}", city.tls_directory().display());
    say!("Logs          {}", city.directory().logs().display());
    if let Some(log) = city.broker_log() {
        say!("              {}", log.display());
    }
    if report.holds() {
        say!("Every mailbox holds exactly what the contract grants.\n");
    }
}
