use contract::audit::v1::UnusualPattern;
use kernel::{Division, Instant};
use uuid::Uuid;

use super::window::Window;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) window: Window,
    pub(super) pattern: UnusualPattern,
    pub(super) caller: String,
    /// Empty where the calls of all of the caller's are counted.
    pub(super) actor: String,
}

/// Calls that are unusual together, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// Its number in the service, from 1, without gaps.
    pub(super) number: u64,
    pub(super) key: Key,
    /// When the first call came.
    pub(super) first: Instant,
    /// When the last one did.
    pub(super) last: Instant,
    pub(super) calls: u64,
    /// How many different children they name.
    pub(super) children: u64,
    /// It is to be told; else it was, and its counts have changed.
    pub(super) is_new: bool,
    /// Its window is over.
    pub(super) is_over: bool,
}

/// What a service's event tells of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual {
    /// The finding.
    pub id: Uuid,
    /// The caller's county, or the city of who has none: six digits.
    pub division: String,
    /// Whose certificate the calls came with.
    pub caller: String,
    /// In which way they are unusual.
    pub pattern: UnusualPattern,
    /// When the first of them came.
    pub from: Instant,
    /// When the last of them came.
    pub until: Instant,
    /// How many there were.
    pub calls: u64,
    /// How many different children they named.
    pub children: u64,
}

impl Unusual {
    pub(super) fn of(finding: &Finding, id: Uuid, city: Division) -> Self {
        Self {
            id,
            division: division(&finding.key.caller, city),
            caller: finding.key.caller.clone(),
            pattern: finding.key.pattern,
            from: finding.first,
            until: finding.last,
            calls: finding.calls,
            children: finding.children,
        }
    }
}

/// The county of an office, such as `EDU-371621`; else the city, in which all callers are.
fn division(caller: &str, city: Division) -> String {
    let own = caller.split_once('-').and_then(|(_, area)| area.parse::<Division>().ok());
    own.map_or(city, |area| area.county().unwrap_or(area)).padded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_lies_in_the_callers_county_or_in_the_city() {
        let city: Division = "371600".parse().unwrap();
        let cases = [
            ("EDU", "371600"),
            ("EDU-371621", "371621"),
            ("EDU-371602001", "371602"),
            ("EDU-3716", "371600"),
            ("EDU-37", "370000"),
            ("EDU-west", "371600"),
        ];
        for (caller, expected) in cases {
            assert_eq!(division(caller, city), expected, "{caller}");
        }
    }
}
