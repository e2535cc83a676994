//! The entries that a group works on.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kernel::time::shanghai_date;
use kernel::{ChildId, CitizenId, Instant, Month};
use messaging::journal::{Aggregate, Shelf};
use platform::database::{Rows, Write};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};

use super::reading;
use super::sealed::{citizen_id_hash, name_hash};
use crate::domain::migrant::particulars::NameKey;
use crate::domain::migrant::special::Months;
use crate::domain::migrant::{MigrantEntry, MigrantId, MigrantRules};
use crate::store::entity::migrant;
use crate::store::fact::{self, FactWriter};
use crate::store::sealed::Hash;

impl Aggregate for MigrantEntry {
    type Id = MigrantId;

    fn id(&self) -> MigrantId {
        self.id
    }
}

/// What a use case must find of the ledger.
#[derive(Clone, Debug, Default)]
pub struct MigrantNeeds {
    /// These entries.
    pub entries: BTreeSet<MigrantId>,
    /// Whose citizen IDs these are.
    pub citizen_ids: HashSet<CitizenId>,
    /// Who bears these names and days of birth.
    pub names: HashSet<NameKey>,
    /// The entries that are linked with these files.
    pub linked_with: BTreeSet<ChildId>,
}

/// The ledger's entries in a group.
#[derive(Debug)]
pub struct Migrants {
    rules: Arc<MigrantRules>,
    shelf: Shelf<MigrantEntry>,
    holders: HashMap<CitizenId, MigrantId>,
    namesakes: HashMap<NameKey, BTreeSet<MigrantId>>,
}

impl Migrants {
    /// # Errors
    /// If the database fails, or holds what we cannot have written.
    pub(crate) async fn load(
        write: &Write,
        needs: MigrantNeeds,
        vault: &Vault,
        rules: &Arc<MigrantRules>,
    ) -> Result<Self, ServiceError> {
        let mut ids = needs.entries;
        ids.extend(reading::linked_with(write, needs.linked_with).await?);
        let citizens = needs.citizen_ids.iter().map(|id| citizen_id_hash(vault, id));
        let names = needs.names.iter().map(|name| name_hash(vault, name));
        for (column, hashes) in [
            (migrant::Column::CitizenIdHash, citizens.collect::<Vec<Hash>>()),
            (migrant::Column::NameBirthHash, names.collect()),
        ] {
            ids.extend(reading::by_hash(write, column, hashes).await?.into_iter().map(|(_, id)| id));
        }
        let mut migrants = Self {
            rules: Arc::clone(rules),
            shelf: Shelf::default(),
            holders: HashMap::new(),
            namesakes: HashMap::new(),
        };
        let entries = reading::migrants(write, ids).await?.open(vault)?;
        for entry in &entries {
            migrants.index(entry);
        }
        migrants.shelf = Shelf::of(entries);
        Ok(migrants)
    }

    /// An entry that was needed, `None` if there is none.
    #[must_use]
    pub fn get(&self, id: MigrantId) -> Option<&MigrantEntry> {
        self.shelf.get(id)
    }

    /// The entry of a citizen ID, if a use case needed to know.
    #[must_use]
    pub fn holder(&self, id: &CitizenId) -> Option<&MigrantEntry> {
        self.shelf.get(*self.holders.get(id)?)
    }

    /// The entries of a name and day of birth, if a use case needed to know, oldest first.
    pub fn namesakes(&self, name: &NameKey) -> impl Iterator<Item = &MigrantEntry> {
        self.namesakes.get(name).into_iter().flatten().filter_map(|id| self.shelf.get(*id))
    }

    /// Puts a new or changed entry in its place. On which day its survey is due follows from it.
    pub fn put(&mut self, entry: MigrantEntry) {
        let entry = entry.watched(&self.rules);
        if let Some(before) = self.shelf.get(entry.id) {
            if let Some(id) = before.citizen_id() {
                self.holders.remove(&id);
            }
            if let Some(names) = self.namesakes.get_mut(&before.known_identity().name_key()) {
                names.remove(&entry.id);
            }
        }
        self.index(&entry);
        self.shelf.put(entry);
    }

    /// All entries that were needed.
    pub fn all(&self) -> impl Iterator<Item = &MigrantEntry> {
        self.shelf.all()
    }

    /// The files that are linked with the entries that were needed.
    pub(crate) fn linked(&self) -> impl Iterator<Item = ChildId> {
        self.shelf.all().filter_map(|entry| entry.child)
    }

    /// What the entries that changed say of their children's duty of visits, from the month of the change on: the entry, the
    /// child, the months and that month. A child that is linked no more is told that there are none.
    pub(crate) fn duties(&self) -> Vec<(MigrantId, ChildId, Vec<Months>, Month)> {
        let mut told = Vec::new();
        for change in self.shelf.changes() {
            let (before, now) = (change.before, change.now);
            // A reminder changes nothing that the ledger says.
            if before.is_some_and(|before| before.version == now.version) {
                continue;
            }
            let present = Month::of(shanghai_date(now.changed_at));
            if let Some(left) = before.and_then(|before| before.child).filter(|child| now.child != Some(*child)) {
                told.push((now.id, left, Vec::new(), present));
            }
            if let Some(child) = now.child {
                told.push((now.id, child, now.special_months(&self.rules, present), present));
            }
        }
        told
    }

    fn index(&mut self, entry: &MigrantEntry) {
        if let Some(id) = entry.citizen_id() {
            self.holders.insert(id, entry.id);
        }
        self.namesakes.entry(entry.known_identity().name_key()).or_default().insert(entry.id);
    }

    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub(crate) fn store(&self, write: &mut Write, vault: &Vault) -> Result<(), ServiceError> {
        let mut facts = FactWriter::new(vault);
        let mut entries = Vec::new();
        for change in self.shelf.changes() {
            write_facts(&mut facts, change.before, change.now).map_err(ServiceError::internal)?;
            entries.push((change.before, change.now));
        }
        entry_rows(&entries, vault).upsert(write, "id");
        stay_rows(&entries).upsert(write, "migrant_id, number");
        survey_rows(&entries).insert(write);
        facts.rows().upsert(write, fact::KEY);
        Ok(())
    }
}

fn write_facts(
    facts: &mut FactWriter<'_>,
    before: Option<&MigrantEntry>,
    now: &MigrantEntry,
) -> Result<(), VaultError> {
    let id = now.id.as_uuid();
    facts.add(id, "", before.map(|entry| &entry.identity), &now.identity)?;
    facts.add(id, "", before.map(|entry| &entry.guardian), &now.guardian)?;
    facts.add(id, "", before.map(|entry| &entry.whereabouts), &now.whereabouts)?;
    facts.add(id, "", before.map(|entry| &entry.special), &now.special)
}

/// An entry as the database has it, and as it stands.
type Changed<'a> = (Option<&'a MigrantEntry>, &'a MigrantEntry);

fn entry_rows(entries: &[Changed<'_>], vault: &Vault) -> Rows {
    let all = || entries.iter().map(|(_, entry)| *entry);
    Rows::new("migrant")
        .uuid("id", all().map(|entry| entry.id.as_uuid()).collect())
        .int("version", all().map(|entry| entry.version.into()).collect())
        .optional_blob(
            "citizen_id_hash",
            all().map(|entry| entry.citizen_id().map(|id| citizen_id_hash(vault, &id).to_vec())).collect(),
        )
        .blob(
            "name_birth_hash",
            all().map(|entry| name_hash(vault, &entry.known_identity().name_key()).to_vec()).collect(),
        )
        .optional_uuid("child_id", all().map(|entry| entry.child.map(kernel::ChildId::as_uuid)).collect())
        .optional_text(
            "survey_look_on",
            all().map(|entry| entry.survey_watch.next.map(|day| day.to_string())).collect(),
        )
        .optional_text(
            "survey_told_on",
            all().map(|entry| entry.survey_watch.told.map(|day| day.to_string())).collect(),
        )
        .int("created_at", all().map(|entry| entry.opened_at.as_micros()).collect())
        .int("updated_at", all().map(|entry| entry.changed_at.as_micros()).collect())
}

fn stay_rows(entries: &[Changed<'_>]) -> Rows {
    let mut stays = Vec::new();
    for (before, now) in entries {
        let stored = before.map_or(&[][..], |entry| entry.whereabouts.versions());
        let versions = now.whereabouts.versions().iter().enumerate();
        for (_, version) in versions.filter(|(index, version)| stored.get(*index) != Some(version)) {
            if let Some(stay) = version.value.stay() {
                stays.push((now.id, version, stay));
            }
        }
    }
    Rows::new("migrant_stay")
        .uuid("migrant_id", stays.iter().map(|(id, ..)| id.as_uuid()).collect())
        .int("number", stays.iter().map(|(_, version, _)| version.number.into()).collect())
        .text("division", stays.iter().map(|(.., stay)| stay.residence.to_string()).collect())
        .text("valid_from", stays.iter().map(|(_, version, _)| version.period.from().to_string()).collect())
        .optional_text(
            "valid_until",
            stays.iter().map(|(_, version, _)| version.period.until().map(|day| day.to_string())).collect(),
        )
        .int("recorded_at", stays.iter().map(|(_, version, _)| version.recorded.as_micros()).collect())
        .optional_int(
            "superseded_at",
            stays.iter().map(|(_, version, _)| version.superseded.map(Instant::as_micros)).collect(),
        )
}

fn survey_rows(entries: &[Changed<'_>]) -> Rows {
    let mut surveys = Vec::new();
    for (before, now) in entries {
        let stored = before.map_or(&[][..], |entry| &entry.surveys);
        surveys.extend(now.surveys.iter().filter(|survey| !stored.contains(survey)).map(|survey| (now.id, survey)));
    }
    Rows::new("migrant_survey")
        .uuid("migrant_id", surveys.iter().map(|(id, _)| id.as_uuid()).collect())
        .text("surveyed_on", surveys.iter().map(|(_, survey)| survey.on.to_string()).collect())
        .int("source", surveys.iter().map(|(_, survey)| survey.source.number().into()).collect())
        .int("recorded_at", surveys.iter().map(|(_, survey)| survey.recorded.as_micros()).collect())
}
