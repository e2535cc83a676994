//! Malformed requests: one clear sentence, the paths of the fields at fault, nothing changed, nobody harmed.

use std::time::Duration;

use contract::google::r#type::Date;
use contract::registry::v1::{
    BatchGetChildrenRequest, ChildProfile, ConfirmCategoryRequest, GetChildRequest, ListChildrenRequest,
    RegisterChildRequest, SearchChildrenRequest, TransferChildRequest, UpdateChildRequest,
};
use prost::Message;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::refusal::{assert_refused, refusal};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

const REGISTER: &str = "/hutong.registry.v1.ChildService/RegisterChild";

both_databases!(
    every_fault_is_named_with_its_field,
    a_field_that_the_contract_does_not_know_is_refused,
    bytes_that_are_no_message_are_refused,
    an_oversized_message_is_refused_and_the_connection_lives,
    an_expired_deadline_changes_nothing_or_all,
    an_unknown_method_is_unimplemented,
);

async fn every_fault_is_named_with_its_field(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = city.children().await;
    let mut categories = city.categories().await;

    let everything_wrong = RegisterChildRequest {
        request_id: "not a uuid".to_owned(),
        profile: Some(ChildProfile {
            full_name: String::new(),
            citizen_id: "1".repeat(65),
            birth_date: None,
            sex: 7,
            household_division: "3716".to_owned(),
            phone: "1".repeat(31),
            school_stage: 100,
            disability_grade: 5,
            remarks: "长".repeat(501),
            ..Samples::profile(1)
        }),
    };
    let refused = refusal(children.register_child(everything_wrong).await);
    assert_eq!(refused.code, Code::InvalidArgument);
    let mut fields = refused.fields;
    fields.sort();
    let profile = [
        "birth_date",
        "citizen_id",
        "disability_grade",
        "full_name",
        "household_division",
        "phone",
        "remarks",
        "school_stage",
        "sex",
    ];
    let expected: Vec<_> =
        profile.map(|field| format!("profile.{field}")).into_iter().chain(["request_id".to_owned()]).collect();
    assert_eq!(fields, expected, "{}", refused.message);

    let check = |refused: tests::refusal::Refusal, fields: &[&str]| {
        assert_eq!(refused.code, Code::InvalidArgument, "{}", refused.message);
        assert_eq!(refused.fields, fields, "{}", refused.message);
    };
    check(refusal(children.register_child(RegisterChildRequest::default()).await), &["profile"]);
    check(refusal(children.get_child(GetChildRequest { child: "x".into(), ..Default::default() }).await), &["child"]);
    let batch = BatchGetChildrenRequest { children: vec![Samples::request_id(), "x".into()], ..Default::default() };
    check(refusal(children.batch_get_children(batch).await), &["children[1]"]);
    let batch = BatchGetChildrenRequest { children: vec![Samples::request_id(); 101], ..Default::default() };
    check(refusal(children.batch_get_children(batch).await), &["children"]);
    check(
        refusal(children.search_children(SearchChildrenRequest { query: None, ..Default::default() }).await),
        &["query"],
    );
    let list = ListChildrenRequest { page_size: -1, division: "37162".into(), category: 99, ..Default::default() };
    check(refusal(children.list_children(list).await), &["page_size", "division", "category"]);
    let transfer = TransferChildRequest {
        child: Samples::request_id(),
        household_division: "惠民县".into(),
        ..Default::default()
    };
    check(refusal(children.transfer_child(transfer).await), &["household_division", "transferred_on"]);
    let confirm = ConfirmCategoryRequest { child: Samples::request_id(), ..Default::default() };
    check(refusal(categories.confirm_category(confirm).await), &["category", "confirmed_on"]);

    let child = city.register(1).await;
    let mask = |paths: &[&str]| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        UpdateChildRequest {
            child: child.id.clone(),
            profile: Some(Samples::profile(1)),
            update_mask: Some(prost_types::FieldMask { paths }),
            ..Default::default()
        }
    };
    for paths in [&["*"][..], &["nickname"], &["household_division"], &[]] {
        let refused = refusal(children.update_child(mask(paths)).await);
        assert_eq!(refused.code, Code::InvalidArgument, "mask {paths:?}: {}", refused.message);
        assert!(refused.fields.iter().all(|field| field.starts_with("update_mask")), "{:?}", refused.fields);
    }

    let no_such_day = RegisterChildRequest {
        profile: Some(ChildProfile { birth_date: Some(Date { year: 2019, month: 2, day: 29 }), ..Samples::profile(2) }),
        request_id: String::new(),
    };
    check(refusal(children.register_child(no_such_day).await), &["profile.birth_date"]);
    let nowhere = RegisterChildRequest {
        profile: Some(ChildProfile { household_division: "371699".into(), ..Samples::profile(2) }),
        request_id: String::new(),
    };
    check(refusal(children.register_child(nowhere).await), &["profile.household_division"]);
    let unborn = RegisterChildRequest {
        profile: Some(ChildProfile {
            citizen_id: String::new(),
            birth_date: Some(Samples::day(2999, 1, 1)),
            ..Samples::profile(2)
        }),
        request_id: String::new(),
    };
    check(refusal(children.register_child(unborn).await), &["profile.birth_date"]);

    assert_eq!(city.event_log().await.len(), 1, "only the one valid registration left a trace");
    city.close().await;
}

async fn a_field_that_the_contract_does_not_know_is_refused(backend: Backend) {
    let city = City::start(backend).await;
    let mut bytes = Samples::registration(1).encode_to_vec();
    // Field 99, a varint.
    bytes.extend([0x98, 0x06, 0x01]);
    let refused = refusal(raw(&city, REGISTER, &bytes).await);
    assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["#99".to_owned()]));
    assert!(city.event_log().await.is_empty());
    city.close().await;
}

async fn bytes_that_are_no_message_are_refused(backend: Backend) {
    let city = City::start(backend).await;
    for garbage in [&[0xff; 40][..], &[0x0a, 0x7f, 0x01], "not protobuf".as_bytes()] {
        assert_refused(raw(&city, REGISTER, garbage).await, Code::InvalidArgument, "MALFORMED");
    }
    assert!(city.event_log().await.is_empty());
    city.close().await;
}

async fn an_oversized_message_is_refused_and_the_connection_lives(backend: Backend) {
    let city = City::start_with(backend, CityOptions::default().set("server.max_message_bytes", "65536")).await;
    let mut children = city.children().await;
    let mut request = Samples::registration(1);
    request.profile.as_mut().unwrap().remarks = "长".repeat(100_000);
    let status = children.register_child(request).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    children.register_child(Samples::registration(1)).await.unwrap();
    assert_eq!(city.event_log().await.len(), 1);
    city.close().await;
}

async fn an_expired_deadline_changes_nothing_or_all(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = city.children().await;
    let mut expired = Request::new(Samples::registration(1));
    expired.set_timeout(Duration::from_nanos(1));
    let status = children.register_child(expired).await.unwrap_err();
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");

    // Whatever became of it: the same request, sent again in time, is carried out once.
    let request = Samples::registration(2);
    let mut impatient = Request::new(request.clone());
    impatient.set_timeout(Duration::from_millis(2));
    let _ = children.register_child(impatient).await;
    let child = children.register_child(request).await.unwrap().into_inner().child.unwrap();
    let log = city.event_log().await;
    assert_eq!(log.iter().filter(|event| event.aggregate.to_string() == child.id).count(), 1);
    city.close().await;
}

async fn an_unknown_method_is_unimplemented(backend: Backend) {
    let city = City::start(backend).await;
    for path in ["/hutong.registry.v1.ChildService/DropTables", "/hutong.nowhere.v1.NoService/Call"] {
        let status = raw(&city, path, &[]).await.unwrap_err();
        assert!(matches!(status.code(), Code::Unimplemented | Code::PermissionDenied), "{path}: {status:?}");
    }
    city.close().await;
}

/// Bytes as they are, to any method, as civil affairs.
async fn raw(city: &City, path: &'static str, bytes: &[u8]) -> Result<tonic::Response<Raw>, Status> {
    let mut grpc = tonic::client::Grpc::new(city.channel("CA").await);
    grpc.ready().await.unwrap();
    let request = Request::new(Raw(bytes.to_vec()));
    grpc.unary(request, PathAndQuery::from_static(path), ProstCodec::<Raw, Raw>::default()).await
}

/// A message that is encoded as the bytes that it holds.
#[derive(Debug, Default, Clone)]
struct Raw(Vec<u8>);

impl Message for Raw {
    fn encode_raw(&self, buf: &mut impl bytes::BufMut) {
        buf.put_slice(&self.0);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: prost::encoding::WireType,
        buf: &mut impl bytes::Buf,
        ctx: prost::encoding::DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        prost::encoding::skip_field(wire_type, tag, buf, ctx)
    }

    fn encoded_len(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}
