//! The services over a journal on SQLite: what is asked is decided, written, told and read again.

use crate::office::{Office, asked, day, identified, profile, reason};
use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::roster_service_server::RosterService as _;
use contract::registry::v1::search_children_request::Query;
use futures::TryStreamExt as _;
use futures::future::join_all;
use messaging::journal::RequestKey;
use prost::Message as _;
use registry::app::import_roster::{Mode, RosterImport};
use registry::domain::roster::{Reason, Report};
use tonic::Code;

#[tokio::test]
async fn twins_have_two_files_and_a_second_registration_is_told_nothing() {
    let office = Office::open().await;
    let one = office.register(identified("371699201205170039")).await;
    let other = office.register(identified("371699201205170055")).await;
    assert_ne!(one.id, other.id);
    let refused = office.try_register(identified("371699201205170039")).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::AlreadyExists, "CHILD_ALREADY_REGISTERED".to_owned()));
    let wrong = v1::ChildProfile { citizen_id: "371699201205170038".to_owned(), ..identified("371699201205170039") };
    let refused = office.try_register(wrong).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::InvalidArgument, "ID_CHECK_DIGIT".to_owned()));
    assert_eq!(office.event_types().await, ["registry.child.registered"; 2]);
}

#[tokio::test]
async fn what_is_read_is_what_was_answered() {
    let office = Office::open().await;
    let children = join_all((0..40).map(|_| office.register(profile()))).await;
    let confirmed = office.confirm(&children[3].id, v1::Category::HivAffected, day(2024, 10, 31)).await;
    assert_eq!(office.get(&children[3].id).await, confirmed);
    let read = join_all(children.iter().map(|child| office.get(&child.id))).await;
    assert!(read.iter().zip(&children).filter(|(read, child)| read != child).count() == 1);
    let ids: Vec<String> = children.iter().rev().map(|child| child.id.clone()).collect();
    let request = asked(v1::BatchGetChildrenRequest { children: ids.clone(), ..Default::default() });
    let batch = office.children.batch_get_children(request).await.unwrap().into_inner().children;
    assert_eq!(batch.iter().map(|child| child.id.clone()).collect::<Vec<_>>(), ids);
    let missing =
        asked(v1::GetChildRequest { child: "0198b2f0-0000-7000-8000-000000000001".to_owned(), ..Default::default() });
    let refused = office.children.get_child(missing).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "CHILD_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names() {
    let office = Office::open().await;
    let child = office.register(identified("371699201205170039")).await;
    let twin = office.register(identified("371699201205170055")).await;
    let update = |etag: &str, profile: v1::ChildProfile, paths: &[&str]| v1::UpdateChildRequest {
        child: child.id.clone(),
        etag: etag.to_owned(),
        profile: Some(profile),
        update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        ..Default::default()
    };
    let phone = v1::ChildProfile { phone: " 19911112222 ".to_owned(), ..Default::default() };
    let changed = office.update(update(&child.etag, phone.clone(), &["phone"])).await.unwrap();
    let expected = v1::ChildProfile { phone: "19911112222".to_owned(), ..child.profile.clone().unwrap() };
    assert!(changed.profile.as_ref() == Some(&expected));
    assert_eq!(office.get(&child.id).await, changed);

    let again = office.update(update("", phone.clone(), &["phone"])).await.unwrap();
    assert_eq!(again.etag, changed.etag, "the same value is no change");
    let refused = async |request| reason(&office.update(request).await.unwrap_err());
    assert_eq!(refused(update(&child.etag, phone.clone(), &["phone"])).await, "ETAG_MISMATCH");
    let taken = v1::ChildProfile { citizen_id: twin.profile.unwrap().citizen_id, ..Default::default() };
    assert_eq!(refused(update("", taken, &["citizen_id"])).await, "CHILD_ALREADY_REGISTERED");
    let nameless = v1::ChildProfile::default();
    assert_eq!(refused(update("", nameless.clone(), &["full_name"])).await, "INVALID_FIELDS");
    for path in ["*", "household_division", "nickname"] {
        assert_eq!(refused(update("", nameless.clone(), &[path])).await, "INVALID_FIELDS", "{path}");
    }
    assert_eq!(refused(update("", nameless, &[])).await, "INVALID_FIELDS");
    assert_eq!(office.event_types().await.last().unwrap(), "registry.child.updated");
}

#[tokio::test]
async fn a_merge_moves_the_citizen_id_and_the_categories() {
    let office = Office::open().await;
    let stays = office.register(profile()).await;
    let other = office.register(identified("371699201205170039")).await;
    office.confirm(&other.id, v1::Category::KeyDifficulty, day(2024, 10, 31)).await;
    let request =
        v1::MergeChildrenRequest { child: stays.id.clone(), merged_child: other.id.clone(), ..Default::default() };
    let merged = office.children.merge_children(asked(request)).await.unwrap().into_inner().child.unwrap();
    assert_eq!(merged.profile.as_ref().unwrap().citizen_id, "371699201205170039");
    assert_eq!(merged.categories[0].category(), v1::Category::KeyDifficulty);
    assert_eq!(office.get(&stays.id).await, merged);
    let closed = office.get(&other.id).await;
    assert_eq!((closed.state(), closed.merged_into.as_str()), (v1::ChildState::Merged, stays.id.as_str()));
    let found = office.search(Query::CitizenId("371699201205170039".to_owned())).await;
    assert_eq!(found, [merged]);
    let again = office.try_register(identified("371699201205170039")).await.unwrap_err();
    assert_eq!(again.code(), Code::AlreadyExists);
    let types = office.event_types().await;
    let told = ["registry.child.merged", "registry.category.ended", "registry.category.confirmed"];
    assert_eq!(types[types.len() - 3..], told);
}

#[tokio::test]
async fn a_file_ends_with_its_categories_and_changes_no_more() {
    let office = Office::open().await;
    let child = office.register(profile()).await;
    office.confirm(&child.id, v1::Category::KeyDifficulty, day(2024, 5, 17)).await;
    let confirmed = office.confirm(&child.id, v1::Category::Disabled, day(2024, 5, 17)).await;
    let reclassify = v1::ReclassifyCategoryRequest {
        child: child.id.clone(),
        record: confirmed.categories[0].id.clone(),
        category: v1::Category::DeFactoUnattended.into(),
        confirmed_on: Some(day(2024, 8, 1)),
        ..Default::default()
    };
    office.categories.reclassify_category(asked(reclassify)).await.unwrap();
    let end = |reason: v1::EndReason| v1::EndChildRequest {
        child: child.id.clone(),
        reason: reason.into(),
        ended_on: Some(day(2024, 12, 1)),
        ..Default::default()
    };
    let refused = office.children.end_child(asked(end(v1::EndReason::Adulthood))).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_YET_ADULT");
    let request = asked(end(v1::EndReason::Adoption));
    let ended = office.children.end_child(request).await.unwrap().into_inner().child.unwrap();
    assert_eq!(ended.state(), v1::ChildState::Ended);
    assert_eq!(office.get(&child.id).await, ended);
    assert!(ended.categories.iter().all(|record| record.until_month.is_some()));
    let refused = office.children.end_child(asked(end(v1::EndReason::Death))).await.unwrap_err();
    assert_eq!(reason(&refused), "CHILD_NOT_ACTIVE");
    let types = office.event_types().await;
    assert_eq!(
        types[3..],
        [
            "registry.category.reclassified",
            "registry.child.ended",
            "registry.category.ended",
            "registry.category.ended"
        ]
    );
}

#[tokio::test]
async fn lists_hold_what_their_filters_name() {
    let office = Office::open().await;
    let at = |division: &str| v1::ChildProfile { household_division: division.to_owned(), ..profile() };
    let huimin = office.register(at("371621")).await.id;
    let township = office.register(at("371621001")).await.id;
    let zouping = office.register(at("371681")).await.id;
    office.confirm(&zouping, v1::Category::HivAffected, day(2024, 11, 30)).await;
    office.confirm(&township, v1::Category::ScatteredOrphan, day(2024, 12, 1)).await;
    let list = async |request: v1::ListChildrenRequest| {
        let page = office.children.list_children(asked(request)).await.unwrap().into_inner();
        page.children.into_iter().map(|child| child.id).collect::<Vec<_>>()
    };
    let in_division = |division: &str| v1::ListChildrenRequest { division: division.to_owned(), ..Default::default() };
    assert_eq!(list(in_division("")).await, [huimin.clone(), township.clone(), zouping.clone()]);
    assert_eq!(list(in_division("3716")).await.len(), 3);
    assert_eq!(list(in_division("371621")).await, [huimin.clone(), township.clone()]);
    assert_eq!(list(in_division("371621001")).await, [township.as_str()]);
    let tier = v1::ListChildrenRequest { tier: v1::SupportTier::B.into(), ..Default::default() };
    assert_eq!(list(tier.clone()).await, [zouping.as_str()], "the other counts from January");
    office.clock.set(kernel::time::start_of_day_shanghai(kernel::time::parse_iso("2025-01-01").unwrap()));
    assert_eq!(list(tier.clone()).await, [township.clone(), zouping.clone()]);
    let both = v1::ListChildrenRequest { category: v1::Category::ScatteredOrphan.into(), ..tier };
    assert_eq!(list(both).await, [township.as_str()]);

    let page = |token: String, division: &str| v1::ListChildrenRequest {
        page_size: 2,
        page_token: token,
        ..in_division(division)
    };
    let first = office.children.list_children(asked(page(String::new(), ""))).await.unwrap().into_inner();
    assert_eq!(first.children.len(), 2);
    let request = asked(page(first.next_page_token.clone(), ""));
    let second = office.children.list_children(request).await.unwrap().into_inner();
    assert_eq!((second.children[0].id.clone(), second.next_page_token), (zouping, String::new()));
    let other = asked(page(first.next_page_token, "3716"));
    let refused = office.children.list_children(other).await.unwrap_err();
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn a_file_is_found_by_name_and_birth_whatever_the_spaces() {
    let office = Office::open().await;
    let child = office.register(profile()).await;
    let query = |full_name: &str| {
        Query::NameAndBirth(v1::NameAndBirth { full_name: full_name.to_owned(), birth_date: profile().birth_date })
    };
    assert_eq!(office.search(query("王 小明\u{3000}")).await, [child]);
    assert_eq!(office.search(query("王小亮")).await, []);
    let nobody = Query::CitizenId("371699200706100026".to_owned());
    assert_eq!(office.search(nobody).await, []);
}

#[tokio::test]
async fn a_repeated_request_answers_the_first_result_and_nothing_lies_open() {
    let office = Office::open().await;
    let request = v1::RegisterChildRequest {
        request_id: "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11".to_owned(),
        profile: Some(identified("371699201205170039")),
    };
    let first = office.children.register_child(asked(request.clone())).await.unwrap().into_inner();
    let again = office.children.register_child(asked(request)).await.unwrap().into_inner();
    assert_eq!(first.encode_to_vec(), again.encode_to_vec());
    assert_eq!(office.event_types().await.len(), 1);
    let profile = first.child.unwrap().profile.unwrap();
    let stored = office.stored_bytes();
    for secret in
        [&profile.full_name, &profile.citizen_id, &profile.phone, &profile.guardian_name, &profile.bank_account]
    {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!secret.is_empty() && !found, "a personal text lies in the database as it is");
    }
}

#[tokio::test]
async fn a_roster_registers_its_children_once() {
    let office = Office::open().await;
    let roster = crate::office::project("deploy/sample/roster.xlsx");
    let roster = registry::workbook::read::<v1::RosterRow>(&roster).unwrap();
    let take = async |mode| {
        let day = roster.reference_date.unwrap();
        let mut import = RosterImport::new(office.application.clone(), day, mode, RequestKey::none("ImportRoster"));
        for rows in roster.rows.chunks(300) {
            import.take(&v1::RosterRows { rows: rows.to_vec() }).await.unwrap();
        }
        import.finish().await.unwrap().0
    };
    let count = |report: &Report, reason: Reason| {
        report.rejections.iter().filter(|(_, remark)| remark.reason == reason).count()
    };

    let checked = take(Mode::ValidateOnly).await;
    assert_eq!((checked.accepted, checked.registered), (2_297, 0));
    assert_eq!(office.event_types().await.len(), 0, "a check registers nobody");

    let first = take(Mode::Register).await;
    assert_eq!((first.rows, first.accepted, first.registered), (2_400, 2_297, 2_297));
    assert_eq!(count(&first, Reason::DuplicateInFile), 24);
    let types = office.event_types().await;
    let of = |kind: &str| types.iter().filter(|other| *other == kind).count();
    assert_eq!(of("registry.child.registered"), 2_297);
    let categories: u32 = first.by_category.values().sum();
    assert_eq!(of("registry.category.confirmed"), categories as usize);

    let second = take(Mode::Register).await;
    assert_eq!((second.rows, second.accepted, second.registered), (2_400, 16, 0));
    assert_eq!(count(&second, Reason::AlreadyRegistered), 2_281);
    assert_eq!(count(&second, Reason::DuplicateInFile), 24);
    assert_eq!(second.warnings.len(), 16);
    assert_eq!(office.event_types().await.len(), types.len(), "a second import tells nothing");
    assert_eq!(take(Mode::ValidateOnly).await, second);

    let request = asked(v1::ExportRosterRequest { division: String::new() });
    let parts: Vec<_> = office.rosters.export_roster(request).await.unwrap().into_inner().try_collect().await.unwrap();
    assert!(parts.iter().all(|part| part.children.len() <= 200));
    assert_eq!(parts.iter().map(|part| part.children.len()).sum::<usize>(), 2_297);
}

#[tokio::test]
async fn a_roster_that_was_broken_off_goes_on_where_it_was() {
    let office = Office::open().await;
    let roster = crate::office::project("deploy/sample/roster.xlsx");
    let roster = registry::workbook::read::<v1::RosterRow>(&roster).unwrap();
    let header = v1::RosterHeader::default();
    let whole = RequestKey::of("CA", "ImportRoster", "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11", &header).unwrap();
    let take = async |parts: usize| {
        let day = roster.reference_date.unwrap();
        let mut import = RosterImport::new(office.application.clone(), day, Mode::Register, whole.clone());
        for rows in roster.rows.chunks(300).take(parts) {
            import.take(&v1::RosterRows { rows: rows.to_vec() }).await.unwrap();
        }
        import.finish().await.unwrap()
    };
    let (broken_off, _) = take(3).await;
    let (report, resumed) = take(8).await;
    assert_eq!((report.rows, report.accepted, resumed), (2_400, 2_297, 900));
    assert_eq!(report.registered, 2_297 - broken_off.registered);
    assert_eq!(report.rejections.len(), 24 + 2_400 - 24 - 2_297, "as if it had never been broken off");
    let (again, resumed) = take(8).await;
    assert_eq!((again.accepted, again.registered, resumed), (2_297, 0, 2_400));

    let mut import =
        RosterImport::new(office.application.clone(), roster.reference_date.unwrap(), Mode::Register, whole.clone());
    import.take(&v1::RosterRows { rows: roster.rows[1..301].to_vec() }).await.unwrap();
    assert_eq!(import.finish().await.unwrap_err().reason, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn a_roster_that_is_too_long_is_refused() {
    let office = Office::open().await;
    let day = kernel::time::date(2024, 12, 12).unwrap();
    let key = RequestKey::none("ImportRoster");
    let mut import = RosterImport::new(office.application.clone(), day, Mode::ValidateOnly, key);
    let rows = |number| v1::RosterRows { rows: vec![v1::RosterRow::default(); number] };
    for _ in 0..5 {
        import.take(&rows(10_000)).await.unwrap();
    }
    let refused = import.take(&rows(1)).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (kernel::ErrorCode::InvalidArgument, "ROSTER_TOO_LONG"));
    let (report, _) = import.finish().await.unwrap();
    assert_eq!((report.rows, report.accepted), (50_000, 0));
}
