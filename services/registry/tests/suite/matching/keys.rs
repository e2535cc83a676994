//! Keys: files of before them get theirs, and a search uses their index.

use contract::registry::v1;
use sea_orm::{ConnectionTrait as _, Statement};

use super::finding::search;
use crate::office::{Office, day, profile};

async fn ask(office: &Office, sql: &str) -> Vec<String> {
    let reader = office.application.database.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let rows = reader.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(row.column_names().len() - 1).unwrap()).collect()
}

async fn count(office: &Office) -> String {
    ask(office, "SELECT CAST(COUNT(*) AS TEXT) FROM match_key").await.remove(0)
}

#[tokio::test]
async fn files_of_before_the_keys_get_theirs_and_no_more() {
    let office = Office::open().await;
    for number in 0..3 {
        let name = ["王小明", "李子轩", "张雨桐"][number];
        office.register(v1::ChildProfile { full_name: name.to_owned(), ..profile() }).await;
    }
    assert_eq!(count(&office).await, "12", "name, family name, given name and guardian; no township is known");
    let before = ask(&office, "SELECT hex(child_id) || hash FROM match_key ORDER BY 1").await;
    office.change_tables("DELETE FROM match_key").await;
    let wanted = v1::SearchCandidatesRequest {
        full_name: "王小明".to_owned(),
        birth_date: Some(day(2014, 3, 2)),
        ..Default::default()
    };
    assert!(search(&office, wanted.clone()).await.candidates.is_empty());
    office.change_tables("INSERT INTO match_backfill SELECT 1, NULL, id FROM child ORDER BY id DESC LIMIT 1").await;
    office.register(v1::ChildProfile { full_name: "刘浩然".to_owned(), ..profile() }).await;
    assert_eq!(count(&office).await, "4", "a new file has its keys from the beginning");
    office.sweep().await;
    assert_eq!(count(&office).await, "16");
    let after = ask(&office, "SELECT hex(child_id) || hash FROM match_key ORDER BY 1").await;
    assert!(before.iter().all(|key| after.contains(key)));
    assert_eq!(search(&office, wanted).await.candidates.len(), 1);
    office.change_tables("DELETE FROM match_key").await;
    office.sweep().await;
    assert_eq!(count(&office).await, "0", "it is done once");
}

#[tokio::test]
async fn a_search_looks_into_the_index() {
    let office = Office::open().await;
    let plan = ask(
        &office,
        "EXPLAIN QUERY PLAN SELECT child_id FROM match_key WHERE hash IN (1, 2, 3) \
         GROUP BY child_id ORDER BY COUNT(hash) DESC, child_id LIMIT 501",
    )
    .await;
    assert!(plan.iter().any(|step| step.contains("SEARCH match_key USING PRIMARY KEY (hash=?)")), "{plan:?}");
}
