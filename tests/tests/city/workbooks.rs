//! The offices' workbooks: forms to fill in, rows that come in once, faults told by row, and files that can be read again.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use contract::registry::v1::workbook_service_client::WorkbookServiceClient;
use contract::registry::v1::{GetTemplateRequest, ListMigrantsRequest, MigrantRow, VisitRow, WorkbookKind, WorkerRow};
use registry::workbook::{self, Row, Workbook, Writer};
use serde_json::{Value, json};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples, citizen_id};
use tests::wait::eventually;

both_databases!(
    workers_and_their_visits_come_in_and_go_out,
    the_ledger_comes_in_and_goes_out,
    children_go_out_as_the_roster_they_came_in_with,
    a_check_alone_records_nothing,
    an_import_that_is_killed_goes_on_where_it_was,
    a_form_is_given_out,
);

const COUNTY: &str = "惠民县";

/// A township of the county with two of its villages, by their names.
static PLACE: LazyLock<(String, [String; 2])> = LazyLock::new(|| {
    let divisions = include_str!("../../../deploy/divisions/3716.csv");
    let divisions = kernel::DivisionDirectory::from_csv(divisions).unwrap();
    let name = |code: &str| divisions.name_of(code.parse().unwrap()).unwrap().to_owned();
    let villages = divisions.children_of("371621101".parse().unwrap());
    (name("371621101"), [name(villages[0].as_str()), name(villages[1].as_str())])
});

fn worker(number: i32, name: &str, role: &str, village: &str) -> WorkerRow {
    WorkerRow {
        number,
        full_name: name.to_owned(),
        phone: format!("1380000{number:04}"),
        role: role.to_owned(),
        county: COUNTY.to_owned(),
        township: PLACE.0.clone(),
        village: village.to_owned(),
        from: "2024年1月1日".to_owned(),
        ..WorkerRow::default()
    }
}

fn visit(number: i32, child: &contract::registry::v1::ChildProfile, on: &str) -> VisitRow {
    VisitRow {
        number,
        child_name: child.full_name.clone(),
        citizen_id: child.citizen_id.clone(),
        visited_on: on.to_owned(),
        worker_name: "督导甲".to_owned(),
        kind: "入户走访".to_owned(),
        guardianship: "监护良好".to_owned(),
        risk: "无风险".to_owned(),
        ..VisitRow::default()
    }
}

/// The `number`th child of a survey.
fn migrant(number: u32) -> MigrantRow {
    let part = |size: u32, parts: u32| i32::try_from(number / size % parts).expect("a small remainder");
    let born = Samples::day(2015 + part(8_400, 2), 1 + part(28, 12), 1 + part(1, 28));
    MigrantRow {
        number: i32::try_from(number + 1).unwrap(),
        full_name: format!("流童{number:05}"),
        citizen_id: citizen_id(born, number / 336 % 25),
        birth_date: format!("{}-{:02}-{:02}", born.year, born.month, born.day),
        registration_county: "370102".to_owned(),
        county: COUNTY.to_owned(),
        township: PLACE.0.clone(),
        arrived_on: "2024-03-01".to_owned(),
        school: "实验小学".to_owned(),
        sources: "学校排查、网格员".to_owned(),
        surveyed_on: "2024-09-01".to_owned(),
        ..MigrantRow::default()
    }
}

/// A file with these rows in the city's folder.
fn file<R: Row>(city: &City, name: &str, rows: &[R]) -> PathBuf {
    let path = city.folder().join(name);
    let mut writer = Writer::new(R::KIND, kernel::time::date(2024, 12, 12).unwrap()).unwrap();
    rows.iter().for_each(|row| writer.add(row).unwrap());
    writer.save(&path).unwrap();
    path
}

fn run(city: &City, arguments: &[&str]) -> Value {
    let output = city.command(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn import(city: &City, file: &Path, options: &[&str]) -> Value {
    run(city, &[&["import", file.to_str().unwrap(), "--json"], options].concat())
}

fn export(city: &City, kind: &str, options: &[&str]) -> Workbook {
    let file = city.folder().join(format!("{kind}-out.xlsx"));
    run(city, &[&["export", kind, file.to_str().unwrap(), "--json"], options].concat());
    Workbook::open(&file).unwrap()
}

/// Rows, accepted, recorded, resumed.
fn counts(imported: &Value) -> [i64; 4] {
    ["rows", "accepted", "recorded", "resumed"].map(|count| imported[count].as_i64().unwrap())
}

/// Row, column and reason of each rejection.
fn rejections(imported: &Value) -> Vec<(i64, String, String)> {
    let text = |remark: &Value, field: &str| remark[field].as_str().unwrap().to_owned();
    let rejected = imported["rejected"].as_array().unwrap().iter();
    rejected.map(|remark| (remark["row"].as_i64().unwrap(), text(remark, "column"), text(remark, "reason"))).collect()
}

fn rejection(row: i64, column: &str, reason: &str) -> (i64, String, String) {
    (row, column.to_owned(), reason.to_owned())
}

async fn workers_and_their_visits_come_in_and_go_out(backend: Backend) {
    let city = City::start(backend).await;
    let (_, [village, other]) = &*PLACE;
    let child = city.register(1).await.profile.unwrap();

    let trained = WorkerRow {
        trained_on: "2024-03-10".to_owned(),
        training_hours: "8".to_owned(),
        training_topic: "儿童权益保护".to_owned(),
        guide_version: "2024".to_owned(),
        acknowledged_on: "2024/2/1".to_owned(),
        ..worker(1, "主任乙", "儿童主任", village)
    };
    let rows = [
        trained.clone(),
        worker(2, "督导甲", "儿童督导员", ""),
        worker(3, "主任丙", "儿童主任", village),
        worker(4, "主任丁", "儿童主任", ""),
        worker(5, "主任戊", "主任", other),
        WorkerRow { training_hours: "8".to_owned(), ..worker(6, "主任己", "儿童主任", other) },
        WorkerRow { from: "不详".to_owned(), full_name: String::new(), ..worker(7, "", "儿童主任", "无此村") },
    ];
    let workers = file(&city, "workers.xlsx", &rows);
    let imported = import(&city, &workers, &[]);
    assert_eq!(counts(&imported), [7, 2, 2, 0]);
    let expected = [
        rejection(3, "", "POST_TAKEN"),
        rejection(4, "村(居)", "DIVISION_LEVEL"),
        rejection(5, "岗位", "TERM_UNKNOWN"),
        rejection(6, "培训日期", "VALUE_MISSING"),
        rejection(6, "培训内容", "VALUE_MISSING"),
        rejection(7, "姓名", "VALUE_MISSING"),
        rejection(7, "村(居)", "UNKNOWN_DIVISION"),
        rejection(7, "任职日期", "DATE_INVALID"),
    ];
    assert_eq!(rejections(&imported), expected);
    assert_eq!(counts(&import(&city, &workers, &[])), [7, 2, 0, 7], "the same file is the same import");
    let told = city.event_log().await.len();
    assert_eq!(counts(&import(&city, &workers, &["--afresh"])), [7, 2, 0, 0], "what stands is not recorded again");
    assert_eq!(city.event_log().await.len(), told);

    let exported = export(&city, "workers", &["--division", "371621"]).rows::<WorkerRow>().unwrap().rows;
    let director = exported.iter().find(|row| row.full_name == "主任乙").unwrap();
    assert!(!director.worker.is_empty());
    let expected = WorkerRow {
        number: director.number,
        worker: director.worker.clone(),
        from: "2024-01-01".to_owned(),
        acknowledged_on: "2024-02-01".to_owned(),
        ..trained
    };
    assert_eq!(*director, expected);
    let again = file(&city, "workers-again.xlsx", &exported);
    assert_eq!(counts(&import(&city, &again, &[])), [2, 2, 0, 0]);

    let rows = [
        visit(1, &child, "2024-05-17"),
        VisitRow { child_name: "别的名字".to_owned(), ..visit(2, &child, "2024-05-18") },
        VisitRow { worker_name: "无此人".to_owned(), ..visit(3, &child, "2024-05-18") },
        VisitRow { kind: "喝茶".to_owned(), risk: String::new(), ..visit(4, &child, "2999-01-01") },
        VisitRow { citizen_id: citizen_id(Samples::day(2013, 1, 1), 1), ..visit(5, &child, "2024-05-18") },
        visit(6, &child, "2999-01-01"),
        VisitRow { notes: "长".repeat(2_001), ..visit(7, &child, "2024-05-19") },
        visit(8, &child, "2024-5-17"),
        VisitRow {
            kind: "电话或视频联系".to_owned(), notes: "家中平安".to_owned(), ..visit(9, &child, "2024-05-17")
        },
        VisitRow { notes: "另一种说法".to_owned(), ..visit(10, &child, "2024-05-17") },
    ];
    let visits = file(&city, "visits.xlsx", &rows);
    let imported = import(&city, &visits, &[]);
    assert_eq!(counts(&imported), [10, 3, 2, 0], "row 8 says what row 1 says");
    let expected = [
        rejection(2, "儿童姓名", "NAME_DIFFERS"),
        rejection(3, "走访人", "WORKER_NOT_FOUND"),
        rejection(4, "风险情况", "VALUE_MISSING"),
        rejection(4, "走访方式", "TERM_UNKNOWN"),
        rejection(5, "身份证号", "CHILD_NOT_FOUND"),
        rejection(6, "走访日期", "DATE_OUT_OF_RANGE"),
        rejection(7, "走访记录", "TEXT_TOO_LONG"),
        rejection(10, "", "VISIT_ID_REUSED"),
    ];
    assert_eq!(rejections(&imported), expected);
    let exported = export(&city, "visits", &["--month", "2024-05"]).rows::<VisitRow>().unwrap().rows;
    assert_eq!(exported.len(), 2);
    assert!(exported.iter().all(|row| row.citizen_id == child.citizen_id && row.worker_name == "督导甲"));
    assert_eq!(exported.iter().filter(|row| row.notes == "家中平安").count(), 1);
    let again = file(&city, "visits-again.xlsx", &exported);
    assert_eq!(counts(&import(&city, &again, &[])), [2, 2, 0, 0]);
    assert_eq!(export(&city, "visits", &["--month", "2024-06"]).rows::<VisitRow>().unwrap().rows, []);
    city.close().await;
}

async fn the_ledger_comes_in_and_goes_out(backend: Backend) {
    let city = City::start(backend).await;
    let rows = [
        migrant(0),
        migrant(1),
        MigrantRow { number: 3, ..migrant(0) },
        MigrantRow { citizen_id: "371699201501020018".to_owned(), ..migrant(3) },
        MigrantRow {
            registration_county: "阳信县".to_owned(), special_reason: "失学辍学".to_owned(), ..migrant(4)
        },
        MigrantRow { registration_county: "999".to_owned(), sources: "听说".to_owned(), ..migrant(5) },
        MigrantRow { away_since: "2024-04-01".to_owned(), ..migrant(6) },
        MigrantRow { arrived_on: "2014-01-01".to_owned(), ..migrant(7) },
        MigrantRow { township: String::new(), village: "某村".to_owned(), ..migrant(8) },
    ];
    let migrants = file(&city, "migrants.xlsx", &rows);
    let imported = import(&city, &migrants, &[]);
    assert_eq!(counts(&imported), [9, 4, 3, 0], "row 3 says what row 1 says");
    let expected = [
        rejection(4, "身份证号", "ID_CHECK_DIGIT"),
        rejection(6, "户籍县(市、区)", "UNKNOWN_DIVISION"),
        rejection(6, "排查渠道", "TERM_UNKNOWN"),
        rejection(7, "离开户籍地日期", "AWAY_SINCE_AFTER_ARRIVAL"),
        rejection(8, "来本地日期", "DATE_OUT_OF_RANGE"),
        rejection(9, "居住乡镇(街道)", "VALUE_MISSING"),
    ];
    assert_eq!(rejections(&imported), expected);
    let exported = export(&city, "migrants", &["--division", "371621"]).rows::<MigrantRow>().unwrap().rows;
    let numbered = |number, row: &MigrantRow| MigrantRow { number, sex: String::new(), ..row.clone() };
    let told: Vec<MigrantRow> = exported.iter().map(|row| numbered(row.number, row)).collect();
    assert_eq!(told, [numbered(1, &rows[0]), numbered(2, &rows[1]), numbered(3, &rows[4])]);
    let events = city.event_log().await.len();
    let again = file(&city, "migrants-again.xlsx", &exported);
    assert_eq!(counts(&import(&city, &again, &[])), [3, 3, 0, 0]);
    assert_eq!(city.event_log().await.len(), events, "what is known is not told again");
    assert_eq!(export(&city, "migrants", &["--division", "371602"]).rows::<MigrantRow>().unwrap().rows, []);
    city.close().await;
}

async fn children_go_out_as_the_roster_they_came_in_with(backend: Backend) {
    let city = City::start(backend).await;
    let roster = tests::tools::fixture("roster.xlsx");
    let first = import(&city, &roster, &[]);
    assert_eq!(counts(&first), [2_400, 2_297, 2_297, 0]);
    let second = import(&city, &roster, &[]);
    assert_eq!(counts(&second), [2_400, 2_297, 0, 2_400]);
    assert_eq!(second["rejected"], first["rejected"], "the report is that of the import");

    let exported = export(&city, "children", &[]);
    let rows = exported.rows::<contract::registry::v1::RosterRow>().unwrap().rows;
    assert_eq!(rows.len(), 2_297);
    let again = import(&city, &file(&city, "children-again.xlsx", &rows), &["--validate-only"]);
    let faults: Vec<_> =
        rejections(&again).into_iter().filter(|(_, _, reason)| reason != "ALREADY_REGISTERED").collect();
    assert_eq!(faults, [], "every row is a sound one");
    city.close().await;
}

async fn a_check_alone_records_nothing(backend: Backend) {
    let city = City::start(backend).await;
    let (_, [village, _]) = &*PLACE;
    let rows = [worker(1, "主任乙", "儿童主任", village), worker(2, "主任丙", "儿童主任", village)];
    let checked = import(&city, &file(&city, "workers.xlsx", &rows), &["--validate-only"]);
    assert_eq!(counts(&checked), [2, 1, 0, 0]);
    assert_eq!(rejections(&checked), [rejection(2, "", "POST_TAKEN")], "as if row 1 had been recorded");
    assert!(city.event_log().await.is_empty());
    city.close().await;
}

async fn an_import_that_is_killed_goes_on_where_it_was(backend: Backend) {
    let options = CityOptions::default().set("exchange.repair_interval_seconds", "1");
    let mut city = City::start_with(backend, options).await;
    let rows: Vec<MigrantRow> = (0..1_200).map(migrant).collect();
    let path = file(&city, "migrants.xlsx", &rows);
    let mut command = city.command(&["import", path.to_str().unwrap(), "--json"]);
    let mut process = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    eventually("a part is recorded", async || (!city.event_log().await.is_empty()).then_some(())).await;
    process.kill().unwrap();
    process.wait().unwrap();
    city.kill();
    city.restart().await;

    let [rows, accepted, recorded, resumed] = counts(&import(&city, &path, &[]));
    assert_eq!((rows, accepted), (1_200, 1_200), "the report is that of an import that was never broken off");
    assert_eq!(recorded + resumed, 1_200);
    assert!(resumed >= 200, "at least the part that was seen is not judged again");
    let mut migrants = city.migrants("CA").await;
    let mut listed = 0;
    let mut token = String::new();
    loop {
        let request = ListMigrantsRequest { page_size: 500, page_token: token, ..Default::default() };
        let page = migrants.list_migrants(request).await.unwrap().into_inner();
        listed += page.migrants.len();
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, 1_200, "nobody is entered twice");
    city.close().await;
}

async fn a_form_is_given_out(backend: Backend) {
    let city = City::start(backend).await;
    let mut service = WorkbookServiceClient::new(city.channel("CA").await);
    for kind in [WorkbookKind::Children, WorkbookKind::Migrants, WorkbookKind::Visits, WorkbookKind::Workers] {
        let answer = service.get_template(GetTemplateRequest { kind: kind.into() }).await.unwrap().into_inner();
        let path = city.folder().join(&answer.file_name);
        std::fs::write(&path, answer.content).unwrap();
        assert_eq!(Workbook::open(&path).unwrap().kind(), Some(kind));
    }
    let name = workbook::file_name(WorkbookKind::Visits);
    let output = city.command(&["template", "visits"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), name);
    assert_eq!(workbook::read::<VisitRow>(&city.folder().join(name)).unwrap().rows, []);
    let refused = city.command(&["import", "visits.xlsx", "--json"]).output().unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&refused.stdout).unwrap()["rows"],
        json!(0),
        "an empty form is no fault"
    );
    city.close().await;
}
