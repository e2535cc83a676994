//! A merge of two files is undone (撤销合并): they are two children after all.

use kernel::{ChildId, Instant, Period};

use super::child::{Child, ChildState, Standing};
use super::event::{Event, Fact};
use super::merger::{Mergers, MovedRecord, Takeover};
use super::profile::Profile;
use super::{CategoryRecord, ProfileParts};

/// Two changed files with the facts to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerge {
    /// The file that had stayed, without what it had taken over.
    pub survivor: Child,
    /// The file that is open again.
    pub restored: Child,
    /// The merges into the survivor, this one undone.
    pub mergers: Mergers,
    /// What happened.
    pub events: Vec<Event>,
}

/// Why a merge is not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmergeError {
    /// The file was not merged into that one, or is not any more.
    #[error("the file is not merged into the one that is named: read its merged_into")]
    NotMerged,
    /// The merge is older than the memory of merges.
    #[error("what the merge took over was not recorded at its time: open a new file instead")]
    NotRemembered,
    /// The file that had stayed was merged itself.
    #[error("the file that stayed is merged into another one: undo that merge first")]
    SurvivorMerged,
    /// Another file was merged into it since.
    #[error("another file was merged into the same one later: undo that merge first")]
    LaterMerge,
    /// The restored file's citizen ID has another file by now.
    #[error("the citizen id of the merged file has another file by now: correct or merge that one first")]
    CitizenIdTaken,
}

/// Opens `merged` again as if it had never been closed, and takes back what `survivor` got from it: its citizen ID, and
/// the categories, which count in the restored file for all their months. If the county has ended such a category
/// meanwhile, that end goes back with it. What was decided about the survivor otherwise stays there.
///
/// What was believed in between stays readable. `holder` has the merged file's citizen ID now.
///
/// # Errors
/// [`UnmergeError`].
pub fn unmerge(
    survivor: &Child,
    merged: &Child,
    mergers: &Mergers,
    holder: Option<ChildId>,
    reason: String,
    now: Instant,
) -> Result<Unmerge, UnmergeError> {
    if merged.state() != (ChildState::Merged { into: survivor.id }) {
        return Err(UnmergeError::NotMerged);
    }
    if matches!(survivor.state(), ChildState::Merged { .. }) {
        return Err(UnmergeError::SurvivorMerged);
    }
    let takeover = mergers.standing(merged.id).ok_or(UnmergeError::NotRemembered)?;
    if mergers.is_followed(merged.id) {
        return Err(UnmergeError::LaterMerge);
    }
    let given_back = |holder: ChildId| holder == survivor.id && takeover.citizen_id == merged.profile().citizen_id;
    if merged.profile().citizen_id.is_some() && holder.is_some_and(|holder| !given_back(holder)) {
        return Err(UnmergeError::CitizenIdTaken);
    }
    let mut stays = survivor.changed(now);
    let mut restored = reopened(merged, survivor.id, now);
    give_back_identity(&mut stays, takeover, now);
    let mut events = vec![stays.event(Fact::Unmerged { restored_child: restored.id })];
    for MovedRecord { from, to } in &takeover.records {
        let Some(moved) = stays.categories.iter_mut().find(|record| record.id == *to) else {
            continue;
        };
        if let Some(record) = restored.categories.iter_mut().find(|record| record.id == *from)
            && let Some(until) = moved.until
            && !ended_with_its_file(survivor, moved)
        {
            *record = record.spanning(record.from, Some(until.max(record.from)), now);
        }
        if moved.until != Some(moved.from) {
            *moved = moved.spanning(moved.from, Some(moved.from), now);
            let (record, tier, until) = (moved.id, moved.tier(), moved.from);
            events.push(stays.event(Fact::CategoryEnded { record, tier, until }));
        }
    }
    events.extend(reopening(merged, &restored));
    let mergers = mergers.without(merged.id, reason, now);
    Ok(Unmerge { survivor: stays, restored, mergers, events })
}

/// The file open on all days on which it was closed by the merge.
fn reopened(merged: &Child, into: ChildId, now: Instant) -> Child {
    let mut child = merged.changed(now);
    child.record.amend(Period::always(), now, |standing| Standing {
        state: match standing.state {
            ChildState::Merged { into: other } if other == into => ChildState::Active,
            other => other,
        },
        profile: standing.profile.clone(),
    });
    join_days(&mut child, now);
    child
}

/// The survivor without the citizen ID that it took over. One that it was given since is its own.
fn give_back_identity(survivor: &mut Child, takeover: &Takeover, now: Instant) {
    let Some(taken) = takeover.citizen_id else {
        return;
    };
    for (period, identity) in &takeover.identities {
        survivor.record.amend(*period, now, |standing| {
            if standing.profile.citizen_id != Some(taken) {
                return standing.clone();
            }
            let parts = ProfileParts {
                citizen_id: None,
                birth_date: identity.birth_date,
                sex: identity.sex,
                ..standing.profile.clone().into_parts()
            };
            let profile = Profile::new(parts, identity.birth_date).expect("it was a profile before the merge");
            Standing { profile, state: standing.state }
        });
    }
    join_days(survivor, now);
}

/// Records neighbouring days on which the file stands alike as one period again.
fn join_days(child: &mut Child, now: Instant) {
    let mut spans: Vec<(Period, Standing)> = Vec::new();
    for version in child.record.current() {
        match spans.last_mut() {
            Some((period, last)) if *last == version.value => {
                *period = Period::new(period.from(), version.period.until()).expect("it grows by days");
            }
            _ => spans.push((version.period, version.value.clone())),
        }
    }
    for (period, standing) in spans {
        child.record.record(period, standing, now);
    }
}

/// Whether a category ended because the whole file did, which says nothing of the other child.
fn ended_with_its_file(survivor: &Child, record: &CategoryRecord) -> bool {
    let ended = |state| matches!(state, ChildState::Ended { .. });
    let versions = survivor.record.versions().iter();
    versions.filter(|version| ended(version.value.state)).any(|version| version.recorded == record.recorded)
}

/// The categories that count in the restored file again.
fn reopening<'a>(merged: &'a Child, restored: &'a Child) -> impl Iterator<Item = Event> + 'a {
    let stood = |record: &&CategoryRecord| merged.categories.iter().any(|old| old.id == record.id && old.stands());
    restored.categories.iter().filter(stood).flat_map(|record| {
        let (id, tier) = (record.id, record.tier());
        let confirmed = Fact::CategoryConfirmed { record: id, tier, from: record.from };
        let ended = record.until.map(|until| Fact::CategoryEnded { record: id, tier, until });
        std::iter::once(confirmed).chain(ended).map(|fact| restored.event(fact))
    })
}

#[cfg(test)]
mod tests;
