mod judging;
mod watching;

use std::time::Duration;

use contract::audit::v1::UnusualPattern;
use kernel::Instant;
use platform::config::{Config, DailySpan, UnusualConfig};
use uuid::Uuid;

use super::finding::Finding;
use crate::audit::SealedCall;

const GET: &str = "hutong.registry.v1.ChildService/GetChild";
const EXPORT: &str = "hutong.registry.v1.RosterService/ExportRoster";
const UPDATE: &str = "hutong.registry.v1.ChildService/UpdateChild";

/// Thresholds that a few calls reach.
fn low() -> UnusualConfig {
    UnusualConfig {
        bulk_children: 5,
        bulk_children_of_actor: 3,
        exported_children: 4,
        night: DailySpan::parse("22:00-06:00"),
        night_calls: 3,
        outside_area_calls: 2,
        look: Duration::from_secs(1),
        settle: Duration::from_secs(60),
    }
}

/// What a city has that sets nothing.
fn defaults() -> UnusualConfig {
    Config::default().unusual
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// An entry of a read that was answered.
fn read(sequence: u64, time: Instant, caller: &str, children: &[u128]) -> SealedCall {
    SealedCall {
        sequence,
        id: Uuid::from_u128(sequence.into()),
        at: time,
        caller: caller.to_owned(),
        actor: String::new(),
        method: GET.to_owned(),
        purpose: String::new(),
        decision: 1,
        reason: String::new(),
        fields: String::new(),
        trace: String::new(),
        calls: 1,
        children: children.iter().map(|child| Uuid::from_u128(*child)).collect(),
        hash: evidence::hash::ZERO_HASH,
        signature: None,
    }
}

/// A finding in a line.
fn line(finding: &Finding) -> String {
    let Finding { number, key, calls, children, is_new, is_over, .. } = finding;
    let pattern = key.pattern.as_str_name().trim_start_matches("UNUSUAL_PATTERN_");
    let said = if *is_new { "told" } else { "counted" };
    let over = if *is_over { " over" } else { "" };
    let who = [key.caller.as_str(), &key.actor].join("/");
    format!("{number} {pattern} {who} {calls} calls {children} children {said}{over}")
}

fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(line).collect()
}

/// Of a pattern.
fn is(finding: &Finding, pattern: UnusualPattern) -> bool {
    finding.key.pattern == pattern
}
