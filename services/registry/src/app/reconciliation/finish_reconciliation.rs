//! Compares the ledger with a list that has come in.

use std::collections::{BTreeMap, BTreeSet};

use contract::registry::v1;
use messaging::journal::{Context, RequestKey, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::{abandoned, changed, not_found};
use crate::app::Application;
use crate::domain::migrant::reconciliation::{
    Finding, Finished, Key, LedgerRow, ListRow, Reconciliation, ReconciliationId, State, compare, counts,
};
use crate::domain::migrant::{MigrantEntry, MigrantId};
use crate::events;
use crate::store::entity::migrant::Column;
use crate::store::migrant::listing::{self, Filter};
use crate::store::migrant::reading;
use crate::store::migrant::sealed::{citizen_id_hash, name_hash, school_hash};
use crate::store::reconciliation::{list, reconciliations};
use crate::store::{Needs, Workspace};

/// Entries and hashes that are looked up at once.
const CHUNK: usize = 500;

/// Keeps what came of a comparison.
#[derive(Clone, Debug)]
pub struct FinishReconciliation {
    /// The comparison as its rows were read.
    pub compared: Reconciliation,
    /// What came of them.
    pub findings: Vec<Finding>,
    /// Days for which one may stay open.
    pub limit: u16,
}

impl UseCase<Workspace> for FinishReconciliation {
    type Reply = v1::FinishReconciliationResponse;

    fn needs(&self, needs: &mut Needs) {
        needs.reconciliations.insert(self.compared.id);
    }

    fn decide(
        &self,
        workspace: &mut Workspace,
        context: &mut Context<'_>,
    ) -> Result<v1::FinishReconciliationResponse, ServiceError> {
        let known = workspace.reconciliations.get(self.compared.id).ok_or_else(not_found)?.clone();
        if let Some(closed) = closed(&known, self.limit) {
            return closed;
        }
        if known.version != self.compared.version {
            return Err(changed());
        }
        let finish = Finished { at: context.now(), counts: counts(&self.findings) };
        events::migrant::record_reconciliation(&known, &finish, context);
        let known = Reconciliation { version: known.version + 1, state: State::Finished(finish), ..known };
        let reply = finished(&known, self.limit);
        workspace.reconciliations.keep(known.id, self.findings.clone());
        workspace.reconciliations.put(known);
        Ok(reply)
    }
}

fn finished(reconciliation: &Reconciliation, limit: u16) -> v1::FinishReconciliationResponse {
    v1::FinishReconciliationResponse { reconciliation: Some(answer::reconciliation(reconciliation, limit)) }
}

/// The answer of one that is closed: its result again, or a refusal. `None` while rows may come.
fn closed(
    reconciliation: &Reconciliation,
    limit: u16,
) -> Option<Result<v1::FinishReconciliationResponse, ServiceError>> {
    match reconciliation.state {
        State::Open => None,
        State::Finished(_) => Some(Ok(finished(reconciliation, limit))),
        State::Abandoned { .. } => Some(Err(abandoned())),
    }
}

impl Application {
    /// Compares the list with what the ledger knew at the start, outside of the journal: nobody waits for it. One that is
    /// finished answers as it did.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FAILED_PRECONDITION` if it was given up; ABORTED if rows arrived meanwhile.
    pub async fn finish_reconciliation(
        &self,
        id: ReconciliationId,
        key: RequestKey,
    ) -> Result<v1::FinishReconciliationResponse, ServiceError> {
        let reader = self.database.reader();
        let compared = reconciliations(reader, [id]).await?.pop().ok_or_else(not_found)?;
        let limit = self.policy.reconciliation_days;
        if let Some(closed) = closed(&compared, limit) {
            return closed;
        }
        let rows = list(reader, id).await?;
        let entries = self.ledger_for(&compared, &rows).await?;
        let ledger: Vec<LedgerRow<'_>> = entries.iter().filter_map(|entry| self.ledger_row(&compared, entry)).collect();
        let findings = compare(&compared, &rows, &ledger);
        self.journal.submit(FinishReconciliation { compared, findings, limit }, key).await
    }

    /// The entries that stay in the division on the day, and those that the list may mean.
    async fn ledger_for(
        &self,
        compared: &Reconciliation,
        rows: &BTreeMap<u32, ListRow>,
    ) -> Result<Vec<MigrantEntry>, ServiceError> {
        let reader = self.database.reader();
        let filter = Filter {
            division: Some(compared.division),
            day: Some(compared.day),
            known_at: Some(compared.started_at),
            source: None,
        };
        let mut ids: BTreeSet<MigrantId> = BTreeSet::new();
        let mut after = None;
        loop {
            let page = listing::page(reader, &filter, after, CHUNK as u64).await?;
            after = page.last().copied();
            let full = page.len() == CHUNK;
            ids.extend(page);
            if !full {
                break;
            }
        }
        let citizens: Vec<Key> = rows.values().filter_map(|row| row.citizen_id).collect();
        let names: Vec<Key> = rows.values().filter_map(|row| row.name).collect();
        for (column, keys) in [(Column::CitizenIdHash, citizens), (Column::NameBirthHash, names)] {
            for keys in keys.chunks(CHUNK) {
                let found = reading::by_hash(reader, column, keys.iter().copied()).await?;
                ids.extend(found.into_iter().map(|(_, id)| id));
            }
        }
        let ids: Vec<MigrantId> = ids.into_iter().collect();
        let mut entries = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            entries.extend(reading::migrants(reader, ids.iter().copied()).await?.open(&self.vault)?);
        }
        Ok(entries)
    }

    fn ledger_row<'a>(&self, compared: &Reconciliation, entry: &'a MigrantEntry) -> Option<LedgerRow<'a>> {
        let view = entry.known_at(compared.started_at)?;
        let identity = view.identity;
        Some(LedgerRow {
            entry,
            citizen_id: identity.parts().citizen_id.map(|id| citizen_id_hash(&self.vault, &id)),
            name: name_hash(&self.vault, &identity.name_key()),
            school: view.stay(compared.day).and_then(|stay| school_hash(&self.vault, &stay.school)),
        })
    }
}
