//! Two files of one child become one (档案合并). Twins must not be merged.

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, ChildId, Instant, Period};

use super::category_record::CategoryRecord;
use super::child::{Child, ChildState, NotActive, Standing};
use super::event::{Event, Fact};

/// Two changed files with the facts to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The file that stays.
    pub survivor: Child,
    /// The file that closed. Its history stays in it.
    pub merged: Child,
    /// What happened, all of it about the file that stays.
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

/// Closes `merged` and keeps `survivor`. Standing categories that the survivor does not carry go on there as new
/// records, which `next_record` names; a citizen ID that it lacks is taken over, with the birth date and sex it tells.
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
    let identity = match (survivor.profile().citizen_id, merged.profile().citizen_id) {
        (Some(one), Some(other)) if one != other => return Err(MergeError::DifferentCitizenIds),
        (None, found) => found,
        (Some(_), _) => None,
    };
    let mut stays = survivor.changed(now);
    if let Some(id) = identity {
        stays.record.amend(Period::always(), now, |standing| Standing {
            profile: standing.profile.identified(id),
            state: standing.state,
        });
    }
    let mut events = vec![stays.event(Fact::Merged { merged_child: merged.id })];
    for record in merged.standing() {
        if let Some(moved) = continued(survivor, record, &mut next_record, now) {
            events.push(stays.event(Fact::CategoryConfirmed {
                record: moved.id,
                tier: moved.tier(),
                from: moved.from,
            }));
            stays.add(moved);
        }
    }
    Ok(Merge { merged: closed(merged, survivor.id, now), survivor: stays, events })
}

/// The record as it goes on in the survivor's file, `None` if the survivor carries the category. Months that an ended
/// record of the survivor covers do not count twice.
fn continued(
    survivor: &Child,
    record: &CategoryRecord,
    next_record: &mut impl FnMut() -> CategoryRecordId,
    now: Instant,
) -> Option<CategoryRecord> {
    let of_category = || survivor.categories.iter().filter(|other| other.category == record.category);
    if of_category().any(CategoryRecord::stands) {
        return None;
    }
    let covered = of_category().filter_map(|other| other.until).max();
    Some(CategoryRecord {
        id: next_record(),
        from: covered.map_or(record.from, |until| record.from.max(until)),
        recorded: now,
        earlier: Vec::new(),
        ..record.clone()
    })
}

fn closed(child: &Child, into: ChildId, now: Instant) -> Child {
    let state = ChildState::Merged { into };
    child.from_day(shanghai_date(now), now, |standing| Standing { state, ..standing.clone() })
}

#[cfg(test)]
mod tests;
