//! The keys under which personal fields lie sealed change while the city works, and nothing of a child lies open.

use std::fs;
use std::process::{Command, Output, Stdio};

use contract::registry::v1::search_children_request::Query;
use contract::registry::v1::{Category, GetChildRequest, ListChildrenRequest, SearchChildrenRequest};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::refusal;
use tests::wait::eventually;
use tonic::Code;

both_databases!(
    keys_rotate_while_the_city_works_and_old_ones_retire,
    resealing_goes_on_after_every_kill,
    an_old_key_file_opens_nothing_new_and_the_newest_everything,
    three_categories_cannot_be_told_apart_in_the_database,
);

async fn keys_rotate_while_the_city_works_and_old_ones_retire(backend: Backend) {
    let city = City::start(backend).await;
    let request = Samples::registration(1);
    let mut children = city.children().await;
    let first = children.register_child(request.clone()).await.unwrap().into_inner();
    city.confirm(&first.child.as_ref().unwrap().id, Category::HivAffected, Samples::day(2024, 3, 1)).await;
    let active = fails(city.command(&["vault", "retire", "1"]));
    assert!(active.contains("is the active one"), "{active}");
    let unknown = fails(city.command(&["vault", "retire", "7"]));
    assert!(unknown.contains("holds no key 7"), "{unknown}");

    let mut key = 1;
    for round in 1..=3 {
        let (rotated, ()) = tokio::join!(run(city.command(&["vault", "rotate", "--json"])), async {
            for number in 0..40 {
                city.register(round * 100 + number).await;
            }
        },);
        let old = std::mem::replace(&mut key, u64_of(&json(&rotated)["key"]));
        assert_ne!(old, key);
        city.register(round * 100 + 50).await;
        let (resealed, ()) = tokio::join!(run(city.command(&["vault", "reseal", "--json"])), async {
            for number in 60..80 {
                city.register(round * 100 + number).await;
            }
        },);
        assert_eq!(json(&resealed)["unopened"], 0);
        let status = status(&city).await;
        assert_eq!(values(&status, key), (true, values(&status, key).1));
        assert_eq!(values(&status, old), (false, 0), "{status}");
        done(&run(city.command(&["vault", "retire", &old.to_string()])).await);
        let keys = fs::read_to_string(city.data().join("keys/registry.vault")).unwrap();
        assert_eq!(keys.lines().filter(|line| line.starts_with("key ")).count(), 1);
    }

    // Everything opens: files, their pasts, categories, and the reply of a repeated request.
    let listed = list(&city, ListChildrenRequest { page_size: 500, ..Default::default() }).await;
    assert_eq!(listed.len(), 1 + 3 * 61);
    let affected =
        list(&city, ListChildrenRequest { category: Category::HivAffected.into(), ..Default::default() }).await;
    assert_eq!(affected, [first.child.as_ref().unwrap().id.clone()]);
    let again = children.register_child(request).await.unwrap().into_inner();
    assert!(again == first, "a repeated request answers as at first");
    let id = Samples::profile(1).citizen_id;
    let found = children
        .search_children(SearchChildrenRequest { query: Some(Query::CitizenId(id)), ..Default::default() })
        .await
        .unwrap();
    assert_eq!(found.into_inner().children.len(), 1, "a citizen ID is found under every key");
    city.close().await;
}

async fn resealing_goes_on_after_every_kill(backend: Backend) {
    let mut city = City::start(backend).await;
    for number in 0..300 {
        city.register(number).await;
    }
    let key = u64_of(&json(&run(city.command(&["vault", "rotate", "--json"])).await)["key"]);
    for round in 0..3 {
        let mut command = city.command(&["vault", "reseal"]);
        let mut resealing = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Somewhere in the middle: the first of them as soon as anything is sealed with the new key.
        if round == 0 {
            eventually("something is sealed anew", async || (sealed_with(&city, key).await > 0).then_some(())).await;
        }
        resealing.kill().unwrap();
        resealing.wait().unwrap();
        city.kill();
        city.restart().await;
    }
    let refused = run(city.command(&["vault", "retire", "1"])).await;
    if !refused.status.success() {
        let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(sentence.contains("still sealed with key 1"), "{sentence}");
        eventually("the city seals everything anew by itself", async || {
            (values(&status(&city).await, 1) == (false, 0)).then_some(())
        })
        .await;
        done(&run(city.command(&["vault", "retire", "1"])).await);
    }
    let listed = list(&city, ListChildrenRequest { page_size: 500, ..Default::default() }).await;
    assert_eq!(listed.len(), 300);
    city.close().await;
}

async fn an_old_key_file_opens_nothing_new_and_the_newest_everything(backend: Backend) {
    let mut city = City::start(backend).await;
    let child = city.register(1).await;
    let file = city.data().join("keys/registry.vault");
    let old = fs::read_to_string(&file).unwrap();
    done(&run(city.command(&["vault", "rotate"])).await);
    done(&run(city.command(&["vault", "reseal"])).await);
    assert!(city.stop().await.success());
    let newest = fs::read_to_string(&file).unwrap();

    fs::write(&file, old).unwrap();
    city.restart().await;
    let get = async |city: &City| {
        let request = GetChildRequest { child: child.id.clone(), ..Default::default() };
        city.children().await.get_child(request).await
    };
    assert_eq!(refusal(get(&city).await).code, Code::Internal);
    let sentence = fails(city.command(&["vault", "rotate"]));
    assert!(sentence.contains("older copy"), "a second key of one number is never made: {sentence}");
    let unopened = fails(city.command(&["vault", "reseal"]));
    assert!(unopened.contains("do not open"), "{unopened}");

    // The running city takes the newest one in by itself.
    fs::write(&file, newest).unwrap();
    assert!(get(&city).await.unwrap().into_inner().child.unwrap() == child);
    city.close().await;
}

async fn three_categories_cannot_be_told_apart_in_the_database(backend: Backend) {
    let city = City::start(backend).await;
    let categories = [Category::ScatteredOrphan, Category::DeFactoUnattended, Category::HivAffected];
    let mut carriers = Vec::new();
    for number in 0..30 {
        let child = city.register(number).await.id;
        city.confirm(&child, categories[number as usize % 3], Samples::day(2024, 3, 1)).await;
        carriers.push(child);
    }
    let database = city.registry_database().await;
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS n, class, category, CAST(length(sealed) AS BIGINT) AS sealed, confirmed_on, \
               from_month, until_month FROM category_record \
               GROUP BY class, category, length(sealed), confirmed_on, from_month, until_month";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    assert_eq!(rows.len(), 1, "all open columns are the same for the three");
    assert_eq!(rows[0].try_get::<i64>("", "n").unwrap(), 30);
    assert_eq!(rows[0].try_get::<i64>("", "category").unwrap(), 0);
    database.close().await.unwrap();

    // They are found nevertheless, and pages are full however few of a class are asked for.
    for (index, category) in categories.into_iter().enumerate() {
        let of: Vec<String> = carriers.iter().skip(index).step_by(3).cloned().collect();
        for page_size in [1, 3, 10, 11] {
            let request = ListChildrenRequest { category: category.into(), page_size, ..Default::default() };
            assert_eq!(list(&city, request).await, of);
        }
    }
    city.close().await;
}

/// All pages of a list; each but the last must be full.
async fn list(city: &City, request: ListChildrenRequest) -> Vec<String> {
    let mut children = city.children().await;
    let mut request = request;
    let mut listed = Vec::new();
    loop {
        let page = children.list_children(request.clone()).await.unwrap().into_inner();
        let rows = page.children.len();
        listed.extend(page.children.into_iter().map(|child| child.id));
        if page.next_page_token.is_empty() {
            return listed;
        }
        assert_eq!(rows, usize::try_from(request.page_size).unwrap(), "a page before the last is full");
        request.page_token = page.next_page_token;
    }
}

async fn status(city: &City) -> Value {
    json(&run(city.command(&["vault", "status", "--json"])).await)
}

async fn sealed_with(city: &City, key: u64) -> u64 {
    values(&status(city).await, key).1
}

/// Whether a key is the active one, and how many values it seals.
fn values(status: &Value, key: u64) -> (bool, u64) {
    let found = status["keys"].as_array().unwrap().iter().find(|row| row["key"] == key);
    found.map_or((false, 0), |row| (row["active"].as_bool().unwrap(), u64_of(&row["values"])))
}

fn u64_of(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Runs a command while other things go on.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn done(output: &Output) -> String {
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}\n{error}", output.status);
    said.into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&done(output)).unwrap()
}

fn fails(mut command: Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let error = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(1), "{error}");
    assert!(!error.contains("panicked") && error.lines().count() == 1, "{error}");
    error
}
