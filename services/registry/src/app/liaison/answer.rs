//! Liaison points as the contract shapes them, and what a caller is told.

use contract::date::{from_date, timestamp};
use contract::registry::v1;
use kernel::{Date, Instant};
use platform::error::ServiceError;

use crate::domain::liaison::LiaisonPoint;
use crate::events::liaison::level;

/// The etag of a point as it stands.
#[must_use]
pub fn etag(point: &LiaisonPoint) -> String {
    format!("v{:x}", point.version)
}

/// A point on a day, as it was known at an instant.
#[must_use]
pub fn point(point: &LiaisonPoint, day: Date, known_at: Instant) -> v1::LiaisonPoint {
    let known = point.contact.known_at(known_at);
    let contact = known.into_iter().find(|version| version.period.contains(day));
    v1::LiaisonPoint {
        id: point.id.to_string(),
        etag: etag(point),
        level: level(point.division).into(),
        division: point.division.to_string(),
        parent: point.parent.map_or_else(String::new, |parent| parent.to_string()),
        contact: contact.map(|version| v1::LiaisonContact {
            organisation: version.value.organisation.clone(),
            full_name: version.value.full_name.clone(),
            phone: version.value.phone.clone(),
        }),
        contact_since: contact.map(|version| from_date(version.period.from())),
        create_time: Some(timestamp(point.opened_at)),
        update_time: Some(timestamp(point.changed_at)),
    }
}

/// # Errors
/// ABORTED if the point changed since it was read.
pub(super) fn unchanged(etag: &str, point: Option<&LiaisonPoint>) -> Result<(), ServiceError> {
    let same = etag.is_empty() || point.is_some_and(|point| etag == self::etag(point));
    if same { Ok(()) } else { Err(ServiceError::aborted_etag()) }
}
