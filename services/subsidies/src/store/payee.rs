//! To whom children's money goes: sealed, and an account found again by its keyed hash alone.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ChildId;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use prost::Message;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;

use super::row::{InconsistentRow, Row, all};

const TABLE: &str = "payee";

/// Bytes up to which what is sealed is filled: a length tells no name.
const SIZE: usize = 192;

/// To whom a child's money goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Payee {
    /// The holder of the account.
    pub holder: String,
    /// The bank.
    pub bank: String,
    /// The number of the account.
    pub account: String,
}

impl std::fmt::Debug for Payee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payee(****)")
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
struct SealedPayee {
    #[prost(string, tag = "1")]
    holder: String,
    #[prost(string, tag = "2")]
    bank: String,
    #[prost(string, tag = "3")]
    account: String,
    #[prost(bytes = "vec", tag = "15")]
    fill: Vec<u8>,
}

impl std::fmt::Debug for SealedPayee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedPayee(****)")
    }
}

fn place(child: ChildId) -> Vec<u8> {
    [b"subsidies.payee.sealed:".as_slice(), child.as_uuid().as_bytes()].concat()
}

/// The hash by which one account is found again.
#[must_use]
pub fn account_hash(vault: &Vault, payee: &Payee) -> [u8; 32] {
    vault.search_hash_of("subsidies.account", format!("{}\n{}", payee.bank, payee.account).as_bytes())
}

fn sealed(vault: &Vault, child: ChildId, payee: &Payee) -> Result<Vec<u8>, VaultError> {
    let Payee { holder, bank, account } = payee.clone();
    let mut plain = SealedPayee { holder, bank, account, fill: Vec::new() };
    let length = plain.encoded_len() + 4;
    plain.fill = vec![0; length.next_multiple_of(SIZE) - length];
    vault.seal(&place(child), &plain.encode_to_vec())
}

/// The rows of payees.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn rows(vault: &Vault, payees: &[(ChildId, &Payee)]) -> Result<Rows, VaultError> {
    let sealed = payees.iter().map(|(child, payee)| sealed(vault, *child, payee)).collect::<Result<_, _>>()?;
    Ok(Rows::new(TABLE)
        .uuid("child_id", all(payees, |(child, _)| child.as_uuid()))
        .blob("account_hash", all(payees, |(_, payee)| account_hash(vault, payee).to_vec()))
        .blob("sealed", sealed))
}

/// The payees of these children.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    children: &BTreeSet<ChildId>,
) -> Result<BTreeMap<ChildId, Payee>, ServiceError> {
    if children.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids = children.iter().map(|child| child.as_uuid());
    let query = Query::select()
        .columns(["child_id", "sealed"])
        .from(TABLE)
        .and_where(any_uuid(connection.get_database_backend(), "child_id", ids))
        .to_owned();
    let rows = connection.query_all(&query).await?;
    let payees = rows.iter().map(|row| {
        let row = Row { table: TABLE, row };
        let child: ChildId = row.id("child_id")?;
        let plain = vault.unseal(&place(child), &row.get::<Vec<u8>>("sealed")?).map_err(ServiceError::internal)?;
        let wrong = |_| InconsistentRow { table: TABLE, column: "sealed" };
        let SealedPayee { holder, bank, account, .. } = SealedPayee::decode(plain.as_slice()).map_err(wrong)?;
        Ok((child, Payee { holder, bank, account }))
    });
    payees.collect()
}
