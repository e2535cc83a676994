//! What is encrypted of visits and of the duty.

use kernel::{ChildId, VisitId};
use platform::vault::{Vault, VaultError};
use prost::Message;

use crate::domain::migrant::MigrantId;
use crate::domain::visit::{Duty, Guardianship, LedgerMonths, Risk, VisitFacts, VisitKind};
use crate::store::sealed::row_place;

/// What the vault seals of a visit. The tags are this table's own; they never change their meaning.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedVisit {
    /// How the child was seen.
    #[prost(int32, tag = "1")]
    pub kind: i32,
    /// How it is guarded.
    #[prost(int32, tag = "2")]
    pub guardianship: i32,
    /// Whether there is a risk.
    #[prost(int32, tag = "3")]
    pub risk: i32,
    /// What else was seen.
    #[prost(string, tag = "4")]
    pub notes: String,
    /// Where evidence is kept.
    #[prost(string, repeated, tag = "5")]
    pub evidence: Vec<String>,
}

/// What the vault seals of a duty.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedDuty {
    /// 1 no, 2 yes: what is sealed has the same length for both.
    #[prost(uint32, tag = "1")]
    special_migrant: u32,
    /// What the ledger says.
    #[prost(message, repeated, tag = "2")]
    ledger: Vec<SealedLedgerMonths>,
}

/// Months in which the ledger puts a child on the duty.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedLedgerMonths {
    /// The entry's identifier.
    #[prost(bytes = "vec", tag = "1")]
    migrant: Vec<u8>,
    /// `2025-03`.
    #[prost(string, tag = "2")]
    from: String,
    /// `2025-09`.
    #[prost(string, tag = "3")]
    until: String,
}

impl SealedVisit {
    /// What is sealed of a visit.
    #[must_use]
    pub fn of(facts: &VisitFacts) -> Self {
        Self {
            kind: facts.kind.number(),
            guardianship: facts.guardianship.number(),
            risk: facts.risk.number(),
            notes: facts.notes.clone(),
            evidence: facts.evidence.clone(),
        }
    }

    /// The three enumerations, `None` if one holds none of our numbers.
    #[must_use]
    pub fn seen(&self) -> Option<(VisitKind, Guardianship, Risk)> {
        Some((
            VisitKind::from_number(self.kind)?,
            Guardianship::from_number(self.guardianship)?,
            Risk::from_number(self.risk)?,
        ))
    }

    /// Encrypts it for the row of `visit`, where alone it opens again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, vault: &Vault, visit: VisitId) -> Result<Vec<u8>, VaultError> {
        vault.seal(&row_place("visit", visit.as_uuid()), &self.encode_to_vec())
    }

    /// Decrypts what lies in the row of `visit`. `None` if what was sealed is none.
    ///
    /// # Errors
    /// [`VaultError`] if it was altered, moved from another row, or sealed with another key.
    pub fn open(vault: &Vault, visit: VisitId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&row_place("visit", visit.as_uuid()), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }
}

impl SealedDuty {
    /// What is sealed of a duty.
    #[must_use]
    pub fn of(duty: &Duty) -> Self {
        let ledger = duty.ledger.iter().map(|said| SealedLedgerMonths {
            migrant: said.migrant.as_uuid().into_bytes().to_vec(),
            from: said.from.to_string(),
            until: said.until.to_string(),
        });
        Self { special_migrant: if duty.special_migrant { 2 } else { 1 }, ledger: ledger.collect() }
    }

    /// Whether the child is a special migrant child.
    #[must_use]
    pub fn special_migrant(&self) -> bool {
        self.special_migrant == 2
    }

    /// What the ledger says, `None` if it cannot be.
    #[must_use]
    pub fn ledger(&self) -> Option<Vec<LedgerMonths>> {
        let months = |sealed: &SealedLedgerMonths| {
            Some(LedgerMonths {
                migrant: MigrantId::from_uuid(uuid::Uuid::from_slice(&sealed.migrant).ok()?),
                from: sealed.from.parse().ok()?,
                until: sealed.until.parse().ok()?,
            })
        };
        self.ledger.iter().map(months).collect()
    }

    /// Encrypts it for the row of `child`, where alone it opens again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, vault: &Vault, child: ChildId) -> Result<Vec<u8>, VaultError> {
        vault.seal(&row_place("duty", child.as_uuid()), &self.encode_to_vec())
    }

    /// Decrypts what lies in the row of `child`. `None` if what was sealed is none.
    ///
    /// # Errors
    /// [`VaultError`] if it was altered, moved from another row, or sealed with another key.
    pub fn open(vault: &Vault, child: ChildId, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let plain = vault.unseal(&row_place("duty", child.as_uuid()), sealed)?;
        Ok(Self::decode(plain.as_slice()).ok())
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedVisit(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedDuty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedDuty(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for SealedLedgerMonths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedLedgerMonths(****)")
    }
}
