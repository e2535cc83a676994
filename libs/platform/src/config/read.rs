//! How one value is read: as text, whatever it was written as, then parsed into its type or refused with the sentence
//! that says what is expected. So a file's `20` and the environment's `"20"` are the same.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use kernel::Division;
use serde::de::{Deserializer, Error as _, Visitor};
use tracing_subscriber::EnvFilter;

use super::sections::{LogFormat, SyncInterval};
use super::unusual::DailySpan;

/// A whole number from `MIN` to `MAX`.
pub(super) fn whole<'de, const MIN: u64, const MAX: u64, T, D>(from: D) -> Result<T, D::Error>
where
    T: TryFrom<u64>,
    D: Deserializer<'de>,
{
    read(from, || format!("a whole number from {MIN} to {MAX}"), |text| T::try_from(ranged::<MIN, MAX>(text)?).ok())
}

/// A whole number of seconds.
pub(super) fn seconds<'de, const MIN: u64, const MAX: u64, D: Deserializer<'de>>(
    from: D,
) -> Result<Duration, D::Error> {
    duration::<MIN, MAX, D>(from, "seconds", Duration::from_secs)
}

/// A whole number of days.
pub(super) fn days<'de, const MIN: u64, const MAX: u64, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    duration::<MIN, MAX, D>(from, "days", |days| Duration::from_hours(24 * days))
}

/// A whole number of years, at least so many; 0 means never.
pub(super) fn years<'de, const MIN: u64, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    let parse = |text: &str| match text.parse::<u16>().ok()? {
        0 => Some(None),
        years => (u64::from(years) >= MIN && years <= 200).then_some(Some(years)),
    };
    read(from, || format!("0 for never, or a whole number of years from {MIN} to 200"), parse)
}

/// A whole number of milliseconds.
pub(super) fn milliseconds<'de, const MIN: u64, const MAX: u64, D>(from: D) -> Result<Duration, D::Error>
where
    D: Deserializer<'de>,
{
    duration::<MIN, MAX, D>(from, "milliseconds", Duration::from_millis)
}

/// A whole number of microseconds.
pub(super) fn microseconds<'de, const MIN: u64, const MAX: u64, D>(from: D) -> Result<Duration, D::Error>
where
    D: Deserializer<'de>,
{
    duration::<MIN, MAX, D>(from, "microseconds", Duration::from_micros)
}

/// A span of each day, or nothing.
pub(super) fn daily_span<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DailySpan>, D::Error> {
    let expected = || "nothing, or two times of day such as 22:00-06:00".into();
    read(from, expected, |text| if text.is_empty() { Some(None) } else { DailySpan::parse(text).map(Some) })
}

/// A share from 0 to 1.
pub(super) fn ratio<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    read(
        from,
        || "a number from 0.0 to 1.0".into(),
        |text| text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio)),
    )
}

/// A text that is not empty.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    read(from, || "some text".into(), |text| (!text.trim().is_empty()).then(|| text.to_owned()))
}

/// A path that is not empty.
pub(super) fn path<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    read(from, || "a path".into(), |text| (!text.is_empty()).then(|| PathBuf::from(text)))
}

/// A path, or nothing.
pub(super) fn optional_path<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    read(from, || "a path, or nothing".into(), |text| Some((!text.is_empty()).then(|| PathBuf::from(text))))
}

/// An IP address and a port.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    read(from, || "an IP address and a port, such as 127.0.0.1:7443".into(), |text| text.parse().ok())
}

/// A SPIFFE trust domain.
pub(super) fn trust_domain<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = || "a trust domain of lower case letters, digits, dots and hyphens, such as binzhou.hutong".into();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    read(from, expected, |text| {
        (!text.is_empty() && text.len() <= 255 && text.chars().all(allowed)).then(|| text.to_owned())
    })
}

/// A city's division.
pub(super) fn division<'de, D: Deserializer<'de>>(from: D) -> Result<Division, D::Error> {
    read(from, || "a division code of 6 digits, such as 371600".into(), |text| text.parse().ok())
}

/// A database's URL, or nothing.
pub(super) fn database_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    url(from, &["postgres://", "postgresql://"], "nothing, or a URL that begins with postgres://")
}

/// A NATS server's URL, or nothing.
pub(super) fn nats_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    url(from, &["tls://", "nats://"], "nothing, or a URL that begins with tls:// or nats://")
}

/// The URL of an HTTP server, or nothing.
pub(super) fn http_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    url(from, &["http://", "https://"], "nothing, or a URL that begins with http:// or https://")
}

/// `always`, or a time from 1 s to 1 h.
pub(super) fn sync_interval<'de, D: Deserializer<'de>>(from: D) -> Result<SyncInterval, D::Error> {
    read(
        from,
        || "\"always\", or a time from 1s to 1h such as \"2m\"".into(),
        |text| {
            if text == "always" {
                return Some(SyncInterval::Always);
            }
            let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let unit = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => return None,
            };
            let seconds = number.parse::<u64>().ok()?.checked_mul(unit)?;
            (1..=3600).contains(&seconds).then(|| SyncInterval::Every(Duration::from_secs(seconds)))
        },
    )
}

/// Log directives.
pub(super) fn log<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = || "error, warn, info, debug or trace, or directives such as \"info,exchange=debug\"".into();
    read(from, expected, |text| (!text.is_empty() && EnvFilter::try_new(text).is_ok()).then(|| text.to_owned()))
}

/// How log lines look.
pub(super) fn log_format<'de, D: Deserializer<'de>>(from: D) -> Result<LogFormat, D::Error> {
    read(
        from,
        || "\"text\" or \"json\"".into(),
        |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        },
    )
}

fn url<'de, D: Deserializer<'de>>(from: D, schemes: &[&str], expected: &str) -> Result<Option<String>, D::Error> {
    read(
        from,
        || expected.to_owned(),
        |text| {
            let has_host = |scheme: &&str| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
            match text {
                "" => Some(None),
                _ => schemes.iter().any(has_host).then(|| Some(text.to_owned())),
            }
        },
    )
}

fn duration<'de, const MIN: u64, const MAX: u64, D: Deserializer<'de>>(
    from: D,
    unit: &str,
    make: fn(u64) -> Duration,
) -> Result<Duration, D::Error> {
    read(from, || format!("a whole number of {unit} from {MIN} to {MAX}"), |text| ranged::<MIN, MAX>(text).map(make))
}

fn ranged<const MIN: u64, const MAX: u64>(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| (MIN..=MAX).contains(number))
}

fn read<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: impl Fn() -> String,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let scalar = from.deserialize_any(Scalar).map_err(|_| D::Error::custom(expected()))?;
    parse(&scalar).ok_or_else(|| D::Error::custom(expected()))
}

/// Any single value, as its text.
struct Scalar;

impl Visitor<'_> for Scalar {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value")
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }
}
