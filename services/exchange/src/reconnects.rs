use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const LOOK: Duration = Duration::from_millis(50);

/// Notices that a connection was lost and made again. What was on its way is unknown then, and a consumer that the
/// broker kept in memory may be gone: both show only after long deadlines otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Reconnects(watch::Receiver<u64>);

impl Reconnects {
    /// Watches a connection until the shutdown, for all who hold a clone. The task is the caller's to spawn.
    pub(crate) fn watch(client: Client, shutdown: CancellationToken) -> (Self, impl Future<Output = ()>) {
        let (sender, receiver) = watch::channel(connects(&client));
        let task = async move {
            let look = async {
                let mut ticks = tokio::time::interval(LOOK);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    let now = connects(&client);
                    if now != *sender.borrow() && client.connection_state() == State::Connected {
                        sender.send_replace(now);
                    }
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = look => {}
            }
        };
        (Self(receiver), task)
    }

    /// The same, from now on.
    pub(crate) fn anew(&self) -> Self {
        let mut receiver = self.0.clone();
        receiver.mark_unchanged();
        Self(receiver)
    }

    /// Ends when the connection is another one than at the last call. May be dropped and called again.
    pub(crate) async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody watches any more: the shutdown has begun.
            std::future::pending::<()>().await;
        }
    }
}

fn connects(client: &Client) -> u64 {
    client.statistics().connects.load(Ordering::Relaxed)
}
