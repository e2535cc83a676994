use std::time::Duration;

/// How long to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Measurements of each figure; their median counts.
    pub rounds: usize,
    /// Length of one measurement.
    pub span: Duration,
    /// Share of the large counts: rows, events.
    pub divisor: usize,
}

impl Effort {
    /// What is published.
    #[must_use]
    pub const fn full() -> Self {
        Self { rounds: 3, span: Duration::from_secs(5), divisor: 1 }
    }

    /// A look, in a few minutes.
    #[must_use]
    pub const fn quick() -> Self {
        Self { rounds: 1, span: Duration::from_secs(2), divisor: 4 }
    }
}

/// What can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Memory and the time to a warm start
    Footprint,
    /// Registrations at 1, 8 and 32 clients
    Register,
    /// Reads at 32 clients
    Get,
    /// What the audit and the cut of answers cost a read
    Door,
    /// From the decision to a department's subscriber
    Delivery,
    /// A roster's import
    Import,
    /// Streams and mailboxes from the logs
    Refill,
    /// Evidence files: checked, and forged a million times
    Evidence,
    /// 200,000 children with a year of visits: searches, due lists, import
    Scale,
    /// From 20 thousand to 2 million children, on PostgreSQL
    Growth,
}

/// The middle one; the mean of the two middle ones of an even count; 0 of none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}
