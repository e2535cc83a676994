use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use contract::department;
use hdrhistogram::Histogram;
use kernel::{Clock, SystemClock};
use messaging::log::EventLog;
use messaging::seal::SealedEvent;
use platform::client;

use super::DemoError;
use super::expectation::{compare, granted};
use super::life::{CALLS_PER_SECOND, Happened, Life};
use super::payroll::Payroll;
use super::readers::Readers;
use super::report::{Latency, Report};
use crate::certificates::{Issued, Subject};
use crate::city::City;
use crate::workbooks::{Imported, Workbook};

/// Longer than this without a message, and something is broken.
const STALLS_AFTER: Duration = Duration::from_secs(60);
const LOG_PAGE: u64 = 2_000;
/// How often it is asked how far the payroll has learnt.
const LOOKS_AGAIN: Duration = Duration::from_millis(50);

/// What the demonstration works with.
pub struct DemoSettings {
    /// The roster to import.
    pub roster: PathBuf,
    /// Hears how many more rows were sent.
    pub sent: Box<dyn Fn(u64) + Send + Sync>,
    /// Hears what is done next.
    pub stage: Box<dyn Fn(Stage<'_>) + Send + Sync>,
}

/// What is being done.
#[derive(Debug)]
pub enum Stage<'a> {
    /// The roster goes in.
    Importing {
        /// How many rows.
        rows: u64,
    },
    /// It is in.
    Imported(&'a Imported),
    /// Lives go on.
    Living,
    /// A year's payroll is paid.
    Paying,
    /// So much happened; now every mailbox is awaited.
    Settling {
        /// How many calls changed something.
        calls: usize,
    },
}

/// Shows a city at work. The city must be fresh: what it held before would be in the mailboxes too.
///
/// # Errors
/// [`DemoError`] if a call is refused or a mailbox stalls. A mailbox that differs from the contract is in the report.
pub async fn show(city: &City, settings: DemoSettings) -> Result<Report, DemoError> {
    let DemoSettings { roster, sent, stage } = settings;
    let log = city.registry_log().ok_or(DemoError::ServiceMissing)?;
    let owner = Issued::at(city.tls_directory(), &Subject::department(&department::owner().code));
    let channel = client::connect(&city.endpoints().grpc.to_string(), &owner.credentials()?).await?;

    let readers = Readers::start(city, city.mailboxes()).await?;

    let workbook = Workbook::read(&roster, SystemClock.today())?;
    stage(Stage::Importing { rows: workbook.rows() as u64 });
    let begun = Instant::now();
    let imported = workbook.import(channel.clone(), false, sent).await?;
    let import_seconds = begun.elapsed().as_secs_f64();
    stage(Stage::Imported(&imported));
    // What follows is measured: the burst of the import must not stand in its way.
    settle(&readers, &log, city).await?;

    stage(Stage::Living);
    readers.measure_from(SystemClock.now());
    let life = Life::new(channel.clone());
    let Happened { registered, confirmed, reclassified, moved, merged, ended } = life.happen().await?;
    stage(Stage::Settling { calls: registered + confirmed + reclassified + moved + merged + ended });
    let events = settle(&readers, &log, city).await?;

    stage(Stage::Paying);
    learn(city, &events).await?;
    let children = life.list().await?;
    let area = city.division().padded();
    let year = Payroll::open(channel, &area, children).await?.pay_a_year().await?;

    let (read, latencies) = readers.finish().await?;
    let mut differences = Vec::new();
    for entry in city.mailboxes().iter() {
        let code = &entry.code;
        let letters = read.get(code).map(|read| read.letters.as_slice()).unwrap_or_default();
        differences.extend(compare(code, letters, &granted(entry, &events, city.pseudonyms())));
    }
    differences.extend(read.iter().flat_map(|(code, read)| read.faults(code)));
    Ok(Report {
        rows: imported.rows,
        accepted: imported.accepted,
        rejected: imported.rejected_rows(),
        rejected_by_reason: imported.rejected_by_reason,
        warnings: imported.warnings.len(),
        events: by_type(&events),
        mailboxes: read.iter().map(|(code, read)| (code.clone(), read.count())).collect(),
        latency_ms: latency(&latencies),
        rejections: imported.rejected,
        registered: imported.recorded,
        import_seconds,
        payroll: year,
        differences,
    })
}

/// Waits until every department has read as many messages as the log grants it by now, and gives the log.
async fn settle(readers: &Readers, log: &EventLog, city: &City) -> Result<Vec<SealedEvent>, DemoError> {
    let events = read_all(log).await?;
    let granted = |entry| granted(entry, &events, city.pseudonyms()).len() as u64;
    let due: BTreeMap<String, u64> =
        city.mailboxes().iter().map(|entry| (entry.code.clone(), granted(entry))).collect();
    let mut progress = readers.progress();
    loop {
        progress.mark_unchanged();
        let read = readers.counts();
        if due.iter().all(|(code, due)| read.get(code).is_some_and(|read| read >= due)) {
            return Ok(events);
        }
        let changed = tokio::time::timeout(STALLS_AFTER, progress.changed()).await;
        if !matches!(changed, Ok(Ok(()))) {
            return Err(DemoError::Stalled { seconds: STALLS_AFTER.as_secs() });
        }
    }
}

/// Waits until the payroll has learnt what the registry told.
async fn learn(city: &City, events: &[SealedEvent]) -> Result<(), DemoError> {
    let payroll = city.subsidies().ok_or(DemoError::ServiceMissing)?;
    let types = subsidies::inbox::types();
    let wanted = |event: &&SealedEvent| types.iter().any(|wanted| std::ptr::eq(*wanted, event.event.event));
    let last = events.iter().rfind(wanted).map_or(0, |event| event.sequence);
    let begun = Instant::now();
    while payroll.learnt().await? < last {
        if begun.elapsed() > STALLS_AFTER {
            return Err(DemoError::Stalled { seconds: STALLS_AFTER.as_secs() });
        }
        tokio::time::sleep(LOOKS_AGAIN).await;
    }
    Ok(())
}

async fn read_all(log: &EventLog) -> Result<Vec<SealedEvent>, DemoError> {
    let mut events = Vec::new();
    loop {
        let after = events.last().map_or(0, |event: &SealedEvent| event.sequence);
        let page = log.read(after, LOG_PAGE).await?;
        if page.is_empty() {
            return Ok(events);
        }
        events.extend(page);
    }
}

fn by_type(events: &[SealedEvent]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event.event.event.name.clone()).or_default() += 1;
    }
    counts
}

fn latency(microseconds: &Histogram<u64>) -> Latency {
    #[expect(clippy::cast_precision_loss, reason = "latencies are far below 2^52 microseconds")]
    let milliseconds = |quantile| microseconds.value_at_quantile(quantile) as f64 / 1_000.0;
    Latency {
        p50: milliseconds(0.5),
        p99: milliseconds(0.99),
        deliveries: microseconds.len(),
        calls_per_second: CALLS_PER_SECOND,
    }
}
