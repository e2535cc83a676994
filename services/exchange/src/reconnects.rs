use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;

const LOOK: Duration = Duration::from_millis(50);

/// Notices that a connection was lost and made again. What was on its way is unknown then, and a consumer that the
/// broker kept in memory may be gone: both show only after long deadlines otherwise.
#[derive(Debug)]
pub(crate) struct Reconnects {
    client: Client,
    seen: u64,
}

impl Reconnects {
    /// From now on.
    pub(crate) fn of(client: &Client) -> Self {
        Self { client: client.clone(), seen: connects(client) }
    }

    /// Ends when the connection is another one than at the last call, and stands.
    pub(crate) async fn changed(&mut self) {
        let mut ticks = tokio::time::interval(LOOK);
        loop {
            ticks.tick().await;
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
