//! Two files of one child become one (档案合并). Twins must not be merged.

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, ChildId, Date, Instant, Month, Period};

use super::category_record::CategoryRecord;
use super::child::{Child, ChildState, NotActive, Standing};
use super::event::{Event, Fact};
use super::merger::{Identity, MovedRecord, Takeover};
use super::surroundings::Taken;

/// Two changed files with the facts to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The file that stays.
    pub survivor: Child,
    /// The file that closed. Its history stays in it.
    pub merged: Child,
    /// What the file that stays took over, to be remembered.
    pub takeover: Takeover,
    /// What happened, to the file that stays and to the one that closed.
    pub events: Vec<Event>,
}

/// Why two files are not merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A file is named twice.
    #[error("a file is not merged into itself")]
    SameFile,
    /// One of the files changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// Both have a citizen ID, so that they are two children.
    #[error("the files have different citizen ids")]
    DifferentCitizenIds,
}

/// Closes `merged` from today on and keeps `survivor`. Standing categories that the survivor does not carry go on there as
/// new records, which `next_record` names; a citizen ID that it lacks is taken over, with the birth date and sex it tells.
///
/// A month counts in one file: in the one that closed if it was still open when the month began, else in the survivor.
///
/// # Errors
/// [`MergeError`].
pub fn merge(
    survivor: &Child,
    merged: &Child,
    mut next_record: impl FnMut() -> CategoryRecordId,
    now: Instant,
) -> Result<Merge, MergeError> {
    if survivor.id == merged.id {
        return Err(MergeError::SameFile);
    }
    survivor.active()?;
    merged.active()?;
    let citizen_id = match (survivor.profile().citizen_id, merged.profile().citizen_id) {
        (Some(one), Some(other)) if one != other => return Err(MergeError::DifferentCitizenIds),
        (None, found) => found,
        (Some(_), _) => None,
    };
    let mut stays = survivor.changed(now);
    let mut takeover = Takeover {
        version: stays.version,
        citizen_id,
        identities: Vec::new(),
        records: Vec::new(),
        surroundings: Taken::default(),
    };
    if let Some(id) = citizen_id {
        takeover.identities = Identity::of(survivor);
        stays.record.amend(Period::always(), now, |standing| Standing {
            profile: standing.profile.identified(id),
            state: standing.state,
        });
    }
    let first = first_month_from(shanghai_date(now));
    let mut events = vec![stays.event(Fact::Merged { merged_child: merged.id })];
    for record in merged.standing() {
        events.push(merged.event(Fact::CategoryEnded {
            record: record.id,
            tier: record.tier(),
            until: first.max(record.from),
        }));
        if let Some(moved) = continued(survivor, record, first, &mut next_record, now) {
            events.push(stays.event(Fact::CategoryConfirmed {
                record: moved.id,
                tier: moved.tier(),
                from: moved.from,
            }));
            takeover.records.push(MovedRecord { from: record.id, to: moved.id });
            stays.add(moved);
        }
    }
    Ok(Merge { merged: closed(merged, survivor.id, now), survivor: stays, takeover, events })
}

/// The first month that begins on `day` or later: the months before it still count in a file that closes on `day`.
pub(super) fn first_month_from(day: Date) -> Month {
    let month = Month::of(day);
    if month.first_day() == day { month } else { month.next() }
}

/// The record as it goes on in the survivor's file from `first` on, `None` if the survivor carries the category. Months
/// that an ended record of the survivor covers do not count twice.
fn continued(
    survivor: &Child,
    record: &CategoryRecord,
    first: Month,
    next_record: &mut impl FnMut() -> CategoryRecordId,
    now: Instant,
) -> Option<CategoryRecord> {
    let of_category = || survivor.categories.iter().filter(|other| other.category == record.category);
    if of_category().any(CategoryRecord::stands) {
        return None;
    }
    let covered = of_category().filter_map(|other| other.until).max();
    let from = record.from.max(first);
    Some(CategoryRecord {
        id: next_record(),
        from: covered.map_or(from, |until| from.max(until)),
        recorded: now,
        earlier: Vec::new(),
        ..record.clone()
    })
}

fn closed(child: &Child, into: ChildId, now: Instant) -> Child {
    let state = ChildState::Merged { into };
    child.standing_from(shanghai_date(now), now, |standing| Standing { state, ..standing.clone() })
}

#[cfg(test)]
mod tests;
