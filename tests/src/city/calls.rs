use std::path::Path;

use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use contract::registry::v1::category_service_client::CategoryServiceClient;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::liaison_service_client::LiaisonServiceClient;
use contract::registry::v1::matching_service_client::MatchingServiceClient;
use contract::registry::v1::migrant_service_client::MigrantServiceClient;
use contract::registry::v1::reconciliation_service_client::ReconciliationServiceClient;
use contract::registry::v1::roster_service_client::RosterServiceClient;
use platform::identity::Credentials;
use tonic::transport::Channel;

use super::City;
use crate::wait::eventually;

/// Civil affairs, which owns the system.
const OWNER: &str = "CA";

impl City {
    /// A department's certificate, or its entry's: `EDU`, `EDU-371621`.
    ///
    /// # Panics
    /// If the city issued none.
    #[must_use]
    pub fn credentials(&self, code: &str) -> Credentials {
        self.issued(&format!("department/{code}"))
    }

    /// A service's certificate.
    ///
    /// # Panics
    /// If the city issued none.
    #[must_use]
    pub fn service_credentials(&self, name: &str) -> Credentials {
        self.issued(&format!("service/{name}"))
    }

    fn issued(&self, subject: &str) -> Credentials {
        let tls = self.data().join("tls");
        let file = |name: &str| tls.join(name);
        let load = |certificate: &Path, key: &Path| Credentials::load(certificate, key, &file("authority.pem"));
        load(&file(&format!("{subject}.pem")), &file(&format!("{subject}.key")))
            .unwrap_or_else(|error| panic!("the city issued a certificate for {subject}: {error}"))
    }

    /// A connection of a department to the gRPC door.
    ///
    /// # Panics
    /// If the door does not open.
    pub async fn channel(&self, code: &str) -> Channel {
        let endpoint = &self.endpoints().grpc;
        platform::client::connect(endpoint, &self.credentials(code)).await.expect("the door opens to the city's own")
    }

    /// The files of children, as civil affairs.
    pub async fn children(&self) -> ChildServiceClient<Channel> {
        ChildServiceClient::new(self.channel(OWNER).await)
    }

    /// The categories, as civil affairs.
    pub async fn categories(&self) -> CategoryServiceClient<Channel> {
        CategoryServiceClient::new(self.channel(OWNER).await)
    }

    /// What finds files of one child, as civil affairs.
    pub async fn matching(&self) -> MatchingServiceClient<Channel> {
        MatchingServiceClient::new(self.channel(OWNER).await)
    }

    /// The rosters, as civil affairs.
    pub async fn rosters(&self) -> RosterServiceClient<Channel> {
        RosterServiceClient::new(self.channel(OWNER).await)
    }

    /// The ledger of migrant children, as a department.
    pub async fn migrants(&self, code: &str) -> MigrantServiceClient<Channel> {
        MigrantServiceClient::new(self.channel(code).await)
    }

    /// The ledger's comparisons with other lists, as civil affairs.
    pub async fn reconciliations(&self) -> ReconciliationServiceClient<Channel> {
        ReconciliationServiceClient::new(self.channel(OWNER).await)
    }

    /// The liaison points, as civil affairs.
    pub async fn liaison(&self) -> LiaisonServiceClient<Channel> {
        LiaisonServiceClient::new(self.channel(OWNER).await)
    }

    /// The state of mailboxes, as a department.
    pub async fn mailbox_service(&self, code: &str) -> MailboxServiceClient<Channel> {
        MailboxServiceClient::new(self.channel(code).await)
    }

    /// A plain connection of a department to the broker, which may be starting again at this moment.
    pub async fn nats(&self, code: &str) -> async_nats::Client {
        self.broker(&self.credentials(code), code).await
    }

    /// The operator's connection, which sees every stream and changes none.
    pub async fn operator(&self) -> async_nats::Client {
        self.broker(&self.service_credentials("operator"), "operator").await
    }

    async fn broker(&self, credentials: &Credentials, name: &str) -> async_nats::Client {
        let url = &self.endpoints().nats;
        let what = "the broker takes a certificate of the city";
        eventually(what, async || platform::nats::connect(url, credentials, name).await.ok()).await
    }

    pub(super) async fn wait_until_serving(&self) {
        let credentials = self.credentials(OWNER);
        let endpoint = &self.endpoints().grpc;
        eventually("the gRPC door opens", async || platform::client::connect(endpoint, &credentials).await.ok()).await;
    }
}
