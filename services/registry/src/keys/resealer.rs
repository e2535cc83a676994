use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::KeyKeeper;

/// How often the key file is looked at.
const LOOKS: Duration = Duration::from_secs(1);

/// Seals everything anew whenever another key is active, and at the start: what an earlier version left open or sealed in
/// another way, and what an earlier run did not come to.
#[derive(Debug)]
pub struct Resealer {
    task: JoinHandle<()>,
}

impl Resealer {
    /// Starts it.
    #[must_use]
    pub fn start(keeper: KeyKeeper, shutdown: CancellationToken) -> Self {
        let task = tokio::spawn(async move {
            // A part that is cut off is committed or not; either way the next start goes on from there.
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = run(keeper) => {}
            }
        });
        Self { task }
    }

    /// Waits until it has ended after the shutdown.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

async fn run(keeper: KeyKeeper) {
    let mut looks = tokio::time::interval(LOOKS);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut done = None;
    let mut failing = false;
    loop {
        looks.tick().await;
        keeper.vault.refresh();
        let active = keeper.vault.active_key();
        if done == Some(active) {
            continue;
        }
        match keeper.reseal(|_| {}).await {
            Ok(progress) => {
                (done, failing) = (Some(active), false);
                if progress.unopened > 0 {
                    let rows = progress.unopened;
                    tracing::error!(rows, "values do not open: is the key file an older copy?");
                }
                if progress.resealed > 0 {
                    tracing::info!(key = active, rows = progress.resealed, "everything is sealed with the active key");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(reason = error.reason, %error, "sealing anew failed, it is tried again");
                }
            }
        }
    }
}
