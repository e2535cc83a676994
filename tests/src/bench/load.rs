use std::future::Future;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// What a load reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Calls answered a second.
    pub per_second: f64,
    /// Half of them within so many microseconds.
    pub p50: f64,
    /// 99 of 100 within so many microseconds.
    pub p99: f64,
}

/// Not measured, for connections and caches to warm up.
const WARM_UP: Duration = Duration::from_millis(500);

/// Every client calls, waits for its answer and calls again, for the time of `span`.
///
/// # Panics
/// If a client's call panics.
pub async fn closed_loop<F, Answer>(clients: Vec<F>, span: Duration) -> Load
where
    F: FnMut() -> Answer + Send + 'static,
    Answer: Future<Output = ()> + Send + 'static,
{
    let from = Instant::now() + WARM_UP;
    let until = from + span;
    let clients: Vec<_> = clients.into_iter().map(|client| tokio::spawn(one_client(client, from, until))).collect();
    let mut latencies = histogram();
    for client in clients {
        latencies.add(client.await.expect("a client does not fail")).expect("all histograms have one shape");
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^52")]
    Load {
        per_second: latencies.len() as f64 / span.as_secs_f64(),
        p50: latencies.value_at_quantile(0.5) as f64,
        p99: latencies.value_at_quantile(0.99) as f64,
    }
}

/// Microseconds up to ten minutes, three significant digits.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are within the histogram's range")
}

async fn one_client<F, Answer>(mut call: F, from: Instant, until: Instant) -> Histogram<u64>
where
    F: FnMut() -> Answer,
    Answer: Future<Output = ()>,
{
    let mut latencies = histogram();
    loop {
        let begun = Instant::now();
        if begun >= until {
            return latencies;
        }
        call().await;
        let ended = Instant::now();
        if begun >= from && ended <= until {
            let micros = u64::try_from((ended - begun).as_micros()).unwrap_or(u64::MAX);
            latencies.saturating_record(micros);
        }
    }
}
