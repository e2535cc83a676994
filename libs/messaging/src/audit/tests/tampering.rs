//! Whoever has the database and not the key.

use futures::future::join_all;
use platform::audit::Recorder as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::super::Fault;
use super::{Book, entry, public_key};
use crate::seal::Signer;

/// Of every column of every row, and every row, one change.
#[tokio::test]
async fn whatever_is_changed_in_the_tables_is_found_where_it_stands() {
    let book = Book::open().await;
    for number in 1..=6 {
        book.ledger.journal.record(entry(number, &[number, number + 1])).await.unwrap();
    }
    let group = (7..=9).map(|number| book.ledger.journal.record(entry(number, &[])));
    join_all(group).await.into_iter().for_each(|recorded| recorded.unwrap());
    let whole = book.verify().await;
    assert_eq!((whole.entries, whole.fault), (9, None));

    let intruder = book.intruder().await;
    let run = async |sql: &str| {
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        intruder.execute_raw(statement).await.unwrap().rows_affected()
    };
    let text = ["caller", "actor", "method", "purpose", "reason", "fields", "trace"];
    let changes = text.iter().map(|column| format!("{column} = {column} || 'x'")).chain(
        ["at = at + 1", "decision = 3 - decision", "calls = calls + 1", "id = randomblob(16)", "hash = randomblob(32)"]
            .map(str::to_owned),
    );
    let changes: Vec<String> = changes.collect();
    run("CREATE TABLE kept AS SELECT * FROM audit").await;
    run("CREATE TABLE kept_child AS SELECT * FROM audit_child").await;
    let restore = async || {
        for table in ["audit", "audit_child"] {
            run(&format!("DELETE FROM {table}")).await;
        }
        run("INSERT INTO audit SELECT * FROM kept").await;
        run("INSERT INTO audit_child SELECT * FROM kept_child").await;
    };
    let find = async |sql: String, fault: Fault| {
        assert!(run(&sql).await > 0, "{sql}");
        assert_eq!(book.verify().await.fault, Some(fault), "{sql}");
        restore().await;
        assert_eq!(book.verify().await, whole);
    };
    for row in 1..=9 {
        for change in &changes {
            find(format!("UPDATE audit SET {change} WHERE sequence = {row}"), Fault::Changed(row)).await;
        }
        let removed = if row == 9 { Fault::End(9) } else { Fault::Missing(row) };
        find(format!("DELETE FROM audit WHERE sequence = {row}"), removed).await;
        find(format!("INSERT INTO audit_child (sequence, child) VALUES ({row}, randomblob(16))"), Fault::Changed(row))
            .await;
        find(format!("UPDATE audit SET sequence = sequence + 100 WHERE sequence = {row}"), Fault::Missing(row)).await;
    }
    for row in 1..=6 {
        for sql in [
            format!(
                "DELETE FROM audit_child WHERE rowid = (SELECT rowid FROM audit_child WHERE sequence = {row} LIMIT 1)"
            ),
            format!(
                "UPDATE audit_child SET child = randomblob(16) WHERE sequence = {row} AND child < x'00000000000000000000000000000008' AND rowid IN (SELECT rowid FROM audit_child WHERE sequence = {row} LIMIT 1)"
            ),
        ] {
            find(sql, Fault::Changed(row)).await;
        }
        find(format!("UPDATE audit SET signature = randomblob(64) WHERE sequence = {row}"), Fault::Signature(row))
            .await;
        find(format!("UPDATE audit SET signature = NULL WHERE sequence = {row}"), Fault::Signature(row)).await;
        for key in ["'0123456789abcdef'", "''", "'', signature = NULL"] {
            find(format!("UPDATE audit SET key_id = {key} WHERE sequence = {row}"), Fault::Changed(row)).await;
        }
    }
    find("INSERT INTO audit_child VALUES (99, randomblob(16))".to_owned(), Fault::End(99)).await;
    find("INSERT INTO audit_child VALUES (0, randomblob(16))".to_owned(), Fault::End(0)).await;
    let beyond = "INSERT INTO audit SELECT 10, id, at, caller, actor, method, purpose, decision, reason, fields, trace, calls, \
                  hash, signature, key_id FROM audit WHERE sequence = 9";
    find(beyond.to_owned(), Fault::End(10)).await;
    assert_eq!(
        book.audit.verify(&public_key(&Signer::generate().unwrap()), &[]).await.unwrap().fault,
        Some(Fault::Signature(1)),
        "another service's key proves nothing"
    );
}
