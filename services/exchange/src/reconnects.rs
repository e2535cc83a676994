use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use tokio::time::{Interval, MissedTickBehavior};

const LOOK: Duration = Duration::from_millis(50);

/// Notices that a connection was lost and made again. What was on its way is unknown then, and a consumer that the
/// broker kept in memory may be gone: both show only after long deadlines otherwise.
#[derive(Debug)]
pub(crate) struct Reconnects {
    client: Client,
    seen: u64,
    ticks: Interval,
}

impl Reconnects {
    /// From now on.
    pub(crate) fn of(client: &Client) -> Self {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { client: client.clone(), seen: connects(client), ticks }
    }

    /// Ends when the connection is another one than at the last call, and stands. May be dropped and called again.
    pub(crate) async fn changed(&mut self) {
        loop {
            self.ticks.tick().await;
            let connects = connects(&self.client);
            if connects != self.seen && self.client.connection_state() == State::Connected {
                self.seen = connects;
                return;
            }
        }
    }
}

fn connects(client: &Client) -> u64 {
    client.statistics().connects.load(Ordering::Relaxed)
}
