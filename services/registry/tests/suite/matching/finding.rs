//! Files are found and proposed, with the reasons, until a person says that they are of two children.

use contract::registry::v1;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::matching_service_server::MatchingService as _;
use tonic::{Code, Status};

use crate::office::{Office, asked, day, identified, profile, reason};

const TOWNSHIP: &str = "371621101";

fn child(name: &str, born: (i32, i32, i32), guardian: &str) -> v1::ChildProfile {
    v1::ChildProfile {
        full_name: name.to_owned(),
        birth_date: Some(day(born.0, born.1, born.2)),
        household_division: TOWNSHIP.to_owned(),
        guardian_name: guardian.to_owned(),
        ..profile()
    }
}

fn wanted(profile: &v1::ChildProfile) -> v1::SearchCandidatesRequest {
    v1::SearchCandidatesRequest {
        full_name: profile.full_name.clone(),
        birth_date: profile.birth_date,
        sex: profile.sex,
        division: profile.household_division.clone(),
        guardian_name: profile.guardian_name.clone(),
        ..Default::default()
    }
}

pub async fn search(office: &Office, request: v1::SearchCandidatesRequest) -> v1::SearchCandidatesResponse {
    office.matching.search_candidates(asked(request)).await.unwrap().into_inner()
}

async fn ids(office: &Office, profile: &v1::ChildProfile) -> Vec<String> {
    let found = search(office, wanted(profile)).await;
    found.candidates.into_iter().map(|candidate| candidate.child.unwrap().id).collect()
}

async fn duplicates(office: &Office, least: v1::MatchBand, division: &str) -> Vec<(String, String)> {
    let (mut pairs, mut token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListDuplicatesRequest {
            page_size: 2,
            page_token: token,
            division: division.to_owned(),
            least_band: least.into(),
        };
        let page = office.matching.list_duplicates(asked(request)).await.unwrap().into_inner();
        pairs.extend(page.pairs.into_iter().map(|pair| (pair.first.unwrap().id, pair.second.unwrap().id)));
        token = page.next_page_token;
        if token.is_empty() {
            return pairs;
        }
    }
}

fn label(reason: v1::MatchReason) -> (String, String) {
    let label = contract::label::of("hutong.registry.v1.MatchReason", reason.into()).unwrap();
    (label.zh, label.en)
}

#[tokio::test]
async fn a_file_is_found_by_what_people_remember_and_says_why() {
    let office = Office::open().await;
    let file = office.register(child("王小明", (2014, 3, 2), "王大明")).await;
    office.register(child("赵一一", (2010, 8, 9), "赵大")).await;
    let remembered = child("王晓明", (2014, 2, 3), "王大明");
    let found = search(&office, wanted(&remembered)).await;
    let [candidate] = &found.candidates[..] else { panic!("one candidate, not {}", found.candidates.len()) };
    assert!(candidate.child.as_ref() == Some(&file));
    let assessment = candidate.assessment.as_ref().unwrap();
    assert_eq!(assessment.band(), v1::MatchBand::Likely);
    let reasons: Vec<_> = assessment.contributions.iter().map(v1::MatchContribution::reason).collect();
    let expected = [
        v1::MatchReason::CitizenIdUnknown,
        v1::MatchReason::NameNear,
        v1::MatchReason::BirthSwapped,
        v1::MatchReason::SexSame,
        v1::MatchReason::TownshipSame,
        v1::MatchReason::GuardianSame,
    ];
    assert_eq!(reasons, expected);
    assert_eq!(assessment.contributions.iter().map(|it| it.points).sum::<i32>(), assessment.total);
    assert_eq!(label(reasons[2]), ("出生日月颠倒".to_owned(), "day and month exchanged".to_owned()));
    assert_eq!((found.truncated, found.maximum, found.weights_version.as_str()), (false, 1_200, "2025-01"));

    let birth_and_place = v1::SearchCandidatesRequest {
        birth_date: remembered.birth_date,
        division: TOWNSHIP.to_owned(),
        ..Default::default()
    };
    assert!(search(&office, birth_and_place.clone()).await.candidates.is_empty(), "too little to propose it");
    let born = v1::SearchCandidatesRequest { birth_date: Some(day(2014, 3, 2)), sex: 1, ..birth_and_place };
    assert_eq!(search(&office, born).await.candidates.len(), 1);
}

#[tokio::test]
async fn a_search_that_says_nothing_or_nonsense_is_refused() {
    let office = Office::open().await;
    let born = Some(day(2014, 3, 2));
    let refused = async |request: v1::SearchCandidatesRequest| {
        let status = office.matching.search_candidates(asked(request)).await.unwrap_err();
        (status.code(), reason(&status))
    };
    let nothing = v1::SearchCandidatesRequest { birth_date: born, division: "371621".to_owned(), ..Default::default() };
    assert_eq!(refused(nothing).await, (Code::InvalidArgument, "TOO_LITTLE_KNOWN".to_owned()));
    let another_birth = v1::SearchCandidatesRequest {
        birth_date: born,
        citizen_id: "371699201205170039".to_owned(),
        ..Default::default()
    };
    assert_eq!(refused(another_birth).await, (Code::InvalidArgument, "ID_BIRTH_MISMATCH".to_owned()));
    let request = v1::ListDuplicatesRequest { page_token: "x".to_owned(), ..Default::default() };
    let refused = office.matching.list_duplicates(asked(request)).await.unwrap_err();
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
}

/// Scenario 6.
#[tokio::test]
async fn twins_are_shown_as_twins_and_never_proposed_as_one() {
    let office = Office::open().await;
    let one = office.register(identified("371699201205170039")).await;
    let other = office.register(identified("371699201205170055")).await;
    let profile = one.profile.unwrap();
    let mut request = wanted(&profile);
    request.citizen_id = profile.citizen_id.clone();
    let found = search(&office, request).await.candidates;
    let of = |id: &str| {
        let candidate = found.iter().find(|candidate| candidate.child.as_ref().unwrap().id == id).unwrap();
        let assessment = candidate.assessment.as_ref().unwrap();
        (assessment.band(), assessment.limit())
    };
    assert_eq!(of(&one.id), (v1::MatchBand::Same, v1::MatchLimit::Unspecified));
    assert_eq!(of(&other.id), (v1::MatchBand::Possible, v1::MatchLimit::DifferentCitizenIds));
    assert_eq!(duplicates(&office, v1::MatchBand::Likely, "").await, []);
    assert_eq!(duplicates(&office, v1::MatchBand::Possible, "").await, [(one.id, other.id)]);
}

async fn mark(office: &Office, one: &str, other: &str) -> Result<v1::DifferenceMark, Status> {
    let request = v1::MarkDifferentRequest {
        child: one.to_owned(),
        other_child: other.to_owned(),
        reason: "同名不同人".to_owned(),
        ..Default::default()
    };
    Ok(office.matching.mark_different(asked(request)).await?.into_inner().mark.unwrap())
}

async fn unmark(office: &Office, one: &str, other: &str) -> Result<v1::DifferenceMark, Status> {
    let request = v1::UnmarkDifferentRequest {
        child: one.to_owned(),
        other_child: other.to_owned(),
        reason: "查明为同一人".to_owned(),
        ..Default::default()
    };
    Ok(office.matching.unmark_different(asked(request)).await?.into_inner().mark.unwrap())
}

#[tokio::test]
async fn a_pair_is_proposed_until_a_person_says_that_they_are_two() {
    let office = Office::open().await;
    let one = office.register(child("王小明", (2014, 3, 2), "王大明")).await.id;
    for name in ["李子轩", "张雨桐", "刘浩然"] {
        office.register(child(name, (2011, 7, 8), "")).await;
    }
    let elsewhere =
        v1::ChildProfile { household_division: "371681".to_owned(), ..child("王小明", (2014, 3, 2), "") };
    let other = office.register(elsewhere).await.id;
    let pair = vec![(one.clone(), other.clone())];
    for division in ["", "3716", "371621", TOWNSHIP, "371681"] {
        assert_eq!(duplicates(&office, v1::MatchBand::Unspecified, division).await, pair, "{division}");
    }
    assert_eq!(duplicates(&office, v1::MatchBand::Unspecified, "371602").await, []);
    assert_eq!(duplicates(&office, v1::MatchBand::Same, "").await, []);

    let marked = mark(&office, &other, &one).await.unwrap();
    assert_eq!((marked.first_child, marked.second_child, marked.different), (one.clone(), other.clone(), true));
    assert_eq!(duplicates(&office, v1::MatchBand::Possible, "").await, []);
    let refused = mark(&office, &one, &other).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "ALREADY_MARKED_DIFFERENT"));
    let merge = v1::MergeChildrenRequest { child: one.clone(), merged_child: other.clone(), ..Default::default() };
    let refused = office.children.merge_children(asked(merge.clone())).await.unwrap_err();
    assert_eq!(reason(&refused), "MARKED_DIFFERENT");

    assert!(!unmark(&office, &one, &other).await.unwrap().different);
    assert_eq!(reason(&unmark(&office, &one, &other).await.unwrap_err()), "NOT_MARKED_DIFFERENT");
    assert_eq!(duplicates(&office, v1::MatchBand::Unspecified, "").await, pair);
    office.children.merge_children(asked(merge)).await.unwrap();
    assert_eq!(duplicates(&office, v1::MatchBand::Unspecified, "").await, []);

    assert_eq!(reason(&mark(&office, &one, &one).await.unwrap_err()), "SAME_CHILD");
    let nobody = "0198b2f0-0000-7000-8000-000000000001";
    assert_eq!(reason(&mark(&office, &one, nobody).await.unwrap_err()), "CHILD_NOT_FOUND");
    let stored = office.stored_bytes();
    let lies_open = stored.windows("同名不同人".len()).any(|bytes| bytes == "同名不同人".as_bytes());
    assert!(!lies_open, "a reason may name people");
}

#[tokio::test]
async fn a_file_is_found_by_what_it_says_now() {
    let office = Office::open().await;
    let old = child("王小明", (2014, 3, 2), "王大明");
    let file = office.register(old.clone()).await;
    let new = child("李子轩", (2009, 11, 20), "李芳");
    let update = v1::UpdateChildRequest {
        child: file.id.clone(),
        profile: Some(new.clone()),
        update_mask: Some(prost_types::FieldMask {
            paths: ["full_name", "birth_date", "guardian_name"].map(str::to_owned).to_vec(),
        }),
        ..Default::default()
    };
    assert_eq!(ids(&office, &old).await, std::slice::from_ref(&file.id));
    office.update(update).await.unwrap();
    assert_eq!(ids(&office, &old).await, [""; 0]);
    assert_eq!(ids(&office, &new).await, std::slice::from_ref(&file.id));

    let twice = office.register(new.clone()).await;
    let merge =
        v1::MergeChildrenRequest { child: twice.id.clone(), merged_child: file.id.clone(), ..Default::default() };
    office.children.merge_children(asked(merge)).await.unwrap();
    assert_eq!(ids(&office, &new).await, std::slice::from_ref(&twice.id), "the merged file is not proposed");
    let unmerge = v1::UnmergeChildrenRequest {
        child: twice.id.clone(),
        merged_child: file.id.clone(),
        reason: "两个孩子".to_owned(),
        ..Default::default()
    };
    office.children.unmerge_children(asked(unmerge)).await.unwrap();
    assert_eq!(ids(&office, &new).await, [file.id, twice.id]);
}
