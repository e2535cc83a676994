use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use contract::area::{AreaRule, of_method};
use contract::registry::v1::{BatchGetChildrenRequest, GetChildRequest, ListChildrenRequest};
use http::{HeaderValue, Request, Response};
use kernel::Division;
use prost::Message;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::{Layer as _, Service as _, service_fn};
use uuid::Uuid;

use super::super::{AreaLayer, EMERGENCY, OUTSIDE_AREA, OutsideArea, Scope, Whereabouts, WhereaboutsOf};
use crate::error::ServiceError;
use crate::test_bodies::{body_of, framed, read_body, request_of};

const HERE: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0001);
const THERE: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0002);
const ON_BOTH_SIDES: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0003);
const NOBODY: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0004);

const GET: &str = "/hutong.registry.v1.ChildService/GetChild";
const BATCH: &str = "/hutong.registry.v1.ChildService/BatchGetChildren";
const LIST: &str = "/hutong.registry.v1.ChildService/ListChildren";

/// Knows three children.
#[derive(Debug)]
struct Atlas;

#[async_trait::async_trait]
impl Whereabouts for Atlas {
    async fn divisions(&self, _: &str, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Division>>, ServiceError> {
        let division = |text: &str| text.parse::<Division>().unwrap();
        let known = [
            (HERE, vec![division("371621101")]),
            (THERE, vec![division("371681")]),
            (ON_BOTH_SIDES, vec![division("371681"), division("371621")]),
        ];
        Ok(known.into_iter().filter(|(id, _)| ids.contains(id)).collect())
    }
}

/// What a service behind the layer got of a call, and whether it was noted.
struct Got {
    body: Result<Vec<u8>, Status>,
    is_outside: bool,
    is_bound: Option<bool>,
}

impl Got {
    fn message<M: Message + Default>(&self) -> M {
        M::decode(&self.body.as_ref().unwrap()[5..]).unwrap()
    }

    fn refusal(&self) -> (Code, String) {
        let status = self.body.as_ref().unwrap_err();
        let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
        (status.code(), reason.unwrap_or_default())
    }
}

async fn call_with(whereabouts: WhereaboutsOf, mut request: Request<Body>) -> Got {
    let outside = OutsideArea::default();
    request.extensions_mut().insert(outside.clone());
    let got = Arc::new(Mutex::new(None));
    let inner = service_fn({
        let got = Arc::clone(&got);
        move |request: Request<Body>| {
            let got = Arc::clone(&got);
            async move {
                let scope = request.extensions().get::<Scope>().map(Scope::is_bound);
                let read = read_body(request.into_body()).await.map(|(read, _)| read);
                *got.lock().unwrap() = Some((read, scope));
                Ok::<_, Infallible>(Response::new(Body::default()))
            }
        }
    });
    let Ok(answer) = AreaLayer::new(whereabouts, 1_000).layer(inner).call(request).await;
    let came = got.lock().unwrap().take();
    let (body, is_bound) = came.map_or_else(
        || (Err(Status::from_header_map(answer.headers()).expect("whoever is not let through is told why")), None),
        |(body, scope)| (body, scope),
    );
    Got { body, is_outside: outside.is_noted(), is_bound }
}

fn atlas() -> WhereaboutsOf {
    WhereaboutsOf::from([("registry", Arc::new(Atlas) as Arc<dyn Whereabouts>)])
}

fn request(code: &str, path: &str, parts: Vec<Vec<u8>>) -> Request<Body> {
    let mut request = request_of(code).map(|_| body_of(parts));
    *request.uri_mut() = path.parse().unwrap();
    request
}

async fn call<M: Message>(code: &str, path: &str, message: M) -> Got {
    call_with(atlas(), request(code, path, vec![framed(&[message])])).await
}

fn get(child: Uuid) -> GetChildRequest {
    GetChildRequest { child: child.to_string(), ..Default::default() }
}

#[tokio::test]
async fn what_lies_elsewhere_is_nobody_to_an_office() {
    for (child, is_there) in [(HERE, true), (ON_BOTH_SIDES, true), (NOBODY, true), (THERE, false)] {
        let got = call("CA-371621", GET, get(child)).await;
        let asked: GetChildRequest = got.message();
        assert_eq!((asked.child == child.to_string(), got.is_outside), (is_there, !is_there), "{child}");
        assert_eq!(got.is_bound, Some(true));
    }
    let children = [HERE, THERE, NOBODY].map(|child| child.to_string()).to_vec();
    let asked: BatchGetChildrenRequest =
        call("CA-371621", BATCH, BatchGetChildrenRequest { children: children.clone(), ..Default::default() })
            .await
            .message();
    assert_eq!((&asked.children[0], &asked.children[2]), (&children[0], &children[2]));
    assert_ne!(asked.children[1], children[1]);
    assert_eq!(asked.children[1].len(), children[1].len());
}

#[tokio::test]
async fn a_department_and_whoever_calls_in_an_emergency_are_bound_to_no_area() {
    let got = call("CA", GET, get(THERE)).await;
    assert_eq!((got.message::<GetChildRequest>(), got.is_outside, got.is_bound), (get(THERE), false, Some(false)));
    let mut emergency = request("PSB-371621", GET, vec![framed(&[get(THERE)])]);
    emergency.headers_mut().insert(EMERGENCY, HeaderValue::from_static("5p+l5om+"));
    let got = call_with(atlas(), emergency).await;
    assert_eq!((got.message::<GetChildRequest>(), got.is_bound), (get(THERE), Some(false)));
}

#[tokio::test]
async fn a_division_must_lie_in_the_offices_area_and_an_empty_filter_becomes_it() {
    let list = |division: &str| ListChildrenRequest { division: division.to_owned(), ..Default::default() };
    for (asked, passed) in [("", "371621"), ("371621", "371621"), ("371621101", "371621101")] {
        assert_eq!(call("CA-371621", LIST, list(asked)).await.message::<ListChildrenRequest>(), list(passed));
    }
    for elsewhere in ["371681", "3716", "37", "nowhere", "371621 "] {
        let got = call("CA-371621", LIST, list(elsewhere)).await;
        assert_eq!(got.refusal(), (Code::PermissionDenied, OUTSIDE_AREA.to_owned()), "{elsewhere}");
        assert!(got.is_outside, "{elsewhere}");
    }
    assert_eq!(call("CA", LIST, list("")).await.message::<ListChildrenRequest>(), list(""));
}

#[tokio::test]
async fn the_affairs_of_a_whole_department_are_none_of_its_offices() {
    for path in contract::access::methods().keys() {
        let Some(rule) = of_method(path) else { panic!("{path} has no rule") };
        let office = call_with(atlas(), request("CA-371621", path, vec![])).await;
        let department = call_with(atlas(), request("CA", path, vec![])).await;
        assert!(department.body.is_ok(), "{path}");
        match rule {
            AreaRule::Department => {
                assert_eq!(office.refusal(), (Code::PermissionDenied, OUTSIDE_AREA.to_owned()), "{path}");
                assert!(office.is_outside);
            }
            AreaRule::City | AreaRule::Service => assert!(office.body.is_ok() && !office.is_outside, "{path}"),
            AreaRule::Named(_) => assert_eq!(office.refusal().0, Code::InvalidArgument, "a request is missing: {path}"),
        }
    }
}

#[tokio::test]
async fn what_an_office_may_not_be_told_apart_by_is_refused() {
    let denied = (Code::PermissionDenied, OUTSIDE_AREA.to_owned());
    let nothing = call("CA-371621", BATCH, BatchGetChildrenRequest::default()).await;
    assert_eq!(nothing.refusal(), denied, "it names nobody");
    let unknown = call_with(WhereaboutsOf::new(), request("CA-371621", GET, vec![framed(&[get(HERE)])])).await;
    assert_eq!(unknown.refusal(), denied, "nobody knows where the child is");

    let whole = framed(&[get(HERE)]);
    let mut compressed = whole.clone();
    compressed[0] = 1;
    let upper = GetChildRequest { child: "0198B2F0-0000-7000-8000-00000000000A".to_owned(), ..Default::default() };
    for parts in [
        vec![],
        vec![whole[..whole.len() - 1].to_vec()],
        vec![whole.clone(), vec![0]],
        vec![whole.clone(), whole.clone()],
        vec![compressed],
        vec![framed(&[upper])],
        vec![vec![0, 0, 0, 0, 1, 0xff]],
    ] {
        let got = call_with(atlas(), request("CA-371621", GET, parts)).await;
        assert_eq!(got.refusal().0, Code::InvalidArgument);
    }
    let long = call_with(atlas(), request("CA-371621", GET, vec![vec![0, 0, 0, 0xff, 0xff]])).await;
    assert_eq!(long.refusal().0, Code::OutOfRange);
    for size in [1, 3, 7] {
        let parts = whole.chunks(size).map(<[u8]>::to_vec).collect();
        let got = call_with(atlas(), request("CA-371621", GET, parts)).await;
        assert_eq!(got.message::<GetChildRequest>(), get(HERE), "in parts of {size}");
    }
}
