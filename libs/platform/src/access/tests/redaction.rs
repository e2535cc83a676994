use contract::registry::v1::{Child, ChildProfile, GetChildResponse};
use http::HeaderMap;
use tonic::Status;
use tower::Layer as _;

use super::super::{REDACTED, RedactionLayer};
use crate::test_bodies::{answer_of, framed, read_through};

fn answer(name: &str) -> GetChildResponse {
    let profile = ChildProfile { full_name: name.to_owned(), ..Default::default() };
    GetChildResponse { child: Some(Child { id: "1".to_owned(), profile: Some(profile), ..Default::default() }) }
}

async fn read(code: &str, parts: Vec<Vec<u8>>) -> Result<(Vec<u8>, HeaderMap), Status> {
    read_through(RedactionLayer.layer(answer_of(parts)), code).await
}

#[tokio::test]
async fn an_answer_loses_what_is_above_its_readers_clearance_however_it_is_parted() {
    let whole = framed(&[answer("童一"), answer("童二")]);
    let cut =
        GetChildResponse { child: Some(Child { profile: Some(ChildProfile::default()), ..answer("").child.unwrap() }) };
    let expected = framed(&[cut.clone(), cut]);
    for size in [1, 3, 7, whole.len()] {
        let parts = whole.chunks(size).map(<[u8]>::to_vec).collect();
        let (read, trailers) = read("FIN", parts).await.unwrap();
        assert_eq!(read, expected, "in parts of {size}");
        assert_eq!(trailers.get(REDACTED).unwrap(), "child.profile.full_name");
        assert_eq!(trailers.get("grpc-status").unwrap(), "0");
    }
}

#[tokio::test]
async fn who_may_see_all_gets_the_bytes_as_they_are() {
    let whole = framed(&[answer("童一")]);
    let (read, trailers) = read("CA", vec![whole.clone()]).await.unwrap();
    assert_eq!(read, whole);
    assert!(!trailers.contains_key(REDACTED));
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_back() {
    let mut compressed = framed(&[answer("童一")]);
    compressed[0] = 1;
    assert_eq!(read("FIN", vec![compressed]).await.unwrap_err().code(), tonic::Code::Internal);
    let garbage = vec![0, 0, 0, 0, 1, 0xff];
    assert_eq!(read("FIN", vec![garbage]).await.unwrap_err().code(), tonic::Code::Internal);
}
