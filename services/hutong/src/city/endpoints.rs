use std::fs;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::DataDirectory;

/// How a running city is reached; also a file in its data directory, for clients beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// The gRPC door, mutual TLS.
    pub grpc: SocketAddr,
    /// The broker, `tls://host:port`.
    pub nats: String,
}

impl Endpoints {
    /// What the city in this directory wrote last; nothing if none ever ran.
    #[must_use]
    pub fn read(directory: &DataDirectory) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(directory.endpoints()).ok()?).ok()
    }

    pub(super) fn write(&self, directory: &DataDirectory) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(self).expect("two texts are JSON");
        fs::write(directory.endpoints(), text)
    }
}
