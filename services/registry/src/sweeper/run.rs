use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;
use platform::error::ServiceError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Sweep, Swept};
use crate::app::Application;

/// The shortest sleep: a machine's clock may lag behind the timer that woke us.
const SHORTEST: Duration = Duration::from_millis(1);

/// What a sweeper works with.
pub struct SweeperSettings {
    /// The use cases, with the clock by which deadlines pass.
    pub application: Arc<Application>,
    /// The kinds of deadlines.
    pub sweeps: Vec<Box<dyn Sweep>>,
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
    pub fn start(settings: SweeperSettings) -> Self {
        let SweeperSettings { application, sweeps, interval, shutdown } = settings;
        let run = run(application, sweeps, interval);
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
    pub async fn run_once(application: &Application, sweeps: &[Box<dyn Sweep>]) -> Result<(), ServiceError> {
        let mut failed = Ok(());
        for sweep in sweeps {
            let swept = all(application, sweep.as_ref(), application.clock.now()).await;
            failed = failed.and(swept);
        }
        failed
    }

    /// Waits until it has ended after the shutdown.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

async fn run(application: Arc<Application>, sweeps: Vec<Box<dyn Sweep>>, interval: Duration) {
    let mut failing = vec![false; sweeps.len()];
    loop {
        let mut sleep = interval;
        for (sweep, failing) in sweeps.iter().zip(&mut failing) {
            let now = application.clock.now();
            match turn(&application, sweep.as_ref(), now).await {
                Ok(next) => {
                    if std::mem::take(failing) {
                        tracing::info!(sweep = sweep.name(), "deadlines are swept again");
                    }
                    let until = |next: Instant| next.saturating_duration_since(application.clock.now());
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
async fn turn(application: &Application, sweep: &dyn Sweep, now: Instant) -> Result<Option<Instant>, ServiceError> {
    all(application, sweep, now).await?;
    sweep.next(application, now).await
}

async fn all(application: &Application, sweep: &dyn Sweep, now: Instant) -> Result<(), ServiceError> {
    while sweep.sweep(application, now).await? == Swept::Part {}
    Ok(())
}
