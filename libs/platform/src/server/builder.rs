use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use http::{Request, Response};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::pb::FILE_DESCRIPTOR_SET as HEALTH_DESCRIPTORS;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder as Reflection;
use tower::Service;

use super::bound::BoundServer;
use super::error::ServerError;
use super::tls::DoorTls;
use crate::access::{EmergencyDesk, EmergencyDesks, Whereabouts, WhereaboutsOf};
use crate::audit::AuditLayer;
use crate::config::ServerConfig;
use crate::identity::Credentials;
use crate::pseudonym::Pseudonyms;

/// A door being built: give it the services, then bind it.
pub struct Server {
    config: ServerConfig,
    tls: DoorTls,
    trust_domain: Arc<str>,
    pseudonyms: Arc<Pseudonyms>,
    audit: AuditLayer,
    routes: RoutesBuilder,
    services: Vec<&'static str>,
    desks: EmergencyDesks,
    whereabouts: WhereaboutsOf,
    health: HealthReporter,
}

impl Server {
    /// A door that shows this certificate and lets in certificates of the same authority and trust domain, and shows each
    /// department its own references to children. No call is answered that is not in the audit. Credentials that were read
    /// from files are read again when these change.
    ///
    /// # Errors
    /// [`ServerError::Credentials`], [`ServerError::Reflection`].
    pub fn new(
        config: &ServerConfig,
        credentials: &Credentials,
        trust_domain: &str,
        pseudonyms: Arc<Pseudonyms>,
        audit: AuditLayer,
    ) -> Result<Self, ServerError> {
        let (health, health_service) = tonic_health::server::health_reporter();
        let mut routes = Routes::builder();
        routes.add_service(health_service);
        Ok(Self {
            config: config.clone(),
            tls: DoorTls::new(credentials)?,
            trust_domain: trust_domain.into(),
            pseudonyms,
            audit,
            routes,
            services: Vec::new(),
            desks: EmergencyDesks::new(),
            whereabouts: WhereaboutsOf::new(),
            health,
        })
    }

    /// Refuses, and cuts, whoever comes with a certificate that this file revokes (CRL, PEM), now and whenever it changes.
    /// Nobody is refused while there is no such file.
    ///
    /// # Errors
    /// [`ServerError::Credentials`] if the file is not a list that the authority signed.
    pub fn revocations(mut self, file: &Path) -> Result<Self, ServerError> {
        self.tls = self.tls.with_revocations(file)?;
        Ok(self)
    }

    /// Adds a generated service. Set its message limits to [`Server::max_message_bytes`] before.
    #[must_use]
    pub fn service<S, R>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<R>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        R: http_body::Body<Data = <Body as http_body::Body>::Data> + Send + 'static,
        R::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.services.push(S::NAME);
        self.routes.add_service(service);
        self
    }

    /// Writes calls in an emergency down at this desk, for the methods of one service: `registry`.
    #[must_use]
    pub fn emergency_desk(mut self, service: &'static str, desk: Arc<dyn EmergencyDesk>) -> Self {
        self.desks.insert(service, desk);
        self
    }

    /// Asks there where things lie that the requests of one service name: `registry`. Without it no office of an area may
    /// name any.
    #[must_use]
    pub fn whereabouts(mut self, service: &'static str, whereabouts: Arc<dyn Whereabouts>) -> Self {
        self.whereabouts.insert(service, whereabouts);
        self
    }

    /// The limit for each service's `max_decoding_message_size` and `max_encoding_message_size`, bytes.
    #[must_use]
    pub fn max_message_bytes(&self) -> usize {
        self.config.max_message_bytes
    }

    /// Sets a service's health by its full name. All that were added are SERVING from [`BoundServer::serve`] until the
    /// shutdown.
    #[must_use]
    pub fn health(&self) -> HealthReporter {
        self.health.clone()
    }

    /// Listens at the configured address. Connections wait until [`BoundServer::serve`].
    ///
    /// # Errors
    /// [`ServerError::PortInUse`], [`ServerError::Listen`].
    pub async fn bind(self) -> Result<BoundServer, ServerError> {
        let address = self.config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::PortInUse(address),
            _ => ServerError::Listen { address, source },
        })?;
        self.serve_on(listener)
    }

    /// As [`Server::bind`], with a listener that exists already.
    ///
    /// # Errors
    /// [`ServerError::Listen`] if it has no address.
    pub fn serve_on(mut self, listener: TcpListener) -> Result<BoundServer, ServerError> {
        let address: SocketAddr =
            listener.local_addr().map_err(|source| ServerError::Listen { address: self.config.listen, source })?;
        self.routes.add_service(self.reflection().build_v1()?);
        self.routes.add_service(self.reflection().build_v1alpha()?);
        Ok(BoundServer {
            config: self.config,
            tls: self.tls,
            trust_domain: self.trust_domain,
            pseudonyms: self.pseudonyms,
            audit: self.audit,
            routes: self.routes.routes(),
            services: self.services,
            desks: self.desks,
            whereabouts: self.whereabouts,
            health: self.health,
            listener,
            address,
        })
    }

    /// Reflection of the services of this door; grpcurl still asks by the old name.
    fn reflection(&self) -> Reflection<'static> {
        let builder = Reflection::configure()
            .register_encoded_file_descriptor_set(contract::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(HEALTH_DESCRIPTORS)
            .with_service_name("grpc.health.v1.Health");
        self.services.iter().fold(builder, |builder, service| builder.with_service_name(*service))
    }
}
