//! What a group of use cases works on: the files that they need, loaded together and written together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kernel::{ApplicationId, CategoryRecordId, ChildId, CitizenId, Division};
use messaging::journal::{Aggregate, SealedReply, Shelf};
use platform::database::{Write, any_uuid};
use platform::error::ServiceError;
use platform::vault::Vault;
use prost::Message;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Query, UpdateStatement, Value};
use uuid::Uuid;

use super::adulthood;
use super::application;
use super::entity::child;
use super::erasing::{self, Erasure};
use super::fact::{self, FactWriter};
use super::family::{Families, FamilyNeeds};
use super::liaison::LiaisonPoints;
use super::matching::{self, Backfill};
use super::merger;
use super::migrant::{MigrantNeeds, Migrants};
use super::reading;
use super::reconciliation::Reconciliations;
use super::sealed_columns::{RowKey, SealedColumn};
use super::visit::{VisitNeeds, Visits};
use super::worker::{WorkerNeeds, Workers};
use super::writing::{self, category_rows, child_rows, roster_rows};
use crate::SERVICE;
use crate::domain::matching::{Pair, PairMarks};
use crate::domain::migrant::MigrantRules;
use crate::domain::migrant::reconciliation::ReconciliationId;
use crate::domain::roster::Fingerprint;
use crate::domain::visit::DutyRule;
use crate::domain::{Adulthood, CategoryApplication, CategoryRecord, Child, Mergers};

/// What loading and storing need besides the database.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Seals and opens files, and hashes what they are found by.
    pub vault: Arc<Vault>,
    /// Which categories put a child on the duty of visits.
    pub visit_duty: Arc<DutyRule>,
    /// Who counts as a migrant child, and how often a survey is due.
    pub migrant_rules: Arc<MigrantRules>,
}

/// What a use case must find in its workspace.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// These files.
    pub children: BTreeSet<ChildId>,
    /// Whose citizen IDs these are.
    pub citizen_ids: HashSet<CitizenId>,
    /// Whose roster rows these were.
    pub rows: HashSet<Fingerprint>,
    /// Whose are the citizen IDs that stand in these files.
    pub holders_of: BTreeSet<ChildId>,
    /// The merges into these files.
    pub mergers: BTreeSet<ChildId>,
    /// What was said of these pairs of files.
    pub pairs: BTreeSet<Pair>,
    /// These applications.
    pub applications: BTreeSet<ApplicationId>,
    /// All applications of these children.
    pub applications_of: BTreeSet<ChildId>,
    /// How far the city is with the adulthood of these children.
    pub adulthood: BTreeSet<ChildId>,
    /// Persons and families.
    pub families: FamilyNeeds,
    /// Of the ledger of migrant children.
    pub migrants: MigrantNeeds,
    /// These comparisons of it with other lists.
    pub reconciliations: BTreeSet<ReconciliationId>,
    /// The liaison points of these divisions.
    pub liaison_points: BTreeSet<Division>,
    /// Workers, their posts and assignments.
    pub workforce: WorkerNeeds,
    /// Visits and the duty of them.
    pub visits: VisitNeeds,
    /// Rows that are to be sealed anew.
    pub stale: Vec<(&'static SealedColumn, Vec<RowKey>)>,
}

/// The files of a group. A use case sees what the ones before it did.
#[derive(Debug)]
pub struct Workspace {
    /// Persons and families.
    pub families: Families,
    vault: Arc<Vault>,
    files: BTreeMap<ChildId, File>,
    holders: HashMap<CitizenId, ChildId>,
    rows: HashMap<Fingerprint, ChildId>,
    new_rows: Vec<(Fingerprint, ChildId)>,
    /// The merges into a file.
    pub mergers: Shelf<Mergers>,
    /// What a person said of two files.
    pub pairs: Shelf<PairMarks>,
    /// Files that get the keys by which they are found, though nothing else of them changes.
    pub keyless: BTreeSet<ChildId>,
    /// How far that has come.
    pub backfill: Option<Backfill>,
    /// Applications for categories.
    pub applications: Shelf<CategoryApplication>,
    /// How far the city is with the adulthood of children.
    pub adulthood: Shelf<Adulthood>,
    /// The ledger of migrant children.
    pub migrants: Migrants,
    /// Comparisons of it with other lists.
    pub reconciliations: Reconciliations,
    /// Liaison points.
    pub liaison_points: LiaisonPoints,
    /// Workers, their posts and assignments.
    pub workforce: Workers,
    /// Visits and the duty of them.
    pub visits: Visits,
    resealing: Resealing,
    erased: Erased,
}

/// What leaves the database with the commit.
#[derive(Debug, Default)]
struct Erased {
    files: Erasure,
    comparisons: Vec<Uuid>,
}

/// Rows that are sealed anew, whatever lies in them.
#[derive(Debug, Default)]
struct Resealing {
    updates: Vec<UpdateStatement>,
    outcome: Resealed,
}

/// What became of the rows that a group was to seal anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Rows that were.
    pub resealed: u32,
    /// Rows that do not open.
    pub unopened: u32,
}

/// A file as it stands, and as the database has it.
#[derive(Debug)]
struct File {
    child: Child,
    stored: Stored,
}

#[derive(Debug)]
enum Stored {
    /// Not at all.
    New,
    /// As it stands.
    Same,
    /// As it was.
    Before(Box<Child>),
}

impl Workspace {
    /// A file that was needed, `None` if there is none.
    #[must_use]
    pub fn child(&self, id: ChildId) -> Option<&Child> {
        self.files.get(&id).map(|file| &file.child)
    }

    /// The file that stays of a child whose file was needed: itself, or the one into which it was merged.
    #[must_use]
    pub fn survivor(&self, id: ChildId) -> Option<&Child> {
        survivor(&self.files, id).map(|file| &file.child)
    }

    /// Whose citizen ID it is, if a use case needed to know.
    #[must_use]
    pub fn holder(&self, id: &CitizenId) -> Option<ChildId> {
        self.holders.get(id).copied()
    }

    /// Whose roster row it was, if a use case needed to know.
    #[must_use]
    pub fn known_row(&self, fingerprint: &Fingerprint) -> Option<ChildId> {
        self.rows.get(fingerprint).copied()
    }

    /// Seals what leaves the workspace.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Seals a reply.
    ///
    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub fn seal(&self, reply: &impl Message) -> Result<SealedReply, ServiceError> {
        SealedReply::of(SERVICE, reply, &self.vault)
    }

    /// What became of the rows that the group was to seal anew.
    #[must_use]
    pub fn resealed(&self) -> Resealed {
        self.resealing.outcome
    }

    /// Takes files away with all around them.
    pub fn erase(&mut self, erasure: Erasure) {
        let files = &mut self.erased.files;
        files.children.extend(erasure.children);
        files.persons.extend(erasure.persons);
        files.named_by.extend(erasure.named_by);
    }

    /// Takes comparisons with other lists away.
    pub fn erase_comparisons(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        self.erased.comparisons.extend(ids);
    }

    /// Puts a new or changed file in its place.
    pub fn put(&mut self, child: Child) {
        let id = child.id;
        let holds = child.unique_citizen_id();
        let file = match self.files.remove(&id) {
            None => File { child, stored: Stored::New },
            Some(File { child: before, stored }) => {
                if let Some(given_up) = before.unique_citizen_id()
                    && Some(given_up) != holds
                    && self.holder(&given_up) == Some(id)
                {
                    self.holders.remove(&given_up);
                }
                let stored = match stored {
                    Stored::Same => Stored::Before(Box::new(before)),
                    other => other,
                };
                File { child, stored }
            }
        };
        if let Some(citizen) = holds {
            self.holders.insert(citizen, id);
        }
        self.files.insert(id, file);
    }

    /// Remembers of which roster row a child was registered.
    pub fn remember_row(&mut self, fingerprint: Fingerprint, child: ChildId) {
        self.rows.insert(fingerprint.clone(), child);
        self.new_rows.push((fingerprint, child));
    }
}

impl Aggregate for CategoryApplication {
    type Id = ApplicationId;

    fn id(&self) -> ApplicationId {
        self.id
    }
}

#[async_trait::async_trait]
impl messaging::journal::Workspace for Workspace {
    type Needs = Needs;
    type Environment = Environment;

    async fn load(write: &Write, mut needs: Needs, environment: &Environment) -> Result<Self, ServiceError> {
        let vault = &environment.vault;
        vault.refresh();
        let mut applications = application::with_ids(write, vault, needs.applications).await?;
        let applicants = merger::files_of(write, vault, needs.applications_of, None).await?;
        applications.extend(application::of_children(write, vault, applicants).await?);
        needs.children.extend(applications.iter().map(|application| application.child));
        let mergers = merger::load(write, vault, needs.mergers).await?;
        let migrants = Migrants::load(write, needs.migrants, vault, &environment.migrant_rules).await?;
        // What the ledger says of a child changes its duty of visits.
        needs.children.extend(migrants.linked());
        let files = files(write, needs.children, vault).await?;
        let held = needs.holders_of.iter().filter_map(|child| files.get(child)?.child.profile().citizen_id);
        needs.citizen_ids.extend(held);
        let mut visits = needs.visits;
        visits.duties.extend(files.keys());
        for (child, month) in visits.months.clone() {
            visits.months.extend(survivor(&files, child).map(|file| (file.child.id, month)));
        }
        for mergers in &mergers {
            visits.months.extend(mergers.months().map(|month| (mergers.survivor, month)));
        }
        Ok(Self {
            families: Families::load(write, needs.families, vault).await?,
            files,
            holders: reading::holders(write, vault, needs.citizen_ids).await?,
            rows: reading::known_rows(write, vault, needs.rows).await?,
            new_rows: Vec::new(),
            pairs: Shelf::of(matching::load(write, vault, needs.pairs).await?),
            keyless: BTreeSet::new(),
            backfill: None,
            mergers: Shelf::of(mergers),
            applications: Shelf::of(applications),
            adulthood: Shelf::of(adulthood::of_children(write, needs.adulthood).await?),
            migrants,
            reconciliations: Reconciliations::load(write, needs.reconciliations).await?,
            liaison_points: LiaisonPoints::load(write, needs.liaison_points, vault).await?,
            workforce: Workers::load(write, needs.workforce, vault).await?,
            visits: Visits::load(write, visits, vault, &environment.visit_duty).await?,
            resealing: Resealing::of(write, needs.stale, vault).await?,
            erased: Erased::default(),
            vault: Arc::clone(vault),
        })
    }

    fn store(mut self, write: &mut Write, environment: &Environment) -> Result<(), ServiceError> {
        let vault = &environment.vault;
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut given_up = Vec::new();
        let mut new_records = Vec::new();
        let mut changed_records = Vec::new();
        let mut facts = FactWriter::new(vault);
        for file in self.files.values() {
            let child = &file.child;
            match &file.stored {
                Stored::Same => continue,
                Stored::New => {
                    new.push(child);
                    writing::past(None, child, &mut facts).map_err(ServiceError::internal)?;
                    new_records.extend(child.categories.iter().map(|record| (child.id, record)));
                }
                Stored::Before(before) => {
                    changed.push(child);
                    let held = before.unique_citizen_id();
                    if held.is_some() && held != child.unique_citizen_id() {
                        given_up.push(child.id);
                    }
                    split_records(before, child, &mut new_records, &mut changed_records);
                    writing::past(Some(before), child, &mut facts).map_err(ServiceError::internal)?;
                }
            }
            self.visits.follow(child);
        }
        for (migrant, child, months, present) in self.migrants.duties() {
            if let Some(file) = self.files.get(&child) {
                self.visits.follow_ledger(&file.child, migrant, &months, present);
            }
        }
        merger::store(&self.mergers, &mut facts).map_err(ServiceError::internal)?;
        matching::store(&self.pairs, &mut facts).map_err(ServiceError::internal)?;
        self.store_keys(write, vault);
        // Before all else: a row that a use case changed is written over.
        for update in &self.resealing.updates {
            write.first(update);
        }
        erasing::erase(write, &self.erased.files);
        erasing::erase_comparisons(write, &self.erased.comparisons);
        give_up_citizen_ids(write, &given_up);
        let sealed = |children: &[&Child]| child_rows(children, vault).map_err(ServiceError::internal);
        sealed(&new)?.insert(write);
        sealed(&changed)?.upsert(write, "id");
        let sealed =
            |records: &[(ChildId, &CategoryRecord)]| category_rows(records, vault).map_err(ServiceError::internal);
        sealed(&new_records)?.insert(write);
        sealed(&changed_records)?.upsert(write, "id");
        facts.rows().upsert(write, fact::KEY);
        let applications: Vec<_> = self.applications.changes().map(|change| change.now).collect();
        application::rows(&applications, vault).map_err(ServiceError::internal)?.upsert(write, "id");
        let adulthood: Vec<_> = self.adulthood.changes().map(|change| change.now).collect();
        adulthood::rows(&adulthood).upsert(write, "child_id");
        roster_rows(&self.new_rows, vault).insert(write);
        self.families.store(write, vault)?;
        self.migrants.store(write, vault)?;
        self.reconciliations.store(write);
        self.liaison_points.store(write, vault)?;
        self.workforce.store(write, vault)?;
        self.visits.store(write, vault)
    }
}

/// These files, and those into which they were merged.
async fn files(
    write: &Write,
    mut wanted: BTreeSet<ChildId>,
    vault: &Vault,
) -> Result<BTreeMap<ChildId, File>, ServiceError> {
    let mut files: BTreeMap<ChildId, File> = BTreeMap::new();
    while !wanted.is_empty() {
        let past = reading::past(write, wanted.iter().copied()).await?;
        let mut stay = BTreeSet::new();
        for stored in reading::children(write, wanted).await? {
            let child = stored.open_with(&past, vault)?;
            stay.extend(child.merged_into());
            files.insert(child.id, File { child, stored: Stored::Same });
        }
        stay.retain(|id| !files.contains_key(id));
        wanted = stay;
    }
    Ok(files)
}

fn survivor(files: &BTreeMap<ChildId, File>, id: ChildId) -> Option<&File> {
    let mut file = files.get(&id)?;
    while let Some(into) = file.child.merged_into() {
        file = files.get(&into)?;
    }
    Some(file)
}

impl Workspace {
    /// Writes the keys of files that are new or found by others now.
    fn store_keys(&self, write: &mut Write, vault: &Vault) {
        let mut new = Vec::new();
        let mut renewed = Vec::new();
        let mut stale = Vec::new();
        for (id, file) in &self.files {
            let keys = || matching::hashes(&file.child, vault);
            match &file.stored {
                Stored::New => new.push((*id, keys())),
                Stored::Same if self.keyless.contains(id) => renewed.push((*id, keys())),
                Stored::Same => {}
                Stored::Before(before) => {
                    let (before, now) = (matching::hashes(before, vault), keys());
                    if before != now || self.keyless.contains(id) {
                        stale.extend(before.into_keys().filter(|hash| !now.contains_key(hash)));
                        renewed.push((*id, now));
                    }
                }
            }
        }
        let changed: BTreeSet<ChildId> = renewed.iter().map(|(id, _)| *id).collect();
        matching::delete_stale(write, &changed, stale);
        matching::rows(&new).insert(write);
        matching::rows(&renewed).upsert(write, matching::KEY);
        let reached: Vec<Backfill> = self.backfill.into_iter().collect();
        matching::backfill_rows(&reached).upsert(write, "id");
    }
}

impl Resealing {
    async fn of(
        write: &Write,
        stale: Vec<(&'static SealedColumn, Vec<RowKey>)>,
        vault: &Vault,
    ) -> Result<Self, ServiceError> {
        let mut all = Self::default();
        for (column, keys) in stale.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            for row in column.rows(write, &keys).await? {
                match column.renewed(&row, vault) {
                    Ok(None) => {}
                    Ok(Some(update)) => {
                        all.outcome.resealed += 1;
                        all.updates.push(update);
                    }
                    Err(error) => {
                        all.outcome.unopened += 1;
                        tracing::error!(%error, cause = error.vault.map(tracing::field::display), "a value cannot be sealed anew");
                    }
                }
            }
        }
        Ok(all)
    }
}

/// The records that were added to a file, and those that changed in it.
fn split_records<'a>(
    before: &Child,
    now: &'a Child,
    new: &mut Vec<(ChildId, &'a CategoryRecord)>,
    changed: &mut Vec<(ChildId, &'a CategoryRecord)>,
) {
    let old: HashMap<CategoryRecordId, &CategoryRecord> =
        before.categories.iter().map(|record| (record.id, record)).collect();
    for record in &now.categories {
        match old.get(&record.id) {
            None => new.push((now.id, record)),
            Some(old) if *old != record => changed.push((now.id, record)),
            Some(_) => {}
        }
    }
}

/// Frees citizen IDs before another file of the group takes one: the index refuses two, even for the length of a
/// statement.
fn give_up_citizen_ids(write: &mut Write, children: &[ChildId]) {
    if children.is_empty() {
        return;
    }
    let update = Query::update()
        .table(child::Entity)
        .value(child::Column::CitizenIdHash, Value::Bytes(None))
        .and_where(any_uuid(
            write.get_database_backend(),
            child::Column::Id,
            children.iter().map(|child| child.as_uuid()),
        ))
        .take();
    write.first(&update);
}
