use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Sweep, Swept};
use crate::error::ServiceError;

/// The shortest sleep: a machine's clock may lag behind the timer that woke us.
const SHORTEST: Duration = Duration::from_millis(1);

/// What a sweeper works with.
pub struct SweeperSettings<A> {
    /// The use cases.
    pub application: Arc<A>,
    /// By which deadlines pass.
    pub clock: Arc<dyn Clock>,
    /// The kinds of deadlines.
    pub sweeps: Vec<Box<dyn Sweep<A>>>,
    /// How long it sleeps at most.
    pub interval: Duration,
    /// Ends it.
    pub shutdown: CancellationToken,
}

/// A running sweeper.
#[derive(Debug)]
pub struct Sweeper {
    task: JoinHandle<()>,
}

impl Sweeper {
    /// Starts it. It sweeps at once, at the next known deadline, and whenever the interval has passed.
    #[must_use]
    pub fn start<A: Send + Sync + 'static>(settings: SweeperSettings<A>) -> Self {
        let SweeperSettings { application, clock, sweeps, interval, shutdown } = settings;
        let run = run(application, clock, sweeps, interval);
        let task = tokio::spawn(async move {
            // A step that is cut off is committed or not; either way the next start goes on from there.
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = run => {}
            }
        });
        Self { task }
    }

    /// Carries out everything that is due at the clock's present instant.
    ///
    /// # Errors
    /// The first failure of a sweep, after the others have been carried out.
    pub async fn run_once<A: Sync>(
        application: &A,
        clock: &dyn Clock,
        sweeps: &[Box<dyn Sweep<A>>],
    ) -> Result<(), ServiceError> {
        let mut failed = Ok(());
        for sweep in sweeps {
            let swept = all(application, sweep.as_ref(), clock.now()).await;
            failed = failed.and(swept);
        }
        failed
    }

    /// Waits until it has ended after the shutdown.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

async fn run<A: Sync>(application: Arc<A>, clock: Arc<dyn Clock>, sweeps: Vec<Box<dyn Sweep<A>>>, interval: Duration) {
    let mut failing = vec![false; sweeps.len()];
    loop {
        let mut sleep = interval;
        for (sweep, failing) in sweeps.iter().zip(&mut failing) {
            let now = clock.now();
            match turn(application.as_ref(), sweep.as_ref(), now).await {
                Ok(next) => {
                    if std::mem::take(failing) {
                        tracing::info!(sweep = sweep.name(), "deadlines are swept again");
                    }
                    let until = |next: Instant| next.saturating_duration_since(clock.now());
                    sleep = next.map_or(sleep, |next| sleep.min(until(next)));
                }
                Err(error) => {
                    if !std::mem::replace(failing, true) {
                        tracing::warn!(sweep = sweep.name(), reason = error.reason, %error, "a sweep failed, it is tried again");
                    }
                }
            }
        }
        tokio::time::sleep(sleep.max(SHORTEST)).await;
    }
}

/// Everything that is due, then the next deadline.
async fn turn<A: Sync>(application: &A, sweep: &dyn Sweep<A>, now: Instant) -> Result<Option<Instant>, ServiceError> {
    all(application, sweep, now).await?;
    sweep.next(application, now).await
}

async fn all<A: Sync>(application: &A, sweep: &dyn Sweep<A>, now: Instant) -> Result<(), ServiceError> {
    while sweep.sweep(application, now).await? == Swept::Part {}
    Ok(())
}
