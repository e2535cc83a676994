//! Memory of a city with its nats-server, and how soon it is ready.

use std::time::Instant;

use crate::city::City;

/// Resident memory of the city and its nats-server, in MB.
///
/// # Panics
/// If one of them is down.
#[must_use]
pub fn memory(city: &City) -> f64 {
    [city.pid(), city.nats_pid().expect("nats-server runs")].map(resident).iter().sum()
}

/// Seconds from the start of an existing city to its first answer.
///
/// # Errors
/// If it does not stop in order.
pub async fn warm_start(city: &mut City) -> anyhow::Result<f64> {
    anyhow::ensure!(city.stop().await.success(), "the city does not stop");
    let begun = Instant::now();
    city.restart().await;
    Ok(begun.elapsed().as_secs_f64())
}

fn resident(pid: i32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process has a status");
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(0.0, |kilobytes: f64| kilobytes / 1000.0)
}
