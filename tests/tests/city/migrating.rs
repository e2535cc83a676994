//! A database of the version before is brought to this one with all that lies in it.

use registry::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait as _;
use tests::both_databases;
use tests::city::Backend;
use tests::postgres::PostgresServer;

both_databases!(what_became_of_each_month_outlives_the_step_that_puts_months_together);

async fn connect(backend: Backend, folder: &std::path::Path) -> DatabaseConnection {
    let mut options = match backend {
        Backend::Sqlite => ConnectOptions::new(format!("sqlite://{}?mode=rwc", folder.join("registry.db").display())),
        Backend::Postgres => ConnectOptions::new(PostgresServer::shared().create_database().await),
    };
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn months(database: &DatabaseConnection) -> Vec<(String, i64, Option<String>, i64, Option<i64>)> {
    let sql = "SELECT month, visits, last_on, needs_attention, overdue_at FROM visit_month ORDER BY month";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    let value = |row: &sea_orm::QueryResult| {
        (
            row.try_get("", "month").unwrap(),
            row.try_get("", "visits").unwrap(),
            row.try_get("", "last_on").unwrap(),
            row.try_get("", "needs_attention").unwrap(),
            row.try_get("", "overdue_at").unwrap(),
        )
    };
    rows.iter().map(value).collect()
}

async fn what_became_of_each_month_outlives_the_step_that_puts_months_together(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let database = connect(backend, folder.path()).await;
    let steps = Migrator::migrations();
    let before = steps.iter().position(|step| step.name() == "m20250122_000012_long_lists").unwrap();
    Migrator::up(&database, Some(u32::try_from(before).unwrap())).await.unwrap();
    let child = match backend {
        Backend::Sqlite => "x'01980f3e00007000800000000000abcd'",
        Backend::Postgres => "'01980f3e-0000-7000-8000-00000000abcd'",
    };
    let insert = |month: &str, rest: &str| format!("INSERT INTO visit_month VALUES ({child}, '{month}', {rest})");
    database.execute_unprepared(&insert("2024-10", "2, '2024-10-31', 1, NULL")).await.unwrap();
    database.execute_unprepared(&insert("2024-09", "0, NULL, 0, 1727712000000000")).await.unwrap();

    Migrator::up(&database, None).await.unwrap();

    let known = [
        ("2024-09".to_owned(), 0, None, 0, Some(1_727_712_000_000_000)),
        ("2024-10".to_owned(), 2, Some("2024-10-31".to_owned()), 1, None),
    ];
    assert_eq!(months(&database).await, known);
    database.execute_unprepared(&insert("2024-10", "1, NULL, 0, NULL")).await.expect_err("a month has one fate");
    database.close().await.unwrap();
}
