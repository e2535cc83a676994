//! The tree of liaison points.

use contract::registry::v1::liaison_service_server::LiaisonService as _;
use contract::registry::v1::{self, LiaisonLevel};
use tonic::Status;

use super::desk::Desk;
use crate::office::{asked, day, reason};

async fn assign(desk: &Desk, division: &str, name: &str, since: (i32, i32, i32)) -> Result<v1::LiaisonPoint, Status> {
    let request = v1::AssignLiaisonRequest {
        division: division.to_owned(),
        contact: Some(v1::LiaisonContact {
            organisation: "儿童福利院".to_owned(),
            full_name: name.to_owned(),
            phone: "19955556666".to_owned(),
        }),
        since: Some(day(since.0, since.1, since.2)),
        ..Default::default()
    };
    Ok(desk.liaison.assign_liaison(asked(request)).await?.into_inner().point.unwrap())
}

async fn list(desk: &Desk, request: v1::ListLiaisonPointsRequest) -> v1::ListLiaisonPointsResponse {
    desk.liaison.list_liaison_points(asked(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn points_hang_on_one_another_from_the_province_down() {
    let desk = Desk::open().await;
    let orphan = assign(&desk, "371621", "联络甲", (2024, 1, 1)).await.unwrap_err();
    assert_eq!(reason(&orphan), "LIAISON_PARENT_MISSING");
    for unknown in ["42", "3701", "371699"] {
        assert_eq!(reason(&assign(&desk, unknown, "联络甲", (2024, 1, 1)).await.unwrap_err()), "UNKNOWN_DIVISION");
    }
    let province = assign(&desk, "37", "联络省", (2024, 1, 1)).await.unwrap();
    let city = assign(&desk, "3716", "联络市", (2024, 1, 1)).await.unwrap();
    let county = assign(&desk, "371621", "联络县", (2024, 1, 1)).await.unwrap();
    assert_eq!((province.parent.as_str(), &city.parent, &county.parent), ("", &province.id, &city.id));
    assert_eq!(county.level(), LiaisonLevel::County);
    assert_eq!(desk.office.event_types().await, ["registry.liaison.assigned"; 3]);

    let first = list(&desk, v1::ListLiaisonPointsRequest { page_size: 2, ..Default::default() }).await;
    assert_eq!(first.points.iter().map(|point| point.division.as_str()).collect::<Vec<_>>(), ["37", "3716"]);
    let rest = v1::ListLiaisonPointsRequest { page_size: 2, page_token: first.next_page_token, ..Default::default() };
    assert_eq!(list(&desk, rest).await.points[0].division, "371621");
    let below = v1::ListLiaisonPointsRequest { division: "3716".to_owned(), ..Default::default() };
    assert_eq!(list(&desk, below).await.points.len(), 2);
    let bytes = desk.office.stored_bytes();
    for secret in ["联络省", "联络县", "19955556666"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} lies open");
    }
}

#[tokio::test]
async fn who_answers_changes_from_a_day_on() {
    let desk = Desk::open().await;
    assign(&desk, "37", "联络省", (2024, 1, 1)).await.unwrap();
    assign(&desk, "37", "联络新", (2024, 7, 1)).await.unwrap();
    let end = |on| v1::EndLiaisonRequest { division: "37".to_owned(), ended_on: Some(on), ..Default::default() };
    let refused = desk.liaison.end_liaison(asked(end(day(2023, 1, 1)))).await.unwrap_err();
    assert_eq!(reason(&refused), "LIAISON_NOT_ASSIGNED");
    desk.liaison.end_liaison(asked(end(day(2024, 12, 1)))).await.unwrap();
    let on = async |date| {
        let request = v1::ListLiaisonPointsRequest { as_of_valid: Some(date), ..Default::default() };
        list(&desk, request).await.points[0].contact.clone().map(|contact| contact.full_name)
    };
    assert_eq!(on(day(2023, 12, 31)).await, None);
    assert_eq!(on(day(2024, 6, 30)).await.as_deref(), Some("联络省"));
    assert_eq!(on(day(2024, 7, 1)).await.as_deref(), Some("联络新"));
    assert_eq!(on(day(2024, 12, 1)).await, None);
    assert_eq!(desk.office.event_types().await.len(), 2);
}
