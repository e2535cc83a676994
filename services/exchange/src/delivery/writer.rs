use std::sync::Arc;
use std::time::Duration;

use futures::future::select_all;
use messaging::mailbox::{Composed, MailboxPosition, Origin, compose};
use messaging::relay::headers;
use messaging::seal::Signer;
use platform::telemetry::context::attach_parent;
use platform::telemetry::is_exporting;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::lane::Lane;
use super::open::{begin_anew, open};
use super::outbox::{Message, Outbox};
use super::trouble::Trouble;
use super::view::View;
use crate::board::Slot;
use crate::broker::Account;
use crate::domain::{Progress, State};
use crate::feed::{Feed, FeedError, FeedEvent, FeedStatus};
use crate::reconnects::Reconnects;

/// Events looked at before acknowledgements are looked at again.
const TURN: usize = 64;

/// How long what is under way may take at shutdown.
const DRAIN: Duration = Duration::from_secs(5);

/// What a writer needs.
pub(crate) struct WriterSettings {
    pub(crate) account: Account,
    pub(crate) reconnects: Reconnects,
    pub(crate) view: View,
    pub(crate) feeds: Vec<Feed>,
    pub(crate) signer: Signer,
    pub(crate) slot: Arc<Slot>,
    pub(crate) in_flight: usize,
    pub(crate) repair_interval: Duration,
    pub(crate) shutdown: CancellationToken,
}

/// The one writer of a mailbox. A second one, in another process, would lose each race for the next number and read where
/// the mailbox stands; both compose the same bytes.
pub(crate) struct Writer {
    settings: WriterSettings,
    lanes: Vec<Lane>,
    position: MailboxPosition,
}

impl Writer {
    pub(crate) fn new(settings: WriterSettings) -> Self {
        let lanes = settings
            .feeds
            .iter()
            .map(|feed| (feed, settings.view.subjects(feed.service())))
            .filter(|(_, subjects)| !subjects.is_empty())
            .map(|(feed, subjects)| Lane::new(feed.clone(), subjects))
            .collect();
        Self { settings, lanes, position: MailboxPosition::default() }
    }

    /// Writes until the shutdown.
    pub(crate) async fn run(mut self) {
        let shutdown = self.settings.shutdown.clone();
        let mut repair = tokio::time::interval(self.settings.repair_interval);
        repair.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut times = 0;
        let mut last: Option<std::mem::Discriminant<Trouble>> = None;
        while !shutdown.is_cancelled() {
            let Some(trouble) = self.deliver(&mut repair).await else { return };
            let kind = std::mem::discriminant(&trouble);
            times = if last == Some(kind) { times + 1 } else { 0 };
            if times == 0 {
                trouble.report(self.settings.view.code());
            }
            // A mailbox that worked in between counts anew.
            last = (!self.settings.slot.take_progressed()).then_some(kind);
            if let Some(state) = trouble.state() {
                self.settings.slot.set_state(state);
                for lane in &mut self.lanes {
                    lane.leave();
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(trouble.wait(times)) => {}
                // A rebuild may help a mailbox that halted; one that cannot be reached is tried soon anyway.
                () = self.settings.slot.rebuilds().asked(), if trouble.state() == Some(State::Halted) => {}
            }
        }
    }

    /// Delivers until something happens; `None` at shutdown.
    async fn deliver(&mut self, repair: &mut Interval) -> Option<Trouble> {
        let shutdown = self.settings.shutdown.clone();
        let mut outbox = tokio::select! {
            () = shutdown.cancelled() => return None,
            opened = self.open() => match opened {
                Ok(outbox) => outbox,
                Err(trouble) => return Some(trouble),
            },
        };
        repair.reset();
        let ended = tokio::select! {
            () = shutdown.cancelled() => None,
            trouble = self.pump(&mut outbox, repair) => Some(trouble),
        };
        // What was written is waited for, so that the mailbox's end stands still when it is read again. Over a new
        // connection no answer comes any more.
        if !matches!(ended, Some(Trouble::Reconnected)) {
            drop(tokio::time::timeout(DRAIN, outbox.settle()).await);
        }
        ended
    }

    async fn open(&mut self) -> Result<Outbox, Trouble> {
        let WriterSettings { account, signer, slot, .. } = &self.settings;
        self.position = match slot.rebuilds().due() {
            Some(number) => {
                tracing::info!(mailbox = account.code(), "the mailbox is built anew, as asked");
                let position = begin_anew(account).await?;
                self.lanes.iter().for_each(Lane::forget);
                slot.has_begun_anew(number);
                position
            }
            None => open(account, &signer.verifier()).await?,
        };
        for lane in &mut self.lanes {
            lane.begin(self.position.cursors.get(lane.service()).copied().unwrap_or(0)).await?;
        }
        slot.set_end(self.position.sequence, self.position.hash);
        self.tell(0);
        Ok(Outbox::open(account, self.position.sequence).await?)
    }

    /// Moves events into the mailbox. Returns when it must be looked at anew.
    async fn pump(&mut self, outbox: &mut Outbox, repair: &mut Interval) -> Trouble {
        let mut reconnects = self.settings.reconnects.anew();
        let slot = Arc::clone(&self.settings.slot);
        let mut look_due = false;
        loop {
            if look_due && outbox.is_empty() {
                return Trouble::LookDue;
            }
            let more = match self.fill(outbox, look_due).await {
                Ok(more) => more,
                Err(trouble) => return trouble,
            };
            let in_flight = outbox.len();
            self.tell(in_flight);
            // A full outbox empties by half before it is filled again: few large turns instead of many small ones.
            let full = in_flight >= self.settings.in_flight;
            let left = if full { in_flight / 2 } else { in_flight.saturating_sub(1) };
            tokio::select! {
                biased;
                acknowledged = outbox.acknowledged(left), if in_flight > 0 && (full || !more) => match acknowledged {
                    Ok(Some((sequence, hash))) => slot.acknowledged(sequence, hash),
                    Ok(None) => {}
                    Err(trouble) => return trouble,
                },
                () = tokio::task::yield_now(), if more && !full => {}
                waited = wait(&mut self.lanes), if !more && !full && !look_due => if let Err(error) = waited {
                    return error.into();
                },
                () = reconnects.changed() => return Trouble::Reconnected,
                () = slot.rebuilds().asked() => return Trouble::RebuildWanted,
                _ = repair.tick() => look_due = true,
            }
        }
    }

    /// Writes what is here, one turn at most. Whether there may be more at once.
    async fn fill(&mut self, outbox: &mut Outbox, look_due: bool) -> Result<bool, Trouble> {
        if look_due {
            return Ok(false);
        }
        let mut turn = TURN;
        for number in 0..self.lanes.len() {
            while turn > 0 && outbox.len() < self.settings.in_flight {
                let Some(event) = self.lanes[number].next() else { break };
                turn -= 1;
                self.write(&event, outbox).await?;
            }
            self.lanes[number].prepare().await?;
        }
        outbox.flush().await?;
        Ok(turn == 0)
    }

    async fn write(&mut self, event: &FeedEvent, outbox: &mut Outbox) -> Result<(), Trouble> {
        let view = &self.settings.view;
        let Some(body) = view.copy(event).map_err(|_| Trouble::Unreadable(event.sequence))? else { return Ok(()) };
        let header = |name| event.header(name).unwrap_or_default();
        let traceparent = event.header(headers::TRACEPARENT);
        let about = view.about(event);
        let origin = Origin {
            service: &event.event.service,
            sequence: event.sequence,
            id: header(headers::ID),
            event_type: &event.event.name,
            source: header(headers::SOURCE),
            time: header(headers::TIME),
            about: &about,
            traceparent,
        };
        let span = span(view.code(), event, traceparent);
        let Composed { headers, body, position } = compose(
            view.code(),
            &self.position,
            origin,
            &event.subject,
            view.content_type(),
            body,
            &self.settings.signer,
        );
        let (sequence, hash) = (position.sequence, position.hash);
        self.position = position;
        outbox.write(Message { subject: event.subject.clone(), headers, body, sequence, hash, span }).await?;
        Ok(())
    }

    /// Tells how the mailbox stands.
    fn tell(&self, in_flight: usize) {
        let slot = &self.settings.slot;
        let worst = self.lanes.iter().map(Lane::status).fold(FeedStatus::AtEnd, worse);
        let state = match worst {
            FeedStatus::Halted => State::Halted,
            FeedStatus::Unreachable => State::Unreachable,
            FeedStatus::AtEnd | FeedStatus::Reading => {
                let progress = Progress {
                    streams_read: worst == FeedStatus::AtEnd,
                    behind: self.lanes.iter().map(Lane::behind).sum(),
                    in_flight,
                };
                progress.state(slot.state())
            }
        };
        slot.set_state(state);
        slot.set_cursors(self.lanes.iter().map(|lane| (lane.service(), lane.position())));
    }
}

fn worse(one: FeedStatus, other: FeedStatus) -> FeedStatus {
    let rank = |status| match status {
        FeedStatus::AtEnd => 0,
        FeedStatus::Reading => 1,
        FeedStatus::Unreachable => 2,
        FeedStatus::Halted => 3,
    };
    if rank(one) < rank(other) { other } else { one }
}

/// Waits until one of the lanes has events; for ever without lanes.
async fn wait(lanes: &mut [Lane]) -> Result<(), FeedError> {
    match lanes {
        [] => std::future::pending().await,
        [one] => one.wait().await,
        several => select_all(several.iter_mut().map(|lane| Box::pin(lane.wait()))).await.0,
    }
}

/// From the write to its acknowledgement, as a part of the event's own trace.
fn span(mailbox: &str, event: &FeedEvent, traceparent: Option<&str>) -> Span {
    if !is_exporting() {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: "hutong::exchange",
        "deliver event",
        otel.kind = "producer",
        messaging.system = "nats",
        messaging.destination.name = %event.subject,
        hutong.mailbox = mailbox,
        hutong.sequence = event.sequence,
    );
    if let Some(traceparent) = traceparent {
        attach_parent(&span, traceparent);
    }
    span
}
