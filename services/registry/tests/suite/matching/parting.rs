//! A merge that is undone.

use contract::registry::v1;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::search_children_request::Query;
use tonic::{Code, Status};

use crate::office::{Office, asked, day, identified, profile, reason};

const ID: &str = "371699201205170039";

async fn merge(office: &Office, child: &str, merged_child: &str) -> v1::Child {
    let request = v1::MergeChildrenRequest {
        child: child.to_owned(),
        merged_child: merged_child.to_owned(),
        ..Default::default()
    };
    office.children.merge_children(asked(request)).await.unwrap().into_inner().child.unwrap()
}

async fn unmerge(office: &Office, child: &str, merged_child: &str) -> Result<v1::UnmergeChildrenResponse, Status> {
    let request = v1::UnmergeChildrenRequest {
        child: child.to_owned(),
        merged_child: merged_child.to_owned(),
        reason: "两个孩子".to_owned(),
        ..Default::default()
    };
    Ok(office.children.unmerge_children(asked(request)).await?.into_inner())
}

#[tokio::test]
async fn what_a_merge_took_over_goes_back_and_both_histories_stay() {
    let office = Office::open().await;
    let stays = office.register(profile()).await;
    let other = office.register(identified(ID)).await;
    let other = office.confirm(&other.id, v1::Category::KeyDifficulty, day(2024, 10, 31)).await;
    office.clock.advance(std::time::Duration::from_secs(1));
    let merged = merge(&office, &stays.id, &other.id).await;
    assert_eq!(merged.profile.as_ref().unwrap().citizen_id, ID);
    let between = merged.update_time;
    office.clock.advance(std::time::Duration::from_secs(1));

    let parted = unmerge(&office, &stays.id, &other.id).await.unwrap();
    let (child, restored) = (parted.child.unwrap(), parted.restored_child.unwrap());
    assert!(child.profile == stays.profile);
    assert!(restored.profile == other.profile && restored.categories == other.categories);
    assert_eq!((restored.state(), restored.merged_into.as_str()), (v1::ChildState::Active, ""));
    assert_eq!(office.get(&stays.id).await, child);
    assert_eq!(office.get(&other.id).await, restored);
    let found = office.search(Query::CitizenId(ID.to_owned())).await;
    assert_eq!(found.iter().map(|child| &child.id).collect::<Vec<_>>(), [&other.id]);

    let as_known = async |child: &str| {
        let request = v1::GetChildRequest { child: child.to_owned(), as_of_recorded: between, ..Default::default() };
        office.children.get_child(asked(request)).await.unwrap().into_inner().child.unwrap()
    };
    assert_eq!(as_known(&other.id).await.state(), v1::ChildState::Merged);
    assert_eq!(as_known(&stays.id).await.profile.unwrap().citizen_id, ID);
    let types = office.event_types().await;
    let told = ["registry.child.unmerged", "registry.category.ended", "registry.category.confirmed"];
    assert_eq!(types[types.len() - 3..], told);

    let again = merge(&office, &stays.id, &other.id).await;
    assert_eq!(again.profile.unwrap().citizen_id, ID);
    unmerge(&office, &stays.id, &other.id).await.unwrap();
}

#[tokio::test]
async fn a_merge_that_cannot_be_undone_is_refused_by_its_reason() {
    let office = Office::open().await;
    let stays = office.register(profile()).await.id;
    let other = office.register(identified(ID)).await.id;
    let third = office.register(profile()).await.id;
    let refused = async |child: &str, merged: &str| {
        let status = unmerge(&office, child, merged).await.unwrap_err();
        (status.code(), reason(&status))
    };
    assert_eq!(refused(&stays, &other).await, (Code::FailedPrecondition, "NOT_MERGED".to_owned()));
    merge(&office, &stays, &other).await;
    merge(&office, &stays, &third).await;
    assert_eq!(refused(&stays, &other).await, (Code::FailedPrecondition, "LATER_MERGE".to_owned()));
    unmerge(&office, &stays, &third).await.unwrap();
    merge(&office, &third, &stays).await;
    assert_eq!(refused(&stays, &other).await, (Code::FailedPrecondition, "SURVIVOR_MERGED".to_owned()));
    unmerge(&office, &third, &stays).await.unwrap();

    let twins_id = identified("371699201205170055");
    let correction = v1::UpdateChildRequest {
        child: stays.clone(),
        profile: Some(twins_id),
        update_mask: Some(prost_types::FieldMask { paths: vec!["citizen_id".to_owned(), "birth_date".to_owned()] }),
        ..Default::default()
    };
    office.update(correction).await.unwrap();
    let holder = office.register(identified(ID)).await;
    assert_eq!(refused(&stays, &other).await, (Code::AlreadyExists, "CITIZEN_ID_TAKEN".to_owned()));
    let twin = v1::UpdateChildRequest {
        child: holder.id,
        profile: Some(v1::ChildProfile::default()),
        update_mask: Some(prost_types::FieldMask { paths: vec!["citizen_id".to_owned()] }),
        ..Default::default()
    };
    office.update(twin).await.unwrap();
    let parted = unmerge(&office, &stays, &other).await.unwrap();
    assert_eq!(parted.child.unwrap().profile.unwrap().citizen_id, "371699201205170055", "its own by now");
    assert_eq!(parted.restored_child.unwrap().profile.unwrap().citizen_id, ID);
}
