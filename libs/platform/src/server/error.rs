use std::io;
use std::net::SocketAddr;

use crate::identity::CredentialsError;

/// Why the door does not open or stay open.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Another process listens there.
    #[error("cannot listen on {0}: the port is in use")]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}", reason = source.kind())]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Certificate, key or authority cannot be used.
    #[error("the server's credentials cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The contract's descriptors cannot be served.
    #[error("the contract's descriptors cannot be read")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Serving failed.
    #[error("the gRPC server failed")]
    Serve(#[from] tonic::transport::Error),
}
