use std::time::{Duration, Instant};

use async_nats::jetstream;
use contract::subject::stream;

use super::City;
use crate::wait::PATIENCE;

impl City {
    /// Waits until every committed event is in its stream, and every mailbox holds exactly what the contract grants.
    ///
    /// # Panics
    /// If that does not come true within [`PATIENCE`]; the message says what is left over.
    pub async fn settle(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            let Some(left_over) = self.left_over().await else { return };
            assert!(Instant::now() < deadline, "left over after {} s: {left_over}", PATIENCE.as_secs());
        }
    }

    /// What has not arrived yet, in words; nothing if all has.
    async fn left_over(&self) -> Option<String> {
        let log = self.event_log().await;
        let head = log.len() as u64;
        let jetstream = jetstream::new(self.operator().await);
        match jetstream.get_stream(stream("registry")).await {
            Ok(stream) if stream.cached_info().state.last_sequence == head => {}
            Ok(stream) => {
                let last = stream.cached_info().state.last_sequence;
                return Some(format!("the log has {head} events, the stream {last}"));
            }
            Err(error) => return Some(format!("the event stream is away: {error}")),
        }
        self.mailbox_counts().await.into_iter().find_map(|(code, state)| {
            let expected = self.expected_mailbox(&code, &log).len() as u64;
            match state {
                Some((messages, last)) if messages == expected && last == expected => None,
                Some((messages, last)) => {
                    Some(format!("{code} must hold {expected} messages, it holds {messages} up to number {last}"))
                }
                None => Some(format!("{code} must hold {expected} messages, it is away")),
            }
        })
    }
}
