use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contract::label::Labelled as _;
use kernel::{Clock, Division, FindingId, Instant};
use platform::config::UnusualConfig;
use platform::database::Database;
use platform::error::ServiceError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::finding::Finding;
use super::judge::{Judge, Mark};
use super::{Unusual, metrics, store};
use crate::audit::AuditLog;
use crate::journal::{Context, Journal, Keep, Kept, RequestKey, Workspace};

/// Entries that are judged at once.
const PART: u64 = 500;
/// So many entries that are done with are not read again after a kill, though nothing was told of them.
const DONE: u64 = 5_000;
/// The shortest sleep: a machine's clock may lag behind the timer that woke us.
const SHORTEST: Duration = Duration::from_millis(1);

/// Records a service's own event of a finding.
pub type Tell = fn(&Unusual, &mut Context<'_>);

/// What a watch works with.
#[derive(Debug)]
pub struct WatchSettings<W: Workspace> {
    /// The service's database, in which its audit is.
    pub database: Database,
    /// Where it writes.
    pub journal: Journal<W>,
    /// Its event; nothing for a service that tells none: then there is an alarm, and the list.
    pub tell: Option<Tell>,
    /// What is out of the ordinary.
    pub config: UnusualConfig,
    /// The city, which is the area of a caller without one.
    pub city: Division,
    /// By which hours and nights end.
    pub clock: Arc<dyn Clock>,
}

/// Judges what a service records. One of several on a database tells a finding.
#[derive(Debug)]
pub struct Watcher {
    database: Database,
    journal: Box<dyn Keep>,
    tell: Option<Tell>,
    config: UnusualConfig,
    city: Division,
    clock: Arc<dyn Clock>,
    /// Nothing before the first look, and after a failure: then it is as the database has it.
    judge: Option<Judge>,
}

impl Watcher {
    /// One that has looked at nothing yet.
    #[must_use]
    pub fn new<W: Workspace>(settings: WatchSettings<W>) -> Self {
        let WatchSettings { database, journal, tell, config, city, clock } = settings;
        Self { database, journal: Box::new(journal), tell, config, city, clock, judge: None }
    }

    /// Judges all that was recorded, tells what is unusual in it, and says when an hour or a night is to be judged next.
    ///
    /// # Errors
    /// If the database fails. What was told stands; the next look goes on from there.
    pub async fn look(&mut self) -> Result<Option<Instant>, ServiceError> {
        let mut judge = match self.judge.take() {
            Some(judge) => judge,
            None => self.restore().await?,
        };
        loop {
            let now = self.clock.now();
            let calls = AuditLog::new(self.database.clone()).read(judge.position(), PART).await?;
            let mut found: Vec<Finding> = calls.iter().flat_map(|call| judge.take(call)).collect();
            let is_all = (calls.len() as u64) < PART;
            // Behind its writers, time goes as far as the entries.
            let reached = if is_all { Some(now) } else { calls.iter().map(|call| call.at).max() };
            if let Some(reached) = reached {
                found.extend(judge.close(reached.saturating_sub(self.config.settle)));
            }
            if let Err(error) = self.keep(&mut judge, found).await {
                let stored = store::mark(self.database.reader()).await?;
                if stored.revision == judge.stored().revision {
                    return Err(error);
                }
                // Another process has told it, or we have and the answer was lost.
                judge = self.restore().await?;
                continue;
            }
            if is_all {
                let next = judge.next_end().map(|end| end.saturating_add(self.config.settle));
                self.judge = Some(judge);
                return Ok(next);
            }
        }
    }

    async fn restore(&self) -> Result<Judge, ServiceError> {
        let reader = self.database.reader();
        // In this order: a finding that is told in between is not taken for one to be told.
        let mark = store::mark(reader).await?;
        Ok(Judge::new(self.config.clone(), mark, store::open(reader).await?))
    }

    /// Commits findings, their events and the mark together, and raises the alarms.
    async fn keep(&self, judge: &mut Judge, found: Vec<Finding>) -> Result<(), ServiceError> {
        let mark = judge.mark();
        if found.is_empty() && !is_far(&mark, &judge.stored()) {
            return Ok(());
        }
        let (new, counted) = as_they_stand(found);
        let new: Vec<(Finding, Uuid)> =
            new.into_iter().map(|finding| (finding, FindingId::generate(&*self.clock).as_uuid())).collect();
        let mut kept = Kept::default().advance(store::marked(&mark), "id", "revision");
        kept = kept.insert(store::told(&new, self.clock.now()));
        for finding in &counted {
            kept = kept.change(store::counted(finding));
        }
        if let Some(tell) = self.tell {
            for (finding, id) in &new {
                let unusual = Unusual::of(finding, *id, self.city);
                kept = kept.record(move |context| tell(&unusual, context));
            }
        }
        self.journal.keep(kept, RequestKey::none("TellUnusual")).await?;
        judge.marked(mark);
        for (finding, _) in &new {
            self.alarm(finding);
        }
        Ok(())
    }

    fn alarm(&self, finding: &Finding) {
        let service = self.database.service();
        let pattern = finding.key.pattern;
        metrics::found(service, pattern);
        tracing::error!(
            alarm = "UNUSUAL_ACCESS",
            service,
            pattern = pattern.label().en,
            caller = finding.key.caller,
            calls = finding.calls,
            children = finding.children,
            "calls are out of the ordinary: `hutong audit unusual` shows them"
        );
    }
}

/// Whether a mark is worth a commit by itself.
fn is_far(mark: &Mark, stored: &Mark) -> bool {
    mark.done.saturating_sub(stored.done) >= DONE
}

/// Those to be told, and those that were told and are counted anew: each once, as it stands last.
fn as_they_stand(found: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
    let mut last: BTreeMap<u64, Finding> = BTreeMap::new();
    for mut finding in found {
        if let Some(before) = last.get(&finding.number) {
            finding.is_new |= before.is_new;
        }
        last.insert(finding.number, finding);
    }
    last.into_values().partition(|finding| finding.is_new)
}

/// A watch at work.
#[derive(Debug)]
pub struct Watch {
    task: JoinHandle<()>,
}

impl Watch {
    /// Starts it. It looks at what was recorded whenever its interval has passed, and when an hour or a night is to be judged.
    #[must_use]
    pub fn start<W: Workspace>(settings: WatchSettings<W>, shutdown: CancellationToken) -> Self {
        let run = run(Watcher::new(settings));
        let task = tokio::spawn(async move {
            // A look that is cut off is committed or not; either way the next start goes on from there.
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = run => {}
            }
        });
        Self { task }
    }

    /// Waits until it has ended after the shutdown.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

async fn run(mut watcher: Watcher) {
    let mut failing = false;
    let mut sleep = watcher.config.look;
    loop {
        tokio::time::sleep(sleep.max(SHORTEST)).await;
        sleep = watcher.config.look;
        let service = watcher.database.service().to_owned();
        match watcher.look().await {
            Ok(next) => {
                if std::mem::take(&mut failing) {
                    tracing::info!(service, "the audit is watched again");
                }
                let until = |next: Instant| next.saturating_duration_since(watcher.clock.now());
                sleep = next.map_or(sleep, |next| sleep.min(until(next)));
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(service, reason = error.reason, %error, "the audit could not be watched, it is tried again");
                }
            }
        }
    }
}
