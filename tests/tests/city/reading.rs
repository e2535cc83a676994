//! Finding files: one, several, page by page, by filters, by ID, by name and birth.

use std::collections::BTreeSet;

use contract::registry::v1::{
    BatchGetChildrenRequest, Category, Child, ChildState, EndChildRequest, EndReason, ExportRosterRequest,
    GetChildRequest, ListChildrenRequest, NameAndBirth, SearchChildrenRequest, SupportTier,
    search_children_request::Query,
};
use futures::TryStreamExt;
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    a_file_is_found_by_its_id_and_several_in_the_order_asked_for,
    pages_together_are_the_whole_list,
    filters_hold_together,
    a_page_token_belongs_to_its_filters,
    a_file_is_found_by_citizen_id_or_by_name_and_birth,
    an_export_holds_every_file_of_the_division,
);

async fn a_file_is_found_by_its_id_and_several_in_the_order_asked_for(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = city.children().await;
    let first = city.register(1).await;
    let second = city.register(2).await;
    let got = children
        .get_child(GetChildRequest { child: first.id.clone(), ..Default::default() })
        .await
        .unwrap()
        .into_inner();
    assert!(got.child.unwrap() == first, "the file differs from the answer of its registration");

    let ask = vec![second.id.clone(), first.id.clone(), second.id.clone()];
    let got = children
        .batch_get_children(BatchGetChildrenRequest { children: ask.clone(), ..Default::default() })
        .await
        .unwrap();
    assert_eq!(ids(&got.into_inner().children), ask);

    let nobody = Samples::request_id();
    assert_refused(
        children.get_child(GetChildRequest { child: nobody.clone(), ..Default::default() }).await,
        Code::NotFound,
        "CHILD_NOT_FOUND",
    );
    let batch = BatchGetChildrenRequest { children: vec![first.id, nobody], ..Default::default() };
    assert_refused(children.batch_get_children(batch).await, Code::NotFound, "CHILD_NOT_FOUND");
    city.close().await;
}

async fn pages_together_are_the_whole_list(backend: Backend) {
    let city = City::start(backend).await;
    let mut registered = Vec::new();
    for number in 0..23 {
        registered.push(city.register(number).await.id);
    }
    for page_size in [1, 7, 23, 500, 9_999] {
        let (listed, pages) = walk(&city, ListChildrenRequest { page_size, ..Default::default() }).await;
        assert_eq!(listed, registered, "oldest first, each once, at page size {page_size}");
        let full = usize::try_from(page_size).unwrap().min(500);
        assert!(pages <= registered.len().div_ceil(full) + 1, "{pages} pages of {page_size}");
    }
    city.close().await;
}

async fn filters_hold_together(backend: Backend) {
    let city = City::start(backend).await;
    let mut in_zouping = Samples::profile(1);
    in_zouping.household_division = "371681".into();
    let zouping = city.register_profile(in_zouping).await.id;
    let orphan = city.register(2).await.id;
    let affected = city.register(3).await.id;
    let gone = city.register(4).await.id;
    let long_ago = Samples::day(2025, 1, 10);
    city.confirm(&orphan, Category::ScatteredOrphan, long_ago).await;
    city.confirm(&affected, Category::HivAffected, long_ago).await;
    let end = EndChildRequest {
        child: gone.clone(),
        reason: EndReason::Death.into(),
        ended_on: Some(long_ago),
        ..Default::default()
    };
    city.children().await.end_child(end).await.unwrap();

    let check = async |what: &str, filter: ListChildrenRequest, expected: &[&String]| {
        let (listed, _) = walk(&city, filter).await;
        assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "{what}");
    };
    let all = ListChildrenRequest::default;
    check("active by default", all(), &[&zouping, &orphan, &affected]).await;
    check("a county", ListChildrenRequest { division: "371681".into(), ..all() }, &[&zouping]).await;
    check("a township", ListChildrenRequest { division: "371621101".into(), ..all() }, &[&orphan, &affected]).await;
    check("a city", ListChildrenRequest { division: "3716".into(), ..all() }, &[&zouping, &orphan, &affected]).await;
    check("another city", ListChildrenRequest { division: "3701".into(), ..all() }, &[]).await;
    let category = |category: Category| ListChildrenRequest { category: category.into(), ..all() };
    check("a category", category(Category::HivAffected), &[&affected]).await;
    let tier = |tier: SupportTier| ListChildrenRequest { tier: tier.into(), ..all() };
    check("a tier", tier(SupportTier::B), &[&orphan, &affected]).await;
    check("another tier", tier(SupportTier::C), &[]).await;
    let state = ListChildrenRequest { state: ChildState::Ended.into(), ..all() };
    check("a state", state, &[&gone]).await;
    let both = ListChildrenRequest { division: "371681".into(), tier: SupportTier::B.into(), ..all() };
    check("two that exclude each other", both, &[]).await;
    city.close().await;
}

async fn a_page_token_belongs_to_its_filters(backend: Backend) {
    let city = City::start(backend).await;
    for number in 0..3 {
        city.register(number).await;
    }
    let mut children = city.children().await;
    let first = ListChildrenRequest { page_size: 1, division: "3716".into(), ..Default::default() };
    let token = children.list_children(first.clone()).await.unwrap().into_inner().next_page_token;
    assert!(!token.is_empty());
    let elsewhere = ListChildrenRequest { page_token: token.clone(), division: "371621".into(), ..first.clone() };
    assert_refused(children.list_children(elsewhere).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    for forged in ["x", "AAAA", &token[1..]] {
        let forged = ListChildrenRequest { page_token: forged.to_owned(), ..first.clone() };
        assert_refused(children.list_children(forged).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    }
    city.close().await;
}

async fn a_file_is_found_by_citizen_id_or_by_name_and_birth(backend: Backend) {
    let city = City::start(backend).await;
    let profile = Samples::profile(1);
    let child = city.register_profile(profile.clone()).await;
    city.register(2).await;
    let search = async |query: Query| {
        let request = SearchChildrenRequest { query: Some(query), ..Default::default() };
        ids(&city.children().await.search_children(request).await.unwrap().into_inner().children)
    };
    let by_name = |full_name: &str, birth_date| {
        Query::NameAndBirth(NameAndBirth { full_name: full_name.to_owned(), birth_date: Some(birth_date) })
    };
    let born = profile.birth_date.unwrap();
    let only = [child.id];
    assert_eq!(search(Query::CitizenId(profile.citizen_id.clone())).await, only);
    assert_eq!(search(Query::CitizenId(profile.citizen_id.to_lowercase())).await, only);
    assert_eq!(search(by_name(&profile.full_name, born)).await, only);
    assert!(search(Query::CitizenId(Samples::profile(3).citizen_id)).await.is_empty());
    assert!(search(by_name(&profile.full_name, Samples::day(1999, 1, 1))).await.is_empty());
    assert!(search(by_name("无此人", born)).await.is_empty());
    city.close().await;
}

async fn an_export_holds_every_file_of_the_division(backend: Backend) {
    let city = City::start(backend).await;
    let mut here = Vec::new();
    for number in 0..5 {
        here.push(city.register(number).await.id);
    }
    let mut elsewhere = Samples::profile(9);
    elsewhere.household_division = "371602".into();
    let elsewhere = city.register_profile(elsewhere).await.id;
    let export = async |division: &str| {
        let request = ExportRosterRequest { division: division.to_owned() };
        let messages = city.rosters().await.export_roster(request).await.unwrap().into_inner();
        let children = messages.try_collect::<Vec<_>>().await.unwrap().into_iter().flat_map(|part| part.children);
        children.map(|child| child.id).collect::<Vec<_>>()
    };
    assert_eq!(export("371621").await, here);
    assert_eq!(export("").await, [here, vec![elsewhere]].concat());
    city.close().await;
}

fn ids(children: &[Child]) -> Vec<String> {
    children.iter().map(|child| child.id.clone()).collect()
}

/// Every child of a list, page by page, and the number of pages.
async fn walk(city: &City, first: ListChildrenRequest) -> (Vec<String>, usize) {
    let mut children = city.children().await;
    let (mut listed, mut pages) = (Vec::new(), 0);
    let mut request = first.clone();
    loop {
        let page = children.list_children(request).await.unwrap().into_inner();
        pages += 1;
        listed.extend(ids(&page.children));
        if page.next_page_token.is_empty() {
            assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len(), "a child is listed twice");
            return (listed, pages);
        }
        request = ListChildrenRequest { page_token: page.next_page_token, ..first.clone() };
    }
}
