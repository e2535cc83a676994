use std::net::SocketAddr;
use std::sync::Arc;

use contract::Department;

use crate::error::ServiceError;
use crate::identity::{Identity, IdentityError};

/// Methods of the platform itself, open to every valid certificate.
const OPEN: [&str; 3] =
    ["/grpc.health.v1.Health/", "/grpc.reflection.v1.ServerReflection/", "/grpc.reflection.v1alpha.ServerReflection/"];

/// A caller whose certificate named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    identity: Identity,
    department: Option<Department>,
}

impl Caller {
    /// The caller of this identity.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        let department = identity.department();
        Self { identity, department }
    }

    /// Who called, for a handler.
    ///
    /// # Errors
    /// UNAUTHENTICATED if the request did not come through a door that knows its callers.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<&Self, ServiceError> {
        Self::in_extensions(request.extensions().get::<Connection>())
    }

    pub(crate) fn in_extensions(connection: Option<&Connection>) -> Result<&Self, ServiceError> {
        connection
            .map_or(Err(IdentityError::NoCertificate), Connection::caller)
            .map_err(|error| ServiceError::unauthenticated("CERTIFICATE_REJECTED", error.to_string()))
    }

    /// Whom the certificate names.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The department, or nothing for a service.
    #[must_use]
    pub fn department(&self) -> Option<Department> {
        self.department
    }

    /// `EDU-371621`, `registry`. Safe in logs and spans.
    #[must_use]
    pub fn code(&self) -> &str {
        self.identity.code()
    }

    /// Whether the contract lets this caller call the method at `path`, such as
    /// `/hutong.registry.v1.ChildService/GetChild`. A method that the contract does not know is nobody's.
    #[must_use]
    pub fn may_call(&self, path: &str) -> bool {
        let Some(callers) = contract::access::callers(path) else {
            return OPEN.iter().any(|open| path.starts_with(open));
        };
        match (&self.identity, self.department) {
            (Identity::Service(name), _) => callers.allow_service(name),
            (Identity::Department { .. }, Some(department)) => callers.allow_department(department),
            (Identity::Department { .. }, None) => false,
        }
    }
}

/// One accepted connection, in the extensions of each of its requests. The certificate was parsed once, when it came.
#[derive(Debug, Clone)]
pub struct Connection(Arc<Peer>);

#[derive(Debug)]
struct Peer {
    address: Option<SocketAddr>,
    caller: Result<Caller, IdentityError>,
}

impl Connection {
    /// A connection from `address` with the certificate's verdict.
    #[must_use]
    pub fn new(address: Option<SocketAddr>, identity: Result<Identity, IdentityError>) -> Self {
        Self(Arc::new(Peer { address, caller: identity.map(Caller::new) }))
    }

    /// A connection of this identity without a socket: for calls inside the process.
    #[must_use]
    pub fn of(identity: Identity) -> Self {
        Self::new(None, Ok(identity))
    }

    /// The other end.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.address
    }

    /// Who it is.
    ///
    /// # Errors
    /// Why its certificate names nobody.
    pub fn caller(&self) -> Result<&Caller, IdentityError> {
        self.0.caller.as_ref().map_err(|error| *error)
    }
}
