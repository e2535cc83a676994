use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use indicatif::{ProgressBar, ProgressStyle};

use crate::bench::load::histogram;

/// Calls of each client that are measured at least, however long one takes.
const LEAST: usize = 5;

/// How long calls took.
#[derive(Debug, Clone)]
pub(super) struct Times(Histogram<u64>);

impl Times {
    /// The time within which this share of the calls was answered, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a benchmark are far below 2^52")]
    pub(super) fn milliseconds(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1_000.0
    }
}

/// Each client calls, waits for its answer and calls again, for the time of `span` and five times at least. A call is given
/// its number; the first ones warm up and do not count.
pub(super) async fn time<F, Answer>(clients: Vec<F>, span: Duration) -> anyhow::Result<Times>
where
    F: Fn(u32) -> Answer + Send + 'static,
    Answer: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicU32::new(0));
    let clients: Vec<_> = clients
        .into_iter()
        .map(|call| {
            let next = Arc::clone(&next);
            tokio::spawn(async move {
                let mut times = histogram();
                call(next.fetch_add(1, Ordering::Relaxed)).await?;
                let begun = Instant::now();
                let mut calls = 0;
                while calls < LEAST || begun.elapsed() < span {
                    let call_begun = Instant::now();
                    call(next.fetch_add(1, Ordering::Relaxed)).await?;
                    times.saturating_record(u64::try_from(call_begun.elapsed().as_micros()).unwrap_or(u64::MAX));
                    calls += 1;
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut all = histogram();
    for client in clients {
        all.add(client.await??)?;
    }
    Ok(Times(all))
}

/// How far a long step has come, on standard error; silent where that is no terminal.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(what: &'static str, of: usize) -> Self {
        let style = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len}, {per_sec}, {eta}")
            .expect("the template is valid: every run proves it");
        Self(ProgressBar::new(of as u64).with_style(style).with_message(what))
    }

    pub(super) fn add(&self, done: usize) {
        self.0.inc(done as u64);
    }

    /// The same bar, for whoever advances it elsewhere.
    pub(super) fn bar(&self) -> ProgressBar {
        self.0.clone()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
