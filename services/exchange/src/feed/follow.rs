use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::{self, Context};
use messaging::seal::Verifier;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ring::Wanted;
use super::{FeedError, Reader, Ring};
use crate::reconnects::Reconnects;

/// Events kept for mailboxes that are a little behind.
const RING: usize = 16 * 1024;
/// How long a mailbox that takes nothing may hold up the others before it has to catch up by itself.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long to wait at the start for mailboxes to say where they stand.
const GATHERING: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(100);
const HALTED: Duration = Duration::from_secs(3);

/// How a feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedStatus {
    /// It has not been opened yet, or reads what is there already.
    Reading,
    /// All that is in the stream was read.
    AtEnd,
    /// The stream cannot be reached, or has to be refilled by its service.
    Unreachable,
    /// An event is not what its service sealed.
    Halted,
}

/// What a feed needs.
#[derive(Debug, Clone)]
pub(crate) struct FeedSettings {
    pub(crate) client: Client,
    pub(crate) reconnects: Reconnects,
    pub(crate) service: String,
    pub(crate) verifier: Verifier,
    /// Events taken at once.
    pub(crate) batch: usize,
    pub(crate) shutdown: CancellationToken,
}

/// One service's feed.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    settings: FeedSettings,
    jetstream: Context,
    ring: Arc<Ring>,
    status: watch::Sender<FeedStatus>,
}

impl Feed {
    pub(crate) fn new(settings: FeedSettings) -> Self {
        let jetstream = jetstream::new(settings.client.clone());
        Self { settings, jetstream, ring: Ring::new(RING), status: watch::Sender::new(FeedStatus::Reading) }
    }

    /// The service's name.
    pub(crate) fn service(&self) -> &str {
        &self.settings.service
    }

    /// The latest events.
    pub(crate) fn ring(&self) -> &Arc<Ring> {
        &self.ring
    }

    /// How it stands.
    pub(crate) fn status(&self) -> watch::Receiver<FeedStatus> {
        self.status.subscribe()
    }

    /// The broker, in the platform's account.
    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// A reader of one's own, for a mailbox that is behind the ring.
    pub(crate) async fn reader(&self, after: u64) -> Result<Reader, FeedError> {
        let FeedSettings { service, verifier, batch, .. } = &self.settings;
        Reader::open(&self.jetstream, service, verifier, after, *batch).await
    }

    /// Follows the stream until the shutdown.
    pub(crate) async fn run(self) {
        let shutdown = self.settings.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.follow_for_ever() => {}
        }
    }

    async fn follow_for_ever(&self) {
        self.gather().await;
        let mut told = String::new();
        loop {
            let error = match self.follow().await {
                Ok(()) => continue,
                Err(error) => error,
            };
            let halted = matches!(error, FeedError::Unproved { .. });
            self.status.send_replace(if halted { FeedStatus::Halted } else { FeedStatus::Unreachable });
            let text = error.to_string();
            if told != text {
                self.report(&error);
                told = text;
            }
            tokio::time::sleep(if halted { HALTED } else { AGAIN }).await;
        }
    }

    /// Waits until the mailboxes have said where they stand, and begins with the one furthest behind.
    async fn gather(&self) {
        let everybody = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(5));
            while !self.ring.everybody_known() {
                ticks.tick().await;
            }
        };
        // Who comes later catches up alone.
        drop(tokio::time::timeout(GATHERING, everybody).await);
    }

    /// Reads until something fails, or until it has to begin elsewhere.
    async fn follow(&self) -> Result<(), FeedError> {
        match self.ring.wanted() {
            Wanted::Here => {}
            Wanted::Behind(after) => self.ring.restart(after),
            Wanted::Nothing => {
                tokio::time::sleep(AGAIN).await;
                return Ok(());
            }
        }
        let mut connection = self.settings.reconnects.anew();
        let mut reader = self.reader(self.ring.head()).await?;
        loop {
            let at_end = if reader.pending() == 0 { FeedStatus::AtEnd } else { FeedStatus::Reading };
            self.status.send_if_modified(|status| std::mem::replace(status, at_end) != at_end);
            let events = tokio::select! {
                events = reader.next() => events?,
                () = connection.changed() => return Ok(()),
                () = self.nobody_here() => return Ok(()),
            };
            drop(tokio::time::timeout(PATIENCE, self.ring.room(events.len())).await);
            self.ring.push(events);
        }
    }

    /// Ends when every mailbox is behind the ring: then the feed goes back for them.
    async fn nobody_here(&self) {
        let mut ticks = tokio::time::interval(AGAIN);
        loop {
            ticks.tick().await;
            if matches!(self.ring.wanted(), Wanted::Behind(_)) {
                return;
            }
        }
    }

    fn report(&self, error: &FeedError) {
        let service = self.service();
        match error {
            FeedError::Unproved { .. } => tracing::error!(
                alarm = "EVENT_NOT_PROVED",
                service,
                %error,
                "the exchange stops before this event: compare the stream with the service's log"
            ),
            FeedError::Unreachable(source) => tracing::warn!(service, %source, "{error}"),
            FeedError::Short { .. } | FeedError::Gap(_) => tracing::warn!(service, "{error}"),
        }
    }
}
