//! Waiting for a condition, with a bound, and never for a time.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, timeout_at};

/// How long a condition may take on a slow, busy machine before it counts as never.
pub const PATIENCE: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(10);

/// Asks `attempt` until it answers with something.
///
/// # Panics
/// If it does not within [`PATIENCE`]; the message says `what` was awaited.
pub async fn eventually<T>(what: &str, attempt: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, attempt).await
}

/// As [`eventually`], with another bound.
///
/// # Panics
/// If there is no answer within `bound`.
pub async fn within<T>(bound: Duration, what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + bound;
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match timeout_at(deadline, attempt()).await {
            Ok(Some(answer)) => return answer,
            Ok(None) if Instant::now() < deadline => {}
            Ok(None) | Err(_) => panic!("within {} s: {what}", bound.as_secs()),
        }
    }
}
