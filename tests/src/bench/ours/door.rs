//! What the door costs a read: its audit, and the cut of answers.

use std::future::Ready;
use std::sync::Arc;
use std::time::Duration;

use contract::registry::v1::GetChildRequest;
use contract::registry::v1::child_service_server::ChildServiceServer;
use kernel::{Clock, DivisionDirectory, SystemClock};
use messaging::journal::{Journal, JournalSettings};
use messaging::seal::Signer;
use platform::access::{Connection, RedactionLayer};
use platform::audit::{AuditLayer, Entry, Recorded, Recorder, Recorders};
use platform::config::Config;
use platform::database::Database;
use platform::identity::{Credentials, Identity};
use platform::pseudonym::Pseudonyms;
use platform::server::Server;
use platform::shutdown::Shutdown;
use platform::vault::Vault;
use prost::Message as _;
use registry::app::Application;
use registry::grpc::ChildEndpoint;
use registry::policy::Policy;
use registry::store::Environment;
use tonic::body::Body;
use tower::{Layer as _, Service};

use super::calls::get_at;
use crate::bench::{Load, closed_loop};
use crate::city::City;

/// The registry's files of children in this process, on a city's own database.
#[derive(Debug)]
pub struct Files {
    application: Arc<Application>,
    server: Credentials,
    client: Credentials,
    shutdown: Shutdown,
}

/// Records nothing: what a door would cost without an audit.
#[derive(Debug)]
struct Forgetful;

impl Recorder for Forgetful {
    fn record(&self, _: Entry) -> Recorded {
        let written: Ready<_> = std::future::ready(Ok(()));
        Box::pin(written)
    }
}

impl Files {
    /// Those of a running city that stands idle meanwhile.
    ///
    /// # Errors
    /// If its database or its keys cannot be opened.
    pub async fn of(city: &City) -> anyhow::Result<Self> {
        let config = Config::default();
        let mut database = config.database.clone();
        database.url = city.database_url();
        let database = Database::open(&database, registry::SERVICE, &city.data()).await?;
        let keys = city.data().join("keys");
        let vault = Arc::new(Vault::open(&keys.join("registry.vault"))?);
        let policy = Arc::new(Policy::built_in()?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (journal, _) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(Environment {
                vault: Arc::clone(&vault),
                visit_duty: Arc::new(registry::settings::visit_duty(&config.registry.visit_duty)?),
                migrant_rules: Arc::clone(&policy.migrant_rules),
            }),
            clock: Arc::clone(&clock),
            signer: Signer::open_or_create(&keys.join("registry.ed25519"))?,
            config: config.journal,
        });
        let divisions = Arc::new(DivisionDirectory::from_csv(include_str!("../../../../deploy/divisions/3716.csv"))?);
        let tls = city.data().join("tls");
        let file = |name: &str| tls.join(name);
        Ok(Self {
            application: Arc::new(Application::new(journal, database, vault, clock, divisions, policy)),
            server: Credentials::load(&file("server.pem"), &file("server.key"), &file("authority.pem"))?,
            client: city.credentials("CA"),
            shutdown: Shutdown::new(),
        })
    }

    /// `GetChild` through a door of its own, whose calls are recorded or not.
    ///
    /// # Errors
    /// If the door does not open.
    pub async fn get(
        &self,
        audited: bool,
        children: &Arc<Vec<String>>,
        clients: usize,
        span: Duration,
    ) -> anyhow::Result<Load> {
        let recorder: Arc<dyn Recorder> =
            if audited { Arc::new(self.application.journal.clone()) } else { Arc::new(Forgetful) };
        let recorders = Recorders::new(vec![(registry::SERVICE.to_owned(), recorder)]);
        let Config { city, server: mut config, .. } = Config::default();
        config.listen.set_port(0);
        let pseudonyms = Arc::new(Pseudonyms::generate()?);
        let audit = AuditLayer::new(recorders, Arc::new(SystemClock));
        let server = Server::new(&config, &self.server, &city.trust_domain, pseudonyms, audit)?
            .service(ChildServiceServer::new(ChildEndpoint::new(Arc::clone(&self.application))))
            .bind()
            .await?;
        let endpoint = server.address().to_string();
        let shutdown = self.shutdown.clone();
        let door = tokio::spawn(async move { server.serve(&shutdown).await });
        let load = get_at(&endpoint, &self.client, Arc::clone(children), clients, span).await;
        door.abort();
        Ok(load)
    }

    /// `GetChild` of a department that may not see secrets, without a wire between, its answers cut or not: the wire's cost
    /// would only hide the cut's.
    pub async fn get_cut(&self, cut: bool, children: &Arc<Vec<String>>, clients: usize, span: Duration) -> Load {
        let plain = ChildServiceServer::new(ChildEndpoint::new(Arc::clone(&self.application)));
        let redacting = RedactionLayer.layer(plain.clone());
        let clients = (0..clients).map(|number| {
            let (children, plain, redacting) = (Arc::clone(children), plain.clone(), redacting.clone());
            let mut at = number;
            move || {
                at += 7_919;
                let request = request(&children[at % children.len()]);
                let (mut plain, mut redacting) = (plain.clone(), redacting.clone());
                async move {
                    let answer = if cut { redacting.call(request).await } else { plain.call(request).await };
                    let Ok(answer) = answer;
                    let read = http_body_util::BodyExt::collect(answer.into_body()).await.expect("it is answered");
                    assert!(!read.to_bytes().is_empty(), "a file has something that health may see");
                }
            }
        });
        closed_loop(clients.collect(), span).await
    }
}

/// As it comes off the wire.
fn request(child: &str) -> http::Request<Body> {
    let message = GetChildRequest { child: child.to_owned(), ..Default::default() }.encode_to_vec();
    let length = u32::try_from(message.len()).expect("a request is short");
    let framed = [&[0][..], &length.to_be_bytes(), &message].concat();
    let body = Body::new(http_body_util::Full::new(bytes::Bytes::from(framed)));
    let mut request = http::Request::builder()
        .method(http::Method::POST)
        .uri("/hutong.registry.v1.ChildService/GetChild")
        .header(http::header::CONTENT_TYPE, "application/grpc")
        .body(body)
        .expect("a request");
    request.extensions_mut().insert(Connection::of(Identity::Department { code: "HC".to_owned() }));
    request
}
