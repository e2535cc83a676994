//! To whom children's money goes, since when: sealed, and an account found again by its keyed hash alone. A payment goes to
//! the payee of the instant at which its run was approved, whatever is said later.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ChildId, Instant};
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use prost::Message;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

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

/// A payee, and since when it is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayeeSince {
    /// To whom the money goes.
    pub payee: Payee,
    /// Since when.
    pub since: Instant,
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

/// One version of a payee to be written.
#[derive(Debug)]
pub struct PayeeVersion<'a> {
    /// The child.
    pub child: ChildId,
    /// To whom its money goes.
    pub payee: &'a PayeeSince,
    /// Until when; `None` while it is so.
    pub until: Option<Instant>,
}

/// The rows of payees.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn rows(vault: &Vault, versions: &[PayeeVersion<'_>]) -> Result<Rows, VaultError> {
    let seal = |version: &PayeeVersion<'_>| sealed(vault, version.child, &version.payee.payee);
    let sealed = versions.iter().map(seal).collect::<Result<_, _>>()?;
    Ok(Rows::new(TABLE)
        .uuid("child_id", all(versions, |version| version.child.as_uuid()))
        .int("since", all(versions, |version| version.payee.since.as_micros()))
        .optional_int("until", all(versions, |version| version.until.map(Instant::as_micros)))
        .blob("account_hash", all(versions, |version| account_hash(vault, &version.payee.payee).to_vec()))
        .blob("sealed", sealed))
}

/// The payees of these children, as said by an instant; now without one.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    children: &BTreeSet<ChildId>,
    known: Option<Instant>,
) -> Result<BTreeMap<ChildId, PayeeSince>, ServiceError> {
    if children.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids = children.iter().map(|child| child.as_uuid());
    let mut query = Query::select();
    query.columns(["child_id", "since", "sealed"]).from(TABLE).and_where(any_uuid(
        connection.get_database_backend(),
        "child_id",
        ids,
    ));
    let open = Expr::col("until").is_null();
    match known.map(Instant::as_micros) {
        None => query.and_where(open),
        Some(known) => query.and_where(Expr::col("since").lte(known)).and_where(open.or(Expr::col("until").gt(known))),
    };
    let rows = connection.query_all(&query).await?;
    let payees = rows.iter().map(|row| {
        let row = Row { table: TABLE, row };
        let child: ChildId = row.id("child_id")?;
        let plain = vault.unseal(&place(child), &row.get::<Vec<u8>>("sealed")?).map_err(ServiceError::internal)?;
        let wrong = |_| InconsistentRow { table: TABLE, column: "sealed" };
        let SealedPayee { holder, bank, account, .. } = SealedPayee::decode(plain.as_slice()).map_err(wrong)?;
        let since = Instant::from_micros(row.get("since")?);
        Ok((child, PayeeSince { payee: Payee { holder, bank, account }, since }))
    });
    payees.collect()
}
