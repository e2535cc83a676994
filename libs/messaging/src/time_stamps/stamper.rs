use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use platform::config::TimeStampConfig;
use platform::error::{ServiceError, with_causes};

use super::ask::{AskError, Asker};
use super::due::{Due, Staleness, Turn};
use super::metrics;
use crate::checkpoints::{LogEvidence, StoredCheckpoint};

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// So far the authority's clock and ours may differ without a word of it.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);

/// Takes the word of a time-stamp authority for the checkpoints of one log.
#[derive(Debug)]
pub struct TimeStamper {
    evidence: LogEvidence,
    clock: Arc<dyn Clock>,
    asker: Asker,
    interval: Duration,
    /// Not known before the first look.
    due: Option<Due>,
    staleness: Staleness,
    is_failing: bool,
}

impl TimeStamper {
    /// Nothing if the settings name no authority.
    ///
    /// # Errors
    /// `TIME_STAMP_SETTINGS` says which setting is wrong.
    pub fn new(
        evidence: LogEvidence,
        clock: Arc<dyn Clock>,
        config: &TimeStampConfig,
    ) -> Result<Option<Self>, ServiceError> {
        let stamper = |asker| Self {
            evidence,
            clock,
            asker,
            interval: config.interval,
            due: None,
            staleness: Staleness::new(config.stale),
            is_failing: false,
        };
        Ok(Asker::new(config)?.map(stamper))
    }

    /// Works for ever.
    pub(crate) async fn run(mut self) {
        let mut failing = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let reason = self.look().await.map_err(|error| error.reason).err();
            if reason.is_some() && failing != reason {
                tracing::warn!(log = self.evidence.service(), reason, "time-stamps cannot be kept, it is tried again");
            }
            failing = reason;
        }
    }

    /// Does what is due by now: asks the authority if a checkpoint waits, and tells when one has waited too long.
    ///
    /// # Errors
    /// If the database cannot be read or written. An authority that gives no word is no error: it is asked again.
    pub async fn look(&mut self) -> Result<(), ServiceError> {
        let stamped = self.evidence.last_stamped().await?;
        let mut waiting_since = self.waiting_since(stamped.as_ref()).await?;
        let stamp =
            if waiting_since.is_some() && self.is_due(stamped.as_ref()) { self.stamp().await } else { Ok(None) };
        if let Ok(stamped @ Some(_)) = &stamp {
            waiting_since = self.waiting_since(stamped.as_ref()).await?;
        }
        // Whatever keeps a time-stamp away, it is missed.
        self.tell(waiting_since);
        stamp.map(drop)
    }

    fn is_due(&mut self, stamped: Option<&StoredCheckpoint>) -> bool {
        let now = self.clock.now();
        let interval = self.interval;
        let due = self.due.get_or_insert_with(|| {
            let last = stamped.and_then(|checkpoint| checkpoint.time_stamp.as_ref());
            // An authority whose clock is ahead of ours is not waited for until then.
            Due::new(interval, last.map(|time_stamp| time_stamp.time.min(now)))
        });
        due.is_due(now)
    }

    /// When the first checkpoint behind the last one that was stamped was made.
    async fn waiting_since(&self, stamped: Option<&StoredCheckpoint>) -> Result<Option<Instant>, ServiceError> {
        let size = stamped.map_or(0, |checkpoint| checkpoint.size);
        Ok(self.evidence.after(size, 1).await?.pop().map(|checkpoint| checkpoint.made_at))
    }

    /// Takes a time-stamp for the latest checkpoint, and returns this; nothing if there is none to be had now.
    async fn stamp(&mut self) -> Result<Option<StoredCheckpoint>, ServiceError> {
        let Some(latest) = self.evidence.latest().await? else { return Ok(None) };
        let answer = self.asker.ask(&latest.note).await;
        let now = self.clock.now();
        match answer {
            Ok((token, word)) => {
                let kept = self.evidence.keep_time_stamp(&latest, token, word.time).await;
                // The next one is asked for later, whatever becomes of this one.
                kept.inspect_err(|_| self.due.iter_mut().for_each(|due| due.failed(now)))?;
                self.taken(&latest, word.time, now);
                Ok(Some(latest))
            }
            Err(error) => {
                self.failed(&error, now);
                Ok(None)
            }
        }
    }

    fn taken(&mut self, checkpoint: &StoredCheckpoint, time: Instant, now: Instant) {
        let log = self.evidence.service();
        self.due.iter_mut().for_each(|due| due.taken(now));
        if std::mem::take(&mut self.is_failing) {
            tracing::info!(log, "the time-stamp authority answers again");
        }
        tracing::debug!(log, size = checkpoint.size, "a checkpoint was time-stamped");
        let differ = time.saturating_duration_since(now).max(now.saturating_duration_since(time));
        if differ > CLOCKS_DIFFER {
            let seconds = differ.as_secs();
            tracing::warn!(log, seconds, "the time-stamp authority's clock and the city's differ: look at the city's");
        }
    }

    fn failed(&mut self, error: &AskError, now: Instant) {
        self.due.iter_mut().for_each(|due| due.failed(now));
        if !std::mem::replace(&mut self.is_failing, true) {
            let error = with_causes(error);
            tracing::warn!(log = self.evidence.service(), error, "no time-stamp was to be had, it is tried again");
        }
    }

    fn tell(&mut self, waiting_since: Option<Instant>) {
        let (log, now) = (self.evidence.service(), self.clock.now());
        metrics::waiting(log, waiting_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since)));
        match self.staleness.look(waiting_since, now) {
            Some(Turn::Stale) => {
                metrics::became_stale(log);
                let since = waiting_since.unwrap_or(now);
                tracing::error!(
                    alarm = "TIME_STAMP_STALE",
                    log,
                    %since,
                    "no third party has stamped what the log was since then: look at the time-stamp authority"
                );
            }
            Some(Turn::GoodAgain) => tracing::info!(log, "the log's checkpoints are time-stamped again"),
            None => {}
        }
    }
}
