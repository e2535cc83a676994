//! Every table whose rows are of a child is known to erasure.

use registry::store::erasing::OF_CHILDREN;
use sea_orm::{ConnectionTrait as _, Database, Statement};

use crate::office::Office;

#[tokio::test]
async fn every_table_of_children_is_erased() {
    let office = Office::open().await;
    let database = Database::connect(format!("sqlite://{}", office.database_file().display())).await.unwrap();
    let columns = "SELECT m.name AS \"table\", c.name AS \"column\" FROM sqlite_master m \
                   JOIN pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND c.name IN ('child_id', 'member_id', 'subject')";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), columns)).await.unwrap();
    let mut found = 0;
    for row in rows {
        let (table, column): (String, String) = (row.try_get("", "table").unwrap(), row.try_get("", "column").unwrap());
        // An entry of the ledger is of a migrant child, and only lets go of the file.
        if table != "migrant" {
            found += 1;
            let known = OF_CHILDREN.contains(&(table.as_str(), column.as_str()));
            assert!(known, "{table}.{column} is of a child: it must stand in OF_CHILDREN, or erasure leaves it");
        }
    }
    assert_eq!(found, OF_CHILDREN.len() - 1, "each table of the list is in the schema, and the file's own besides");
}
