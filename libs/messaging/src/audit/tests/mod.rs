mod chain;
mod cutting;
mod lists;
mod tampering;
mod writing;

use std::collections::BTreeSet;

use evidence::checkpoint::AuditEnd;
use evidence::key::{Algorithm, PublicKey};
use kernel::Instant;
use platform::audit::{Call, Entry, Trail};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::{AuditLog, SealedCall, Verified};
use crate::journal::RequestKey;
use crate::seal::Signer;
use crate::test_ledger::{Register, TestLedger};

fn call(number: u128) -> Call {
    Call {
        id: Uuid::from_u128(number),
        at: Instant::from_micros(1_732_000_000_000_000 + i64::try_from(number).unwrap()),
        caller: "EDU-371621".to_owned(),
        actor: "clerk-7".to_owned(),
        method: "hutong.registry.v1.ChildService/GetChild",
        purpose: "to know",
        trace: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
    }
}

fn entry(number: u128, children: &[u128]) -> Entry {
    let children = children.iter().map(|child| Uuid::from_u128(*child)).collect();
    Entry::answered(&Trail::new(call(number)), BTreeSet::new(), children)
}

fn key(number: u128) -> RequestKey {
    let content = contract::registry::v1::GetChildRequest::default();
    let id = Uuid::from_u128(number).to_string();
    RequestKey::of("CA", "Register", &id, &content).unwrap()
}

fn trail(number: u128) -> Trail {
    Trail::new(call(number))
}

fn register(name: &str) -> Register {
    Register(name.to_owned())
}

fn public_key(signer: &Signer) -> PublicKey {
    PublicKey::new("city.test", "registry", Algorithm::Ed25519, &signer.public_key()).unwrap()
}

struct Book {
    ledger: TestLedger,
    audit: AuditLog,
}

impl Book {
    async fn open() -> Self {
        let ledger = TestLedger::open().await;
        let audit = AuditLog::new(ledger.database.clone());
        Self { ledger, audit }
    }

    async fn all(&self) -> Vec<SealedCall> {
        self.audit.read(0, 10_000).await.unwrap()
    }

    async fn verify(&self) -> Verified {
        self.verify_with(&[]).await
    }

    async fn verify_with(&self, elsewhere: &[AuditEnd]) -> Verified {
        self.audit.verify(&public_key(&self.ledger.signer), elsewhere).await.unwrap()
    }

    /// Whoever has the file.
    async fn intruder(&self) -> DatabaseConnection {
        let file = self.ledger.folder().join("databases/ledger.db");
        sea_orm::Database::connect(format!("sqlite://{}", file.display())).await.unwrap()
    }
}
