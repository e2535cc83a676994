//! What an earlier version wrote is converted, what is sealed is found, and nothing of a child lies open.

use crate::office::{Office, asked, day, identified, profile, reason};
use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use platform::vault::{key_of, lies_current};
use prost::Message as _;
use registry::keys::KeyKeeper;
use registry::store::sealed_columns::SEALED_COLUMNS;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};
use uuid::Uuid;

const REQUEST: &str = "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11";

#[tokio::test]
async fn every_sealed_column_of_the_schema_is_known() {
    let office = Office::open().await;
    let rows = query(
        &office,
        "SELECT m.name AS \"table\", c.name AS \"column\" FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.type LIKE '%blob%'",
    )
    .await;
    let known: Vec<String> = SEALED_COLUMNS.iter().map(registry::store::sealed_columns::SealedColumn::name).collect();
    let mut found = 0;
    for row in rows {
        let (table, column): (String, String) = (row.try_get("", "table").unwrap(), row.try_get("", "column").unwrap());
        let name = format!("{table}.{column}");
        if column.contains("sealed") || name == "request.reply" {
            found += 1;
            assert!(
                known.contains(&name),
                "{name} is sealed: it must stand in SEALED_COLUMNS, or no key change finds it"
            );
        }
    }
    assert_eq!(found, known.len(), "each column of the list is in the schema");
}

#[tokio::test]
async fn rows_of_an_earlier_version_are_read_filtered_and_converted() {
    let office = Office::open().await;
    let child = office.register(identified("371699201205170039")).await;
    let request = v1::ConfirmCategoryRequest {
        request_id: REQUEST.to_owned(),
        child: child.id.clone(),
        category: v1::Category::HivAffected.into(),
        confirmed_on: Some(day(2024, 3, 1)),
        ..Default::default()
    };
    let first = office.categories.confirm_category(asked(request.clone())).await.unwrap().into_inner();
    let child = office.get(&child.id).await;
    let id: Uuid = child.id.parse().unwrap();

    // As the version before wrote all this.
    let place = [b"registry.child.sealed:", id.as_bytes().as_slice()].concat();
    let profile = child.profile.clone().unwrap();
    let part = registry::store::sealed::SealedPart {
        full_name: profile.full_name.clone(),
        citizen_id: profile.citizen_id.clone(),
        guardian_name: profile.guardian_name,
        guardian_relation: profile.guardian_relation,
        phone: profile.phone,
        bank_account: profile.bank_account,
        disability_grade: 0,
        remarks: String::new(),
        end_reason: 0,
    };
    change(&office, "UPDATE child SET sealed = ?", [office.seal_by_version_1(&place, &part.encode_to_vec()).into()])
        .await;
    change(&office, "UPDATE category_record SET sealed = NULL, class = 0, category = 4", []).await;
    let reply = office.seal_by_version_1(b"registry.reply", &first.encode_to_vec());
    let mut earlier =
        vec![0x0a, u8::try_from(reply.len() % 128).unwrap() | 0x80, u8::try_from(reply.len() / 128).unwrap()];
    earlier.extend_from_slice(&reply);
    let plain = ring::digest::digest(&ring::digest::SHA256, &request.encode_to_vec()).as_ref().to_vec();
    change(&office, "UPDATE request SET reply = ?, fingerprint = ?", [earlier.into(), plain.clone().into()]).await;

    let check = async || {
        assert_eq!(office.get(&child.id).await, child);
        assert_eq!(listed(&office, v1::Category::HivAffected).await, std::slice::from_ref(&child.id));
        assert_eq!(listed(&office, v1::Category::ScatteredOrphan).await, [""; 0]);
        let again = office.categories.confirm_category(asked(request.clone())).await.unwrap().into_inner();
        assert_eq!(again, first, "a request from before the change is still known");
        let reused = v1::ConfirmCategoryRequest { category: v1::Category::ScatteredOrphan.into(), ..request.clone() };
        let refused = office.categories.confirm_category(asked(reused)).await.unwrap_err();
        assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
    };
    check().await;
    let keeper = keeper(&office);
    let status = keeper.status().await.unwrap();
    assert_eq!(status.open.get("category_record.sealed"), Some(&1));
    assert_eq!((status.keys.len(), status.keys[0].total()), (1, 3), "a file, its duty of visits, and an earlier reply");
    let progress = keeper.reseal(|_| {}).await.unwrap();
    assert_eq!((progress.rows, progress.resealed, progress.unopened), (3, 3, 0));
    check().await;

    let row = &query(&office, "SELECT category, class, sealed FROM category_record").await[0];
    assert_eq!((row.try_get::<i64>("", "category").unwrap(), row.try_get::<i64>("", "class").unwrap()), (0, 2));
    assert!(lies_current(&row.try_get::<Vec<u8>>("", "sealed").unwrap()));
    let row = &query(&office, "SELECT sealed FROM child").await[0];
    assert!(lies_current(&row.try_get::<Vec<u8>>("", "sealed").unwrap()));
    let row = &query(&office, "SELECT fingerprint FROM request").await[0];
    assert_ne!(row.try_get::<Vec<u8>>("", "fingerprint").unwrap(), plain, "by its plain hash a request can be guessed");
    assert_eq!(keeper.reseal(|_| {}).await.unwrap().rows, 0);
}

#[tokio::test]
async fn pasts_are_sealed_anew_with_everything_else() {
    let office = Office::open().await;
    let child = office.register(profile()).await;
    let request = v1::UpdateChildRequest {
        child: child.id.clone(),
        profile: Some(v1::ChildProfile { phone: "19900001111".to_owned(), ..Default::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["phone".to_owned()] }),
        ..Default::default()
    };
    office.clock.advance(std::time::Duration::from_hours(24));
    office.update(request).await.unwrap();
    let keeper = keeper(&office);
    let key = keeper.rotate(2_025_011_000).await.unwrap();
    let needed = keeper.retire(1).await.unwrap_err().to_string();
    assert!(needed.contains("still sealed with key 1"), "{needed}");
    let progress = keeper.reseal(|_| {}).await.unwrap();
    assert_eq!((progress.rows, progress.resealed), (4, 4), "the file, its past and its duty of visits");
    keeper.retire(1).await.unwrap();
    for table in ["child", "fact"] {
        let row = &query(&office, &format!("SELECT sealed FROM {table}")).await[0];
        assert_eq!(key_of(&row.try_get::<Vec<u8>>("", "sealed").unwrap()), Some(key));
    }
    let stored = office.stored_bytes();
    for secret in [profile().full_name, profile().guardian_name, profile().phone, profile().bank_account] {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a personal text lies in the database as it is, after keys have changed");
    }
    let then = kernel::Instant::from_micros(child.create_time.unwrap().seconds * 1_000_000);
    let request = v1::GetChildRequest {
        child: child.id.clone(),
        as_of_recorded: Some(contract::date::timestamp(then)),
        ..Default::default()
    };
    let past = office.children.get_child(asked(request)).await.unwrap().into_inner().child.unwrap();
    assert_eq!(past.profile.unwrap().phone, child.profile.unwrap().phone);
}

#[tokio::test]
async fn pages_are_full_where_few_of_a_class_are_asked_for() {
    let office = Office::open().await;
    let mut wanted = Vec::new();
    for number in 0..700 {
        let child = office.register(v1::ChildProfile { full_name: format!("试童{number}"), ..profile() }).await;
        let rare = number % 350 == 349;
        let category = if rare { v1::Category::HivAffected } else { v1::Category::ScatteredOrphan };
        office.confirm(&child.id, category, day(2024, 3, 1)).await;
        if rare {
            wanted.push(child.id);
        }
    }
    assert_eq!(listed(&office, v1::Category::HivAffected).await, wanted);
    assert_eq!(listed(&office, v1::Category::ScatteredOrphan).await.len(), 698);
}

fn keeper(office: &Office) -> KeyKeeper {
    let application = &office.application;
    KeyKeeper {
        journal: application.journal.clone(),
        database: application.database.clone(),
        vault: application.vault.clone(),
    }
}

/// All pages of one file each, or of hundred.
async fn listed(office: &Office, category: v1::Category) -> Vec<String> {
    let mut request = v1::ListChildrenRequest { category: category.into(), page_size: 100, ..Default::default() };
    if category == v1::Category::HivAffected {
        request.page_size = 1;
    }
    let mut ids = Vec::new();
    loop {
        let page = office.children.list_children(asked(request.clone())).await.unwrap().into_inner();
        let rows = i32::try_from(page.children.len()).unwrap();
        ids.extend(page.children.into_iter().map(|child| child.id));
        if page.next_page_token.is_empty() {
            return ids;
        }
        assert_eq!(rows, request.page_size, "a page before the last is full");
        request.page_token = page.next_page_token;
    }
}

async fn query(office: &Office, sql: &str) -> Vec<QueryResult> {
    let reader = office.application.database.reader();
    reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await.unwrap()
}

async fn change(office: &Office, sql: &str, values: impl IntoIterator<Item = Value>) {
    let url = format!("sqlite://{}", office.database_file().display());
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await.unwrap();
    connection.close().await.unwrap();
}
