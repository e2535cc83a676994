//! The doors: nothing opens without a certificate of the city, and a certificate opens only what the contract says.

use contract::exchange::v1::{GetMailboxRequest, ListMailboxesRequest, RebuildMailboxRequest};
use contract::registry::v1::ListChildrenRequest;
use contract::registry::v1::child_service_client::ChildServiceClient;
use platform::identity::Credentials;
use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use tests::both_databases;
use tests::city::{Backend, City};
use tests::refusal::assert_refused;
use tonic::Code;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_types::StatusExt;

both_databases!(
    no_door_opens_without_a_certificate_of_the_city,
    a_partner_department_may_not_call_the_registry,
    a_department_learns_of_its_own_mailbox_only,
);

async fn no_door_opens_without_a_certificate_of_the_city(backend: Backend) {
    let city = City::start(backend).await;
    let grpc = city.endpoints().grpc.clone();
    let authority = city.credentials("CA").authority_pem;

    assert!(!opens(Endpoint::from_shared(format!("http://{grpc}")).unwrap()).await, "in plain text");
    let tls = ClientTlsConfig::new()
        .domain_name(platform::client::SERVER_NAME)
        .ca_certificate(Certificate::from_pem(&authority));
    let nameless = Endpoint::from_shared(format!("https://{grpc}")).unwrap().tls_config(tls).unwrap();
    assert!(!opens(nameless).await, "without a certificate");

    let forged = foreign("spiffe://binzhou.hutong/department/CA", &authority);
    let channel = platform::client::connect_lazily(&grpc, &forged).unwrap();
    assert!(!answers(channel).await, "with a foreign authority's certificate");

    let nats = &city.endpoints().nats;
    assert!(
        platform::nats::connect(nats, &forged, "EDU").await.is_err(),
        "NATS with a foreign authority's certificate"
    );
    let plain = async_nats::ConnectOptions::new()
        .require_tls(true)
        .add_root_certificates(city.data().join("tls/authority.pem"));
    assert!(plain.connect(nats).await.is_err(), "NATS without a certificate");
    city.close().await;
}

async fn a_partner_department_may_not_call_the_registry(backend: Backend) {
    let city = City::start(backend).await;
    city.register(1).await;
    for code in ["EDU", "HC", "PSB", "STA"] {
        let mut children = ChildServiceClient::new(city.channel(code).await);
        let refused = children.list_children(ListChildrenRequest::default()).await;
        assert_refused(refused, Code::PermissionDenied, "NOT_PERMITTED");
        // A malformed request is refused for the caller, not for its shape: a stranger learns nothing of either.
        let malformed = ListChildrenRequest { page_size: -1, ..Default::default() };
        assert_refused(children.list_children(malformed).await, Code::PermissionDenied, "NOT_PERMITTED");
    }
    city.close().await;
}

async fn a_department_learns_of_its_own_mailbox_only(backend: Backend) {
    let city = City::start(backend).await;
    city.register(1).await;
    city.settle().await;
    let mut education = city.mailbox_service("EDU").await;
    let mine =
        education.get_mailbox(GetMailboxRequest { code: String::new() }).await.unwrap().into_inner().mailbox.unwrap();
    assert_eq!((mine.code.as_str(), mine.messages), ("EDU", 1));
    let named =
        education.get_mailbox(GetMailboxRequest { code: "EDU".into() }).await.unwrap().into_inner().mailbox.unwrap();
    assert_eq!(named.code, "EDU");
    for code in ["HC", "NOBODY"] {
        let other = education.get_mailbox(GetMailboxRequest { code: code.into() }).await;
        assert_refused(other, Code::NotFound, "MAILBOX_NOT_FOUND");
    }
    assert_refused(education.list_mailboxes(ListMailboxesRequest {}).await, Code::PermissionDenied, "NOT_PERMITTED");
    let rebuild = education.rebuild_mailbox(RebuildMailboxRequest { code: "EDU".into() }).await;
    assert_refused(rebuild, Code::PermissionDenied, "NOT_PERMITTED");

    let mut owner = city.mailbox_service("CA").await;
    let all = owner.list_mailboxes(ListMailboxesRequest {}).await.unwrap().into_inner().mailboxes;
    assert_eq!(all.len(), 18, "one for each department but the owner");
    let health =
        owner.get_mailbox(GetMailboxRequest { code: "HC".into() }).await.unwrap().into_inner().mailbox.unwrap();
    assert_eq!(health.messages, 1);
    city.close().await;
}

async fn opens(endpoint: Endpoint) -> bool {
    match endpoint.connect().await {
        Ok(channel) => answers(channel).await,
        Err(_) => false,
    }
}

/// Whether any service answers with anything of its own.
async fn answers(channel: Channel) -> bool {
    let answer = ChildServiceClient::new(channel).list_children(ListChildrenRequest::default()).await;
    match answer {
        Ok(_) => true,
        Err(status) => status.get_error_details().error_info().is_some_and(|info| info.domain == "hutong"),
    }
}

/// A certificate with a name of the city, by an authority that is not the city's.
fn foreign(uri: &str, authority_of_the_city: &[u8]) -> Credentials {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.subject_alt_names = vec![SanType::URI(Ia5String::try_from(uri).unwrap())];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    Credentials::new(certificate.pem().into_bytes(), key.serialize_pem().into_bytes(), authority_of_the_city.to_vec())
}
