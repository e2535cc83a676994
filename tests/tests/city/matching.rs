//! Files of one child are found, merged, and parted again where they are of two.

use contract::google::r#type::Date;
use contract::registry::v1::{
    Category, ChildProfile, ChildState, DuplicatePair, GetChildRequest, ListDuplicatesRequest, ListSupportRequest,
    MarkDifferentRequest, MatchBand, MatchLimit, MergeChildrenRequest, SearchCandidatesRequest,
    SearchCandidatesResponse, UnmarkDifferentRequest, UnmergeChildrenRequest,
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    two_files_of_one_child_are_found_and_proposed_until_they_are_marked_as_different,
    twins_are_never_proposed_as_one_child,
    a_merge_that_is_undone_leaves_every_month_as_it_was,
    a_search_looks_into_the_index,
);

async fn two_files_of_one_child_are_found_and_proposed_until_they_are_marked_as_different(backend: Backend) {
    let city = City::start(backend).await;
    let file = city.register(1).await;
    city.register(2_000).await;
    let twice = ChildProfile { citizen_id: String::new(), phone: String::new(), ..Samples::profile(1) };
    let copy = city.register_profile(twice.clone()).await;
    let found = search(&city, &twice).await;
    let ids: Vec<_> = found.candidates.iter().map(|it| it.child.as_ref().unwrap().id.as_str()).collect();
    assert_eq!(ids, [&file.id, &copy.id]);
    for candidate in &found.candidates {
        let assessment = candidate.assessment.as_ref().unwrap();
        assert_eq!(assessment.band(), MatchBand::Same);
        assert_eq!(assessment.contributions.iter().map(|it| it.points).sum::<i32>(), assessment.total);
    }
    let pairs = duplicates(&city, MatchBand::Unspecified).await;
    let [pair] = &pairs[..] else { panic!("one pair, not {}", pairs.len()) };
    assert!(pair.first.as_ref() == Some(&file) && pair.second.as_ref() == Some(&copy));

    let mut matching = city.matching().await;
    let mark = MarkDifferentRequest {
        request_id: Samples::request_id(),
        child: file.id.clone(),
        other_child: copy.id.clone(),
        reason: "同名不同人".to_owned(),
    };
    matching.mark_different(mark.clone()).await.unwrap();
    let answered = matching.mark_different(mark.clone()).await.unwrap().into_inner().mark.unwrap();
    assert!(answered.different, "the repetition is answered as the first");
    let again = MarkDifferentRequest { request_id: Samples::request_id(), ..mark };
    assert_refused(matching.mark_different(again).await, Code::FailedPrecondition, "ALREADY_MARKED_DIFFERENT");
    assert!(duplicates(&city, MatchBand::Possible).await.is_empty());
    let merge = MergeChildrenRequest {
        request_id: Samples::request_id(),
        child: file.id.clone(),
        etag: String::new(),
        merged_child: copy.id.clone(),
    };
    let refused = city.children().await.merge_children(merge.clone()).await;
    assert_refused(refused, Code::FailedPrecondition, "MARKED_DIFFERENT");
    let unmark = UnmarkDifferentRequest {
        request_id: Samples::request_id(),
        child: copy.id.clone(),
        other_child: file.id.clone(),
        reason: "查明为同一人".to_owned(),
    };
    matching.unmark_different(unmark).await.unwrap();
    assert_eq!(duplicates(&city, MatchBand::Same).await.len(), 1);
    let merge = MergeChildrenRequest { request_id: Samples::request_id(), ..merge };
    city.children().await.merge_children(merge).await.unwrap();
    assert!(duplicates(&city, MatchBand::Possible).await.is_empty());
    assert_eq!(search(&city, &twice).await.candidates.len(), 1, "the merged file is not found");
    city.close().await;
}

/// Scenario 6.
async fn twins_are_never_proposed_as_one_child(backend: Backend) {
    let city = City::start(backend).await;
    let twin = |id: &str, name: &str| ChildProfile {
        citizen_id: id.to_owned(),
        full_name: name.to_owned(),
        birth_date: Some(Samples::day(2012, 5, 17)),
        sex: 1,
        ..Samples::profile(1)
    };
    let one = city.register_profile(twin("371699201205170039", "王大双")).await;
    let other = city.register_profile(twin("371699201205170055", "王小双")).await;
    let unnumbered = ChildProfile { citizen_id: String::new(), ..twin("", "王小双") };
    let found = search(&city, &unnumbered).await.candidates;
    let of = |id: &str| {
        let candidate = found.iter().find(|it| it.child.as_ref().unwrap().id == id).unwrap();
        let assessment = candidate.assessment.as_ref().unwrap();
        (assessment.band(), assessment.limit())
    };
    assert_eq!(of(&other.id), (MatchBand::Same, MatchLimit::Unspecified));
    assert_eq!(of(&one.id), (MatchBand::Possible, MatchLimit::Twins));
    assert!(duplicates(&city, MatchBand::Likely).await.is_empty());
    let pairs = duplicates(&city, MatchBand::Possible).await;
    assert_eq!(pairs.len(), 1);
    assert_eq!(pairs[0].assessment.as_ref().unwrap().limit(), MatchLimit::DifferentCitizenIds);
    city.close().await;
}

async fn a_merge_that_is_undone_leaves_every_month_as_it_was(backend: Backend) {
    let city = City::start(backend).await;
    let foundling = ChildProfile { citizen_id: String::new(), ..Samples::profile(2) };
    let stays = city.register_profile(foundling).await;
    let other = city.register(1).await;
    city.confirm(&stays.id, Category::KeyDifficulty, Samples::day(2024, 11, 5)).await;
    city.confirm(&other.id, Category::ScatteredOrphan, Samples::day(2025, 2, 5)).await;
    let before = (months(&city, &stays.id).await, months(&city, &other.id).await);
    let mut children = city.children().await;
    let merge = MergeChildrenRequest {
        request_id: Samples::request_id(),
        child: stays.id.clone(),
        etag: String::new(),
        merged_child: other.id.clone(),
    };
    let merged = children.merge_children(merge).await.unwrap().into_inner().child.unwrap();
    assert_eq!(merged.profile.as_ref().unwrap().citizen_id, other.profile.as_ref().unwrap().citizen_id);
    let unmerge = UnmergeChildrenRequest {
        request_id: Samples::request_id(),
        child: stays.id.clone(),
        etag: merged.etag.clone(),
        merged_child: other.id.clone(),
        reason: "两个孩子".to_owned(),
    };
    let wrong = UnmergeChildrenRequest { child: other.id.clone(), merged_child: stays.id.clone(), ..unmerge.clone() };
    let wrong = UnmergeChildrenRequest { request_id: Samples::request_id(), etag: String::new(), ..wrong };
    assert_refused(children.unmerge_children(wrong).await, Code::FailedPrecondition, "NOT_MERGED");
    let parted = children.unmerge_children(unmerge.clone()).await.unwrap().into_inner();
    let restored = parted.restored_child.unwrap();
    assert!(parted.child.unwrap().profile == stays.profile && restored.profile == other.profile);
    assert_eq!(restored.state(), ChildState::Active);
    let repeated = children.unmerge_children(unmerge.clone()).await.unwrap().into_inner();
    assert!(repeated.restored_child.as_ref() == Some(&restored), "the repetition is answered as the first");
    let again = UnmergeChildrenRequest { request_id: Samples::request_id(), etag: String::new(), ..unmerge };
    assert_refused(children.unmerge_children(again).await, Code::FailedPrecondition, "NOT_MERGED");
    assert_eq!((months(&city, &stays.id).await, months(&city, &other.id).await), before);
    let request = GetChildRequest { child: other.id.clone(), as_of_recorded: merged.update_time, ..Default::default() };
    let then = children.get_child(request).await.unwrap().into_inner().child.unwrap();
    assert_eq!((then.state(), then.merged_into), (ChildState::Merged, stays.id.clone()), "as it was known then");

    let log = city.event_log().await;
    let told: Vec<_> = log.iter().rev().take(3).rev().map(|event| event.kind.as_str()).collect();
    assert_eq!(told, ["registry.child.unmerged", "registry.category.ended", "registry.category.confirmed"]);
    city.close().await;
}

async fn a_search_looks_into_the_index(backend: Backend) {
    let city = City::start(backend).await;
    city.register(1).await;
    let database = city.registry_database().await;
    let search = "SELECT child_id FROM match_key WHERE";
    let order = "GROUP BY child_id ORDER BY COUNT(hash) DESC, child_id LIMIT 501";
    let (sql, expected) = match database.get_database_backend() {
        DbBackend::Postgres => {
            // A table of one page is read as a whole unless it is forbidden.
            database.execute_unprepared("SET enable_seqscan = off").await.unwrap();
            (format!("EXPLAIN {search} hash = ANY('{{1,2,3}}'::bigint[]) {order}"), "match_key_pkey")
        }
        _ => (format!("EXPLAIN QUERY PLAN {search} hash IN (1, 2, 3) {order}"), "USING PRIMARY KEY (hash=?)"),
    };
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    let last = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(row.column_names().len() - 1).unwrap();
    let plan: Vec<String> = rows.iter().map(last).collect();
    assert!(plan.iter().any(|step| step.contains(expected)), "{plan:?}");
    database.close().await.unwrap();
    city.close().await;
}

async fn search(city: &City, profile: &ChildProfile) -> SearchCandidatesResponse {
    let request = SearchCandidatesRequest {
        full_name: profile.full_name.clone(),
        birth_date: profile.birth_date,
        sex: profile.sex,
        division: profile.household_division.clone(),
        guardian_name: profile.guardian_name.clone(),
        ..Default::default()
    };
    city.matching().await.search_candidates(request).await.unwrap().into_inner()
}

async fn duplicates(city: &City, least: MatchBand) -> Vec<DuplicatePair> {
    let (mut pairs, mut token) = (Vec::new(), String::new());
    loop {
        let request = ListDuplicatesRequest {
            page_size: 2,
            page_token: token,
            division: "371621".to_owned(),
            least_band: least.into(),
        };
        let page = city.matching().await.list_duplicates(request).await.unwrap().into_inner();
        pairs.extend(page.pairs);
        token = page.next_page_token;
        if token.is_empty() {
            return pairs;
        }
    }
}

/// What is due in 2025, month by month.
async fn months(city: &City, child: &str) -> Vec<(i32, i32, String)> {
    let request = ListSupportRequest {
        child: child.to_owned(),
        first_month: Some(Date { year: 2025, month: 1, day: 0 }),
        last_month: Some(Date { year: 2025, month: 12, day: 0 }),
        as_of_recorded: None,
    };
    let months = city.categories().await.list_support(request).await.unwrap().into_inner().months;
    months.into_iter().map(|due| (due.month.unwrap().month, due.tier, due.county)).collect()
}
