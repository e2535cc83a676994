//! The sweeper carries out what is due, however often it is cut off or fails.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kernel::{Clock as _, Instant, ManualClock};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Sweep, Sweeper, SweeperSettings, Swept};
use crate::error::ServiceError;

/// Deadlines that are told once they have passed, one a step; it fails as often as it is told to.
struct Deadlines {
    waiting: Mutex<VecDeque<Instant>>,
    failures: Mutex<u32>,
    told: mpsc::UnboundedSender<Instant>,
}

fn deadlines(
    waiting: impl IntoIterator<Item = Instant>,
    failures: u32,
) -> (Box<dyn Sweep<()>>, mpsc::UnboundedReceiver<Instant>) {
    let (told, tells) = mpsc::unbounded_channel();
    let waiting = Mutex::new(waiting.into_iter().collect());
    (Box::new(Deadlines { waiting, failures: Mutex::new(failures), told }), tells)
}

#[async_trait::async_trait]
impl Sweep<()> for Deadlines {
    fn name(&self) -> &'static str {
        "deadlines"
    }

    async fn sweep(&self, (): &(), now: Instant) -> Result<Swept, ServiceError> {
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return Err(ServiceError::unavailable("DATABASE_UNAVAILABLE", "away"));
        }
        let mut waiting = self.waiting.lock().unwrap();
        match waiting.front().copied().filter(|deadline| *deadline <= now) {
            None => Ok(Swept::All),
            Some(deadline) => {
                waiting.pop_front();
                self.told.send(deadline).unwrap();
                Ok(Swept::Part)
            }
        }
    }

    async fn next(&self, (): &(), _: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(self.waiting.lock().unwrap().front().copied())
    }
}

fn received(tells: &mut mpsc::UnboundedReceiver<Instant>) -> usize {
    std::iter::from_fn(|| tells.try_recv().ok()).count()
}

#[tokio::test]
async fn what_is_due_is_carried_out_to_the_microsecond_and_once() {
    let clock = ManualClock::new(Instant::EPOCH);
    let soon = |micros| clock.now().saturating_add(Duration::from_micros(micros));
    let (sweep, mut tells) = deadlines([soon(0), soon(0), soon(5), soon(6)], 0);
    let sweeps = [sweep];
    Sweeper::run_once(&(), &clock, &sweeps).await.unwrap();
    assert_eq!(received(&mut tells), 2);
    clock.advance(Duration::from_micros(5));
    Sweeper::run_once(&(), &clock, &sweeps).await.unwrap();
    Sweeper::run_once(&(), &clock, &sweeps).await.unwrap();
    assert_eq!(received(&mut tells), 1);
}

#[tokio::test]
async fn a_sweep_that_fails_holds_up_no_other() {
    let clock = ManualClock::new(Instant::EPOCH);
    let (fails, mut first) = deadlines([clock.now()], 1);
    let (works, mut second) = deadlines([clock.now()], 0);
    let sweeps = [fails, works];
    let error = Sweeper::run_once(&(), &clock, &sweeps).await.unwrap_err();
    assert_eq!(error.reason, "DATABASE_UNAVAILABLE");
    assert_eq!((received(&mut first), received(&mut second)), (0, 1));
    Sweeper::run_once(&(), &clock, &sweeps).await.unwrap();
    assert_eq!((received(&mut first), received(&mut second)), (1, 0));
}

#[tokio::test]
async fn the_task_survives_failures_wakes_at_the_next_deadline_and_ends_when_asked() {
    let clock = ManualClock::new(Instant::EPOCH);
    let next = clock.now().saturating_add(Duration::from_millis(1));
    let (sweep, mut tells) = deadlines([clock.now(), next], 2);
    let shutdown = CancellationToken::new();
    let sweeper = Sweeper::start(SweeperSettings {
        application: Arc::new(()),
        clock: Arc::new(clock.clone()),
        sweeps: vec![sweep],
        interval: Duration::from_millis(2),
        shutdown: shutdown.clone(),
    });
    assert_eq!(tells.recv().await, Some(clock.now()));
    clock.set(next);
    assert_eq!(tells.recv().await, Some(next));
    shutdown.cancel();
    sweeper.closed().await;
    assert_eq!(tells.recv().await, None, "it is gone with all that it held");
}
